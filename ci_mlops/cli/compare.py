"""`ci-mlops compare CHAMPION CANDIDATE`"""

from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import click

if TYPE_CHECKING:
    from ci_mlops.report import Format

CLASSIFICATION = ("accuracy", "precision", "recall", "f1", "roc_auc", "log_loss", "brier")
REGRESSION = ("mae", "rmse", "r2")


@click.command("compare")
@click.argument("champion", type=click.Path(path_type=Path))
@click.argument("candidate", type=click.Path(path_type=Path))
@click.option(
    "--config", type=click.Path(path_type=Path), help="Metrics, costs, gates and slices of a ci-mlops.yml."
)
@click.option("--task", type=click.Choice(["classification", "regression"]), default="classification")
@click.option("--positive", help="The label that is the event to be found. Without: labels are 0 and 1.")
@click.option("--metrics", "metric_names", help="Comma-separated; without a config.")
@click.option("--slices", "slice_names", default="", help="Columns of the prediction file, comma-separated.")
@click.option("--output", type=click.Path(path_type=Path), help="A folder for verdict.json and report.md.")
@click.option(
    "--format",
    "dialect",
    type=click.Choice(["terminal", "markdown", "github", "json"]),
    default="terminal",
    show_default=True,
)
def command(  # one option a line of --help
    champion: Path,
    candidate: Path,
    config: Path | None,
    task: str,
    positive: str | None,
    metric_names: str | None,
    slice_names: str,
    output: Path | None,
    dialect: "Format",
) -> int:
    """Compare two prediction files: the court alone.

    Each file (CSV or Parquet) holds `id` and `prediction` and/or `score` (or `score_<class>`), and at least one of
    them `label`. Ends with 0 when the gates of --config hold (or there are none), 1 when one is broken, 10 when
    these rows can't decide.
    """
    from ci_mlops.cli.lean import without_pandas
    from ci_mlops.cli.showing import show
    from ci_mlops.cli.wiring import now
    from ci_mlops.flows.compare import compare_files
    from ci_mlops.flows.keeping import keep_verdict
    from ci_mlops.records import Policy, PolicySource

    without_pandas()
    source = None
    if config is not None:
        from ci_mlops.config import read_config

        settings = read_config(config)
        policy, model = settings.policy(), settings.model
        source = PolicySource(source=str(config), path=str(config))
    else:
        from ci_mlops.records.labels import canonical_label
        from ci_mlops.records.metric_names import canonical_metric

        defaults = CLASSIFICATION if task == "classification" else REGRESSION
        names = metric_names.split(",") if metric_names else defaults
        policy = Policy(
            task=cast(Literal["classification", "regression"], task),
            metrics=tuple(canonical_metric(name.strip()) for name in names),
            slices=tuple(name.strip() for name in slice_names.split(",") if name.strip()),
            positive=canonical_label(positive) if positive is not None else None,
        )
        model = candidate.stem
    verdict = compare_files(champion, candidate, policy, model=model, source=source, now=now())
    if output is not None:
        keep_verdict(verdict, output)
    show(verdict, dialect)
    return verdict.exit_code
