"""`ci-mlops reproduce`"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ci_mlops.cli import screen
from ci_mlops.cli.judging import config_option, output_option

if TYPE_CHECKING:
    from ci_mlops.records.reproduction import Likeness
    from ci_mlops.report.reproduction_rendering import ReproductionFormat

_LEAST: dict[str, "Likeness"] = {
    "bit-identical": "bit_identical",
    "same-predictions": "same_predictions",
    "statistically-equivalent": "statistically_equivalent",
}


@click.command("reproduce")
@click.argument("version", required=False, default="")
@config_option
@output_option
@click.option(
    "--expect",
    type=click.Choice(list(_LEAST)),
    default="statistically-equivalent",
    show_default=True,
    help="How alike it has to come out to end with 0.",
)
@click.option(
    "--trials",
    type=click.IntRange(min=0),
    default=12,
    show_default=True,
    help="Trainings that may be spent on finding the cause.",
)
@click.option(
    "--seeds",
    type=click.IntRange(min=0, max=1000),
    default=0,
    show_default=True,
    help="Trainings with other seeds, which tell how far the seed alone moves each metric.",
)
@click.option(
    "--format",
    "dialect",
    type=click.Choice(["terminal", "markdown", "json"]),
    default="terminal",
    show_default=True,
)
def command(
    version: str,
    config: Path,
    output: Path,
    expect: str,
    trials: int,
    seeds: int,
    dialect: "ReproductionFormat",
) -> int:
    """Train a registered version again, and tell how alike it comes out and what is to blame.

    VERSION is a number or a stage; without one it is what the highest stage holds. Its commit, environment and pinned
    data are restored, and nothing is taken from the cache. Ends with 0 where it came out as --expect says, else with 1.
    """
    from ci_mlops.cli.folders import told_by_name
    from ci_mlops.cli.lean import without_pandas
    from ci_mlops.cli.wiring import tools_from
    from ci_mlops.flows.project import open_settings
    from ci_mlops.flows.reproduce.keeping import keep_reproduction, open_folder
    from ci_mlops.flows.reproduce.story import reproduce
    from ci_mlops.report.reproduction_rendering import render_reproduction

    without_pandas()
    tools = tools_from(os.environ)
    project = open_settings(tools, config)
    with told_by_name(output, tools.cache):
        open_folder(output, project.folder)
        least = _LEAST[expect]
        made = reproduce(tools, project, version, output.resolve(), least=least, most=trials, seeds=seeds)
        keep_reproduction(made, output)
    click.echo(
        render_reproduction(made, dialect, width=screen.width(), colour=screen.colour()), nl=False, color=True
    )
    return made.exit_code
