"""`ci-mlops predict`"""

import os
from pathlib import Path

import click


@click.command("predict")
@click.option("--config", type=click.Path(path_type=Path), default="ci-mlops.yml", show_default=True)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=".ci-mlops",
    show_default=True,
    help="Where the hand-over goes.",
)
@click.option("--base", metavar="REF", help="Commit or branch to compare with; on a laptop only.")
def command(config: Path, output: Path, base: str | None) -> None:
    """Score both models on the same pinned rows, without the target."""
    from ci_mlops.cli.wiring import tools_from
    from ci_mlops.flows.predict import predict
    from ci_mlops.flows.project import open_project

    tools = tools_from(os.environ)
    predict(tools, open_project(tools, config, base=base), output.resolve())
