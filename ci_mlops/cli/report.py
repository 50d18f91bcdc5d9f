"""`ci-mlops report FILE`: render a verdict.json; needs nothing of the environment that made it."""

from pathlib import Path

import click

from ci_mlops.cli.format_option import format_option
from ci_mlops.cli.showing import show_file
from ci_mlops.report.codec import read_verdict
from ci_mlops.report.renderings import Format


@click.command("report")
@click.argument("file", type=click.Path(path_type=Path))
@format_option
def command(file: Path, dialect: Format) -> None:
    """Render a verdict.json. Data goes to stdout; the exit code says only whether it could be read."""
    show_file(read_verdict(file), dialect, file)
