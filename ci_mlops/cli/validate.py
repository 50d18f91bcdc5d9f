"""`ci-mlops validate`"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ci_mlops.cli.judging import base_option, config_option, format_option, output_option, tell

if TYPE_CHECKING:
    from ci_mlops.report import Format


@click.command("validate")
@config_option
@output_option
@base_option
@format_option
def command(config: Path, output: Path, base: str | None, dialect: "Format") -> int:
    """Train, predict and judge: the whole story of a pull request, on a laptop as in CI.

    Ends with 0 (passed), 1 (blocked), 10 (these rows can't decide, and the policy says that blocks), or the code of
    what kept it from a verdict: 2 configuration, 4 data, 5 registry, 6 training.
    """
    from ci_mlops.cli.wiring import tools_from
    from ci_mlops.flows.validate import validate

    tools = tools_from(os.environ)
    return tell(
        tools, config, output, base, dialect, lambda project: validate(tools, project, output.resolve())
    )
