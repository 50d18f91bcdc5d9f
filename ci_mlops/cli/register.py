"""`ci-mlops register`"""

import os
import sys
from pathlib import Path

import click

from ci_mlops.cli.folders import told_by_name
from ci_mlops.cli.judging import config_option, opened, output_option


@click.command("register")
@config_option
@output_option
@click.option("--dry-run", is_flag=True, help="Print what would be done, and do nothing.")
def command(config: Path, output: Path, dry_run: bool) -> None:
    """Register the judged model with its evidence (verdict.json, report.md, report.html, ci-mlops.lock); the first stage's pointer moves if its verdict lets it.

    On a push in CI the model is the one that was judged in the pull request; where its verdict does not stand any
    more (the champion moved, the code differs), it is judged again first.
    """
    from ci_mlops.cli.wiring import tools_from
    from ci_mlops.flows.after_merge import after_merge
    from ci_mlops.flows.register import register

    tools = tools_from(os.environ)
    project = opened(tools, config)
    story = after_merge if project.change.event == "push" else register
    with told_by_name(output, tools.cache):
        registered = story(tools, project, output.resolve(), dry_run=dry_run)
    for line in registered.said:
        click.echo(line)
    if registered.exit_code:
        sys.exit(registered.exit_code)
