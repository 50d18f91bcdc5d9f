"""Print a verdict the way this terminal or file can show it."""

import os
import sys
from typing import TYPE_CHECKING

import click

from ci_mlops.records import Verdict

if TYPE_CHECKING:
    from ci_mlops.report import Format


def show(verdict: Verdict, dialect: "Format") -> None:
    from ci_mlops.report import render

    colour = dialect == "terminal" and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    click.echo(render(verdict, dialect, colour=colour), nl=False, color=True)
