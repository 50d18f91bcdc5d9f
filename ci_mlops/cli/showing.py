"""Print a verdict the way this terminal or file can show it, and keep it in a folder."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ci_mlops.records import Verdict

if TYPE_CHECKING:
    from ci_mlops.report import Format


def show(verdict: Verdict, dialect: "Format") -> None:
    from ci_mlops.report import render

    colour = dialect == "terminal" and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    click.echo(render(verdict, dialect, colour=colour), nl=False, color=True)


def write_verdict_files(verdict: Verdict, folder: Path) -> None:
    from ci_mlops.flows.files import write_text
    from ci_mlops.report import render
    from ci_mlops.report.codec import write_verdict

    folder.mkdir(parents=True, exist_ok=True)
    write_verdict(folder / "verdict.json", verdict)
    write_text(folder / "report.md", render(verdict, "markdown"))
