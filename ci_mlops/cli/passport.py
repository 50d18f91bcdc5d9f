"""`ci-mlops passport`"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ci_mlops.cli import screen
from ci_mlops.cli.judging import config_option

if TYPE_CHECKING:
    from ci_mlops.flows.passport import Shown

REFUSED = 5


@click.command("passport")
@click.argument("version")
@config_option
@click.option("--sign", is_flag=True, help="Sign it, and keep it beside the version.")
@click.option(
    "--key",
    type=click.Path(path_type=Path),
    help="With --sign: file of the private key; else the variable that `registry.passport.key_variable` names is read.",
)
@click.option(
    "--verify",
    is_flag=True,
    help="Hold the one that is kept against the keys and the version; end with exit code 5 if it does not hold.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Folder for its files, for whatever else signs or reads them.",
)
@click.option(
    "--format",
    "dialect",
    type=click.Choice(["terminal", "markdown", "json"]),
    default="terminal",
    show_default=True,
    help="terminal, markdown: the model card; json: the statement that is signed.",
)
def command(
    version: str, config: Path, sign: bool, key: Path | None, verify: bool, output: Path | None, dialect: str
) -> int:
    """Tell what a registered version is made of, how it was judged and who let it up.

    VERSION is its number, or a stage that holds it. One whose chain from data to version is broken gets no passport.
    """
    from ci_mlops.cli.wiring import tools_from
    from ci_mlops.flows.passport import read_key, show_passport, sign_passport
    from ci_mlops.flows.project import open_settings

    if key is not None and not sign:
        raise click.UsageError("--key is for --sign.")
    tools = tools_from(os.environ)
    project = open_settings(tools, config)
    if sign:
        for line in sign_passport(tools, project, version, read_key(project, os.environ, key)):
            click.echo(line)
    if sign and not (verify or output):
        return 0
    shown = show_passport(tools, project, version)
    if output is not None:
        _write(shown, output)
    if not sign and not verify:
        click.echo(_text(shown, dialect), nl=False, color=True)
    if verify:
        papers = shown.papers.version
        told = f"does not hold: {shown.refused}" if shown.refused else "holds"
        click.echo(f"the passport of {papers.name} version {papers.number} {told}")
    return REFUSED if verify and shown.refused else 0


def _text(shown: "Shown", dialect: str) -> str:
    from ci_mlops.ladder.passport import statement
    from ci_mlops.report.card import card, card_text
    from ci_mlops.report.inline import commands_escaped
    from ci_mlops.report.terminal import to_text

    if dialect == "json":
        return commands_escaped(statement(shown.papers).decode()) + "\n"
    if dialect == "markdown":
        return card_text(shown.papers)
    return to_text(card(shown.papers), width=screen.width(), colour=screen.colour()) + "\n"


def _write(shown: "Shown", output: Path) -> None:
    from ci_mlops.flows.passport import write_papers

    for file in write_papers(shown, output):
        click.echo(f"wrote {file}", err=True)
