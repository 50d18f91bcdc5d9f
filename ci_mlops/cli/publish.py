"""`ci-mlops publish FILE`: post a verdict; needs nothing of the environment that made it."""

import os
from pathlib import Path

import click

from ci_mlops.records import Published


@click.command("publish")
@click.argument("file", type=click.Path(path_type=Path))
def command(file: Path) -> None:
    """
    Post a verdict.json where the CI's environment says: summary, outputs, status, comment.

    A missing permission is a warning; exit code 9 says that nothing could be posted at all. The exit code
    never tells the verdict.
    """
    from ci_mlops.cli.wiring import about, proposals_from, tools_from
    from ci_mlops.flows.asked_for import publish_asked_for
    from ci_mlops.flows.merged_head import is_asked_for
    from ci_mlops.flows.publish import publish
    from ci_mlops.report.codec import read_verdict

    tools = tools_from(os.environ)
    verdict = read_verdict(file)
    if is_asked_for(tools.platform.change()):
        published = publish_asked_for(
            tools,
            proposals_from(os.environ),
            lambda change: about(tools, os.environ, change),
            verdict,
            file,
        )
    else:
        published = publish(tools.platform, verdict, file)
    for line in told(published):
        tools.say(line)


def told(published: Published) -> list[str]:
    where = f" ({published.comment_url})" if published.comment_url else ""
    return [
        f"status: {published.status}",
        f"comment: {published.comment}{where}",
        *(f"warning: {warning}" for warning in published.warnings),
    ]
