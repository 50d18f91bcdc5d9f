"""`ci-mlops drill`"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ci_mlops.cli import screen
from ci_mlops.cli.judging import base_option, config_option, opened, output_option

if TYPE_CHECKING:
    from ci_mlops.records.drill import Drill
    from ci_mlops.report.drill_rendering import DrillFormat


@click.command("drill")
@config_option
@output_option
@base_option
@click.option(
    "--predictions",
    type=click.Path(path_type=Path),
    help="Sabotage these instead: a file with `id`, `label`, and `prediction` and/or `score`. Nothing is trained.",
)
@click.option(
    "--strict",
    is_flag=True,
    help="End with 1 for a rule that stops nothing, and for harm that no rule is about.",
)
@click.option(
    "--format",
    "dialect",
    type=click.Choice(["terminal", "markdown", "json"]),
    default="terminal",
    show_default=True,
)
@click.pass_context
def command(
    ctx: click.Context,
    config: Path,
    output: Path,
    base: str | None,
    predictions: Path | None,
    strict: bool,
    dialect: "DrillFormat",
) -> int:
    """Sabotage the champion, and see which of it your gates stop.

    Its answers are shuffled, inverted, shifted, dropped and so on, and each such candidate goes through the gates of
    --config, on the pinned rows. Reads what `train` and `predict` left in --output, else runs them. Ends with 0 where
    what breaks a rule was stopped and nothing harmless was, else with 1.
    """
    from ci_mlops.cli.lean import without_pandas
    from ci_mlops.report.drill_rendering import render_drill

    without_pandas()
    if predictions is None:
        drill = _of_hand_over(config, output, base, strict=strict)
    else:
        named = ctx.get_parameter_source("output") is not click.core.ParameterSource.DEFAULT
        drill = _of_file(config, predictions, output if named else None, strict=strict)
    text = render_drill(drill, dialect, width=screen.width(), colour=screen.colour())
    click.echo(text, nl=False, color=True)
    return drill.exit_code


def _of_hand_over(config: Path, output: Path, base: str | None, *, strict: bool) -> "Drill":
    from ci_mlops.cli.folders import told_by_name
    from ci_mlops.cli.wiring import tools_from
    from ci_mlops.flows.drill.keeping import drop_drill, keep_drill
    from ci_mlops.flows.drill.story import drill
    from ci_mlops.flows.train import check_output

    tools = tools_from(os.environ)
    project = opened(tools, config, base)
    with told_by_name(output, tools.cache):
        check_output(output, project.folder)
        drop_drill(output)
        found = drill(tools, project, output.resolve(), strict=strict)
        keep_drill(found, output)
    return found


def _of_file(config: Path, predictions: Path, output: Path | None, *, strict: bool) -> "Drill":
    from dataclasses import replace

    from ci_mlops.cli.wiring import now
    from ci_mlops.config import read_config
    from ci_mlops.flows.drill.keeping import keep_drill
    from ci_mlops.flows.drill.story import drill_file
    from ci_mlops.flows.writing import written_at

    settings = read_config(config)
    found = drill_file(
        predictions, settings.policy(), config=config.name, model=settings.model, strict=strict
    )
    found = replace(found, evaluated_at=written_at(now()))
    if output is not None:
        keep_drill(found, output)
    return found
