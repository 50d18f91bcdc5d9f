"""`ci-mlops compare CHAMPION CANDIDATE`"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ci_mlops.cli.format_option import format_option

if TYPE_CHECKING:
    from ci_mlops.records import Policy
    from ci_mlops.records.compute import Compute
    from ci_mlops.records.policy import Task
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
@click.option("--classes", "class_names", default="", help="Three or more labels, comma-separated.")
@click.option("--weight", help="Column that says how much a row counts, in the file that holds `label`.")
@click.option(
    "--group", help="Column that names an entity with several rows, as a patient, in the same file."
)
@click.option("--metrics", "metric_names", help="Comma-separated; without a config.")
@click.option(
    "--slices",
    "slice_names",
    default="",
    help="Columns of the prediction file, comma-separated; `age:25:40:65` cuts a number in bins, `region & sex` crosses.",
)
@click.option(
    "--compute",
    help="Where to count: `local`, `processes`, `processes:4`, `dask`, `dask:tcp://host:8786`. It changes no result.",
)
@click.option(
    "--output", type=click.Path(path_type=Path), help="A folder for verdict.json, report.md and report.html."
)
@format_option
def command(  # one option a line of --help
    champion: Path,
    candidate: Path,
    config: Path | None,
    task: "Task",
    positive: str | None,
    class_names: str,
    weight: str | None,
    group: str | None,
    metric_names: str | None,
    slice_names: str,
    compute: str | None,
    output: Path | None,
    dialect: "Format",
) -> int:
    """Compare two prediction files: the court alone.

    Each file (CSV or Parquet; or a folder or pattern of such) holds `id` and `prediction` and/or `score`, and at least one of them `label`. A `score`
    is of the positive class; `score_<class>` columns leave no doubt. Ends with 0 when the gates of --config hold (or there are none), 1 when one is broken, 10 when
    these rows can't decide.
    """
    from ci_mlops.cli.lean import without_pandas
    from ci_mlops.cli.showing import show
    from ci_mlops.cli.wiring import now
    from ci_mlops.flows.compare import compare_files
    from ci_mlops.flows.custom_files import NOT_GIVEN, CustomFiles
    from ci_mlops.flows.keeping import keep_verdict
    from ci_mlops.records import PolicySource
    from ci_mlops.records.compute import Compute

    without_pandas()
    source, custom, counts_on, shown = None, NOT_GIVEN, Compute(), None
    if config is not None:
        from ci_mlops.config import read_config
        from ci_mlops.flows.metric_files import metric_files

        settings = read_config(config)
        policy, model, counts_on = settings.policy(), settings.model, settings.counts_on()
        shown = settings.shown_rows()
        source = PolicySource(source=str(config), path=str(config))
        custom = CustomFiles(files=metric_files(settings, config.parent), logs=output and output / "logs")
    else:
        policy = _policy(task, positive, class_names, weight, group, metric_names, slice_names)
        model = candidate.stem
    verdict = compare_files(
        champion,
        candidate,
        policy,
        model=model,
        source=source,
        now=now(),
        custom=custom,
        compute=_compute(compute) if compute else counts_on,
        shown=shown,
        output=output,
    )
    if output is not None:
        keep_verdict(verdict, output)
    show(verdict, dialect, kept=output)
    return verdict.exit_code


def _compute(text: str) -> "Compute":
    from typing import get_args

    from ci_mlops.errors import BadConfig
    from ci_mlops.records.compute import Backend, Compute

    name, _, rest = text.partition(":")
    for backend in get_args(Backend):
        if name == backend:
            workers = int(rest) if rest.isdecimal() and int(rest) else None
            return Compute(backend=backend, workers=workers, address=None if workers else rest or None)
    raise BadConfig(
        f"`{name}` is nowhere to count",
        where="--compute",
        mend=f"One of {', '.join(get_args(Backend))}; with a number of workers `processes:4`, or with an address.",
    )


def _policy(
    task: "Task",
    positive: str | None,
    class_names: str,
    weight: str | None,
    group: str | None,
    metric_names: str | None,
    slices: str,
) -> "Policy":
    from ci_mlops.cli.slices_option import refuse_fairness, sliced
    from ci_mlops.records import Policy
    from ci_mlops.records.labels import canonical_label
    from ci_mlops.records.metric_names import DEFAULTS_FOR_SEVERAL, canonical_metric

    classes = tuple(dict.fromkeys(canonical_label(name) for name in _listed(class_names)))
    if classes:
        _refuse_classes(classes, task, positive)
    named = _listed(metric_names or "")
    if not named:
        named = REGRESSION if task == "regression" else DEFAULTS_FOR_SEVERAL if classes else CLASSIFICATION
    metrics = tuple(canonical_metric(name) for name in named)
    cuts, bins = sliced(_listed(slices))
    for metric in metrics:
        if not refuse_fairness(metric, task=task, classes=classes, weight=weight, cuts=cuts):
            _refuse_metric(metric, task, classes)
    return Policy(
        task=task,
        metrics=metrics,
        slices=cuts,
        bins=bins,
        positive=canonical_label(positive) if positive is not None else None,
        classes=classes,
        weight=weight,
        group=group,
    )


def _refuse_classes(classes: tuple[str, ...], task: "Task", positive: str | None) -> None:
    from ci_mlops.errors import BadConfig

    if task == "regression":
        raise BadConfig("`--classes` is for classification, and the task is regression", mend="Leave it out.")
    if positive is not None:
        raise BadConfig(
            "`--classes` lists several labels, and `--positive` says that one is the event",
            mend="Leave out one of the two.",
        )
    if len(classes) < 3:
        raise BadConfig(
            f"`--classes` lists {len(classes)} labels, and three or more are several",
            where="--classes",
            mend="For two labels, say which is the event: `--positive LABEL`.",
        )


def _refuse_metric(metric: str, task: "Task", classes: tuple[str, ...]) -> None:
    from ci_mlops.errors import BadConfig
    from ci_mlops.records.custom_metric import custom_name
    from ci_mlops.records.metric_fit import misfit, wrong_number
    from ci_mlops.records.metric_names import of_one_class, plugin_of, task_of

    if (number := wrong_number(metric)) is not None:
        raise BadConfig(f"`{metric}` {number[0]}", where="--metrics", mend=number[1])

    if custom_name(metric) is not None:
        raise BadConfig(
            f"`{metric}` is in a file, and that is read from the folder of a config",
            where="--metrics",
            mend="Name it under `metrics` of a ci-mlops.yml: `--config`.",
        )
    known = task_of(metric)
    if known is not None and known != task:
        raise BadConfig(
            f"`{metric}` is a metric of {known}, and the task is {task}",
            where="--metrics",
            mend=f"`--task {known}`, or a metric of {task}.",
        )
    if (
        known == "classification"
        and (wrong := misfit(plugin_of(metric), of_one_class(metric)[1], classes)) is not None
    ):
        what, mend = (text.replace("`data.test.classes`", "`--classes`") for text in wrong)
        raise BadConfig(f"`{metric}` {what}", where="--metrics", mend=mend)
    if metric == "expected_cost":
        raise BadConfig(
            "`expected_cost` needs costs",
            where="--metrics",
            mend="Give them in a ci-mlops.yml: `--config`.",
        )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(name for part in text.split(",") if (name := part.strip()))
