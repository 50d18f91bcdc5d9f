"""`ci-mlops predict`"""

import os
from pathlib import Path

import click

from ci_mlops.cli.folders import told_by_name
from ci_mlops.cli.judging import base_option, config_option, opened, output_option


@click.command("predict")
@config_option
@output_option
@base_option
def command(config: Path, output: Path, base: str | None) -> None:
    """Score both models on the same pinned rows, without the target."""
    from ci_mlops.cli.wiring import tools_from
    from ci_mlops.flows.predict import predict

    tools = tools_from(os.environ)
    project = opened(tools, config, base)
    with told_by_name(output, tools.cache):
        predict(tools, project, output.resolve())
