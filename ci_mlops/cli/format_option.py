"""`--format`, the same for every command that shows a verdict."""

from typing import get_args

import click

from ci_mlops.report.renderings import Format

format_option = click.option(
    "--format",
    "dialect",
    type=click.Choice(get_args(Format)),
    default="terminal",
    show_default=True,
    help="markdown: the full report; html: one page with plots; github, azure: the comment of a pull request there; "
    "json: verdict.json.",
)
