"""`ci-mlops rollback`"""

import os
from datetime import datetime
from pathlib import Path

import click

from ci_mlops.cli.history import Moment
from ci_mlops.cli.judging import config_option, opened


@click.command("rollback")
@config_option
@click.option("--stage", metavar="STAGE", help="Default: the highest stage that has held a version.")
@click.option("--to", "version", metavar="VERSION", help="Default: the version that the stage held before.")
@click.option("--at", type=Moment(), metavar="TIME", help="The version that the stage held then.")
@click.option("--reason", default="", help="Kept in the audit trail.")
@click.option("--unscored", is_flag=True, help="Do not let it score the pinned test rows first.")
@click.option("--dry-run", is_flag=True, help="Print what would be done, and do nothing.")
def command(
    config: Path,
    stage: str | None,
    version: str | None,
    at: datetime | None,
    reason: str,
    unscored: bool,
    dry_run: bool,
) -> int:
    """Take a stage back to a version that it held before.

    Its files are held against what was judged, and it scores the pinned test rows, before a pointer moves. Run it again
    to go back one further.
    """
    from ci_mlops.cli.wiring import tools_from
    from ci_mlops.flows.project import open_settings
    from ci_mlops.flows.rollback import rollback
    from ci_mlops.ladder.back import Target

    if version is not None and at is not None:
        raise click.UsageError("--to and --at both name a version: give one of them.")
    tools = tools_from(os.environ)
    asked = Target(stage=stage, version=version and version.removeprefix("v"), at=at)
    # without scoring nothing is asked of the repository but its settings
    project = open_settings(tools, config) if unscored or dry_run else opened(tools, config)
    done = rollback(tools, project, asked, reason=reason, unscored=unscored, dry_run=dry_run)
    for line in done.said:
        click.echo(line)
    return done.exit_code
