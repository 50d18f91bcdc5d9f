"""`ci-mlops train`"""

import os
from pathlib import Path

import click

from ci_mlops.cli.folders import told_by_name
from ci_mlops.cli.judging import base_option, config_option, opened, output_option


@click.command("train")
@config_option
@output_option
@base_option
def command(config: Path, output: Path, base: str | None) -> None:
    """Train candidate and champion, or reuse them by fingerprint."""
    from ci_mlops.cli.wiring import tools_from
    from ci_mlops.flows.train import train

    tools = tools_from(os.environ)
    project = opened(tools, config, base)
    with told_by_name(output, tools.cache):
        trained = train(tools, project, output.resolve())
    for model in filter(None, (trained.candidate, trained.champion)):
        tools.say(
            f"{model.role}: {model.origin}, {model.model.digest[:19]}, {output / 'models' / model.role}"
        )
