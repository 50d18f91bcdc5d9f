"""`ci-mlops publish-run`"""

import os
import tempfile
from pathlib import Path

import click

from ci_mlops.cli.judging import config_option, output_option
from ci_mlops.cli.publish import told as lines_of


@click.command("publish-run")
@config_option
@output_option
@click.option(
    "--all", "every", is_flag=True, help="Every model that the change touches, instead of --config."
)
def command(config: Path, output: Path, every: bool) -> int:
    """Judge and tell, for information, what a run without rights left.

    For a job on `workflow_run`, with a checkout of the default branch. Finds the pull request from the platform,
    fetches its merge as data, joins labels and applies the base branch's policy; runs nothing of the change.
    The status stays pending. Ends with 0, or with 9 where the platform can't be asked.
    """
    from ci_mlops.cli.lean import without_pandas
    from ci_mlops.cli.wiring import about, proposals_from, tools_from
    from ci_mlops.flows.informed import Room
    from ci_mlops.flows.publish_run import publish_run

    without_pandas()
    tools = tools_from(os.environ)
    with tempfile.TemporaryDirectory(prefix="ci-mlops-run-") as folder:
        room = Room(
            proposals=proposals_from(os.environ),
            about=lambda change: about(tools, os.environ, change),
            folder=Path(folder),
        )
        told = publish_run(room, None if every else config, output)
    tools.say(f"{'told of' if told.published else 'nothing to tell'}: {told.reason}")
    for one in told.published:
        for line in lines_of(one):
            tools.say(line)
    return 0
