"""`ci-mlops report FILE`: render a verdict.json; needs nothing of the environment that made it."""

import os
import shutil
import sys
from pathlib import Path
from typing import get_args

import click

from ci_mlops.report.codec import read_verdict
from ci_mlops.report.flipped import flipped_rows_of
from ci_mlops.report.renderings import Format, render


@click.command("report")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "format_",
    type=click.Choice(get_args(Format)),
    default="terminal",
    show_default=True,
    help="markdown: the full report; github: the comment of a pull request; html: one page with plots.",
)
def command(file: Path, format_: Format) -> None:
    """Render a verdict.json. Data goes to stdout; the exit code says only whether it could be read."""
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    width = shutil.get_terminal_size(fallback=(120, 24)).columns
    verdict = read_verdict(file)
    # single rows are on the page alone
    flipped = flipped_rows_of(verdict, file.parent) if format_ == "html" else None
    click.echo(render(verdict, format_, width=width, colour=colour, file=file, flipped=flipped), nl=False)
