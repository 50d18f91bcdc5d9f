"""What `validate` and `judge` have in common: a verdict is always written, printed and turned into an exit code."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ci_mlops.cli.folders import OUTPUT, told_by_name
from ci_mlops.errors import BadConfig, CiMlopsError

if TYPE_CHECKING:
    from ci_mlops.config import Config
    from ci_mlops.flows.project import Project
    from ci_mlops.flows.tools import Tools
    from ci_mlops.records import Verdict
    from ci_mlops.report import Format

config_option = click.option(
    "--config",
    type=click.Path(path_type=Path),
    default="ci-mlops.yml",
    show_default=True,
    help="Its folder is the model's folder.",
)
output_option = click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=".ci-mlops",
    show_default=True,
    help="The folder of the hand-over: models, predictions and the verdict.",
)
base_option = click.option(
    "--base", metavar="REF", help="Commit or branch to compare with; on a laptop only."
)
format_option = click.option(
    "--format",
    "dialect",
    type=click.Choice(["terminal", "markdown", "github", "json"]),
    default="terminal",
    show_default=True,
)


def tell(
    tools: "Tools",
    config: Path,
    output: Path,
    base: str | None,
    dialect: "Format",
    story: "Callable[[Project], Verdict]",
) -> int:
    """Run a story to its verdict; where it can't be reached, `not_evaluated` with its cause is the verdict."""
    from ci_mlops.cli.lean import without_pandas
    from ci_mlops.cli.showing import show
    from ci_mlops.flows.keeping import drop_verdict, keep_verdict
    from ci_mlops.flows.project import open_project

    without_pandas()
    project = None
    try:
        with told_by_name(output, tools.cache):
            drop_verdict(output)
            project = open_project(tools, config, base=base)
            verdict = story(project)
    except CiMlopsError as error:
        verdict = _failed(error, tools, config, project)
    # in an output that was refused nothing is written: it may be a folder of the team's own
    if verdict.error is None or verdict.error.where != OUTPUT:
        try:
            with told_by_name(output, tools.cache):
                keep_verdict(verdict, output)
        except BadConfig as error:
            verdict = _failed(error, tools, config, project)
    show(verdict, dialect)
    return verdict.exit_code


def _failed(error: CiMlopsError, tools: "Tools", config: Path, project: "Project | None") -> "Verdict":
    from ci_mlops.flows.unevaluated import unevaluated

    click.echo(f"error: {error}", err=True)
    known = project.policy if project else _readable(config)
    return unevaluated(
        error,
        model=known.model if known else config.resolve().parent.name,
        task=known.task if known else "unknown",
        change=project.change if project else None,
        now=tools.now(),
    )


def _readable(config: Path) -> "Config | None":
    """What the change itself calls its model: the status of a failed run must be the model's own."""
    from ci_mlops.config import read_config

    try:
        return read_config(config)
    except CiMlopsError:
        return None
