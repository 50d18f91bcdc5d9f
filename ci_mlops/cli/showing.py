"""Print a verdict the way this terminal or file can show it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ci_mlops.cli import screen
from ci_mlops.records import Verdict

if TYPE_CHECKING:
    from ci_mlops.report import Format


def show(verdict: Verdict, dialect: "Format", *, kept: Path | None) -> None:
    """`kept`: the folder that holds its verdict.json, if any."""
    from ci_mlops.flows.keeping import VERDICT

    show_file(verdict, dialect, kept / VERDICT if kept else None)


def show_file(verdict: Verdict, dialect: "Format", file: Path | None) -> None:
    """`file`: the one that holds it, if any."""
    from ci_mlops.report.flipped import flipped_rows_of
    from ci_mlops.report.renderings import render

    # single rows are on the page alone
    flipped = flipped_rows_of(verdict, file.parent) if file is not None and dialect == "html" else None
    text = render(verdict, dialect, width=screen.width(), colour=screen.colour(), file=file, flipped=flipped)
    click.echo(text, nl=False, color=True)
