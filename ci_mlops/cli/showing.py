"""Print a verdict the way this terminal or file can show it."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ci_mlops.records import Verdict

if TYPE_CHECKING:
    from ci_mlops.report import Format


def show(verdict: Verdict, dialect: "Format", *, kept: Path | None) -> None:
    """`kept`: the folder that holds its verdict.json, if any."""
    from ci_mlops.flows.keeping import VERDICT
    from ci_mlops.report import render

    colour = dialect == "terminal" and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    click.echo(
        render(verdict, dialect, colour=colour, file=kept / VERDICT if kept else None), nl=False, color=True
    )
