"""`ci-mlops validate`"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ci_mlops.cli.format_option import format_option
from ci_mlops.cli.judging import base_option, config_option, output_option, tell
from ci_mlops.errors import BadConfig

if TYPE_CHECKING:
    from ci_mlops.report import Format


@click.command("validate")
@config_option
@output_option
@base_option
@format_option
@click.option(
    "--all",
    "every",
    is_flag=True,
    help="Every model of the repository that the change touches, each into a folder of --output.",
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="With --all: say which models would be judged, and why; `--format json` prints a matrix for CI.",
)
@click.pass_context
def command(
    ctx: click.Context,
    config: Path,
    output: Path,
    base: str | None,
    dialect: "Format",
    every: bool,
    dry_run: bool,
) -> int:
    """Train, predict and judge: the whole story of a pull request, on a laptop as in CI.

    Ends with 0 (passed), 1 (blocked), 10 (these rows can't decide, and the policy says that blocks), or the code of
    what kept it from a verdict: 2 configuration, 4 data, 5 registry, 6 training.
    """
    from ci_mlops.cli.wiring import tools_from
    from ci_mlops.flows.validate import validate

    named = ctx.get_parameter_source("config") is not click.core.ParameterSource.DEFAULT
    if (every and named) or (dry_run and not every):
        raise BadConfig(
            "`--all` finds the configs by itself" if every else "`--dry-run` goes with `--all`",
            where="--config" if every else "--dry-run",
            mend="Leave it out.",
        )
    tools = tools_from(os.environ)
    if every:
        from ci_mlops.cli.validate_all import all_models

        return all_models(tools, output, base, dialect, dry_run=dry_run)
    return tell(
        tools, config, output, base, dialect, lambda project: validate(tools, project, output.resolve())
    )
