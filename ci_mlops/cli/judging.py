"""What `validate` and `judge` have in common: a verdict is always written, printed and turned into an exit code."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ci_mlops.cli.folders import OUTPUT, told_by_name
from ci_mlops.errors import BadConfig, CiMlopsError, PlatformFailed

if TYPE_CHECKING:
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


def tell(
    tools: "Tools",
    config: Path,
    output: Path,
    base: str | None,
    dialect: "Format",
    story: "Callable[[Project], Verdict]",
) -> int:
    """Run a story to its verdict, and show it."""
    from ci_mlops.cli.showing import show

    verdict = reach(tools, config, output, base, story)
    show(verdict, dialect, kept=output)
    return verdict.exit_code


def reach(
    tools: "Tools",
    config: Path,
    output: Path,
    base: str | None,
    story: "Callable[[Project], Verdict]",
    refused: CiMlopsError | None = None,
) -> "Verdict":
    """
    Where a verdict can't be reached, `not_evaluated` with its cause is the verdict. Kept in `output` in any case.

    `refused`: why the project is not even to be opened.
    """
    from ci_mlops.cli.lean import without_pandas
    from ci_mlops.flows.glimpse import glimpse
    from ci_mlops.flows.keeping import drop_verdict, keep_verdict
    from ci_mlops.flows.on_pull_request import as_policy_tells, skipped
    from ci_mlops.flows.train import check_output
    from ci_mlops.report.codec import seal

    without_pandas()
    project = None
    try:
        with told_by_name(output, tools.cache):
            check_output(output, config.parent)
            drop_verdict(output)
            if refused is not None:
                raise refused
            project = opened(tools, config, base)
            verdict = skipped(tools, project) or story(project)
    except CiMlopsError as error:
        verdict = _failed(error, tools, project, config, base)
    if project is not None:
        verdict = as_policy_tells(verdict, project)
    elif verdict.change is not None:
        # told where the base branch wants it, though the change's own settings can't be read
        verdict = seal(replace(verdict, comment=glimpse(verdict.change, config).comment))
    # in an output that was refused nothing is written: it may be a folder of the team's own
    if verdict.error is None or verdict.error.where != OUTPUT:
        try:
            with told_by_name(output, tools.cache):
                keep_verdict(verdict, output)
        except BadConfig as error:
            verdict = _failed(error, tools, project, config, base)
    return verdict


def opened(tools: "Tools", config: Path, base: str | None = None) -> "Project":
    from ci_mlops.flows.project import open_project

    try:
        return open_project(tools, config, base=base)
    except PlatformFailed as error:
        # 9 is for `publish` alone: what the CI says of the change is a setting here
        raise BadConfig(error.what, where=error.where, mend=error.mend) from error


def _failed(
    error: CiMlopsError, tools: "Tools", project: "Project | None", config: Path, base: str | None
) -> "Verdict":
    from ci_mlops.flows.unevaluated import find_subject, subject_of, unevaluated

    click.echo(f"error: {error}", err=True)
    subject = find_subject(tools, config, base=base) if project is None else subject_of(project)
    return unevaluated(error, subject, now=tools.now())
