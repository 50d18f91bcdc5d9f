"""`ci-mlops judge`"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ci_mlops.cli.format_option import format_option
from ci_mlops.cli.judging import base_option, config_option, output_option, tell

if TYPE_CHECKING:
    from ci_mlops.report import Format


@click.command("judge")
@config_option
@output_option
@base_option
@format_option
def command(config: Path, output: Path, base: str | None, dialect: "Format") -> int:
    """Judge predictions by the base branch's policy; runs no code of the change.

    Reads what `train` and `predict` left in --output. Ends like `validate`.
    """
    from ci_mlops.cli.wiring import tools_from
    from ci_mlops.flows.judge import judge

    tools = tools_from(os.environ)
    return tell(tools, config, output, base, dialect, lambda project: judge(tools, project, output.resolve()))
