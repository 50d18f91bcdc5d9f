"""`ci-mlops promote`"""

import os
from pathlib import Path

import click

from ci_mlops.cli.judging import config_option, opened


@click.command("promote")
@config_option
@click.option(
    "--to",
    "stage",
    metavar="STAGE",
    help="The stage to be taken; without it, the one step that can be taken.",
)
@click.option("--reason", default="", help="Kept in the audit trail.")
@click.option("--dry-run", is_flag=True, help="Print what would be done, and do nothing.")
def command(config: Path, stage: str | None, reason: str, dry_run: bool) -> int:
    """Move the version at one stage to the next one.

    Its verdict and its files are held against what was registered first, and what the stage asks for
    (`registry.entry`) must hold: an approval, time at the stage before, a smoke test, the scores that it was judged by.
    """
    from ci_mlops.cli.wiring import tools_from
    from ci_mlops.flows.promote import promote

    tools = tools_from(os.environ)
    promoted = promote(tools, opened(tools, config), stage, reason=reason, dry_run=dry_run)
    for line in promoted.said:
        click.echo(line)
    return promoted.exit_code
