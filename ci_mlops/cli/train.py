"""`ci-mlops train`"""

import os
from pathlib import Path

import click


@click.command("train")
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
    """Train candidate and champion, or reuse them by fingerprint."""
    from ci_mlops.cli.wiring import tools_from
    from ci_mlops.flows.project import open_project
    from ci_mlops.flows.train import train

    tools = tools_from(os.environ)
    trained = train(tools, open_project(tools, config, base=base), output.resolve())
    for model in filter(None, (trained.candidate, trained.champion)):
        tools.say(
            f"{model.role}: {model.origin}, {model.model.digest[:19]}, {output / 'models' / model.role}"
        )
