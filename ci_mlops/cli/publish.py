"""`ci-mlops publish FILE...`: post verdicts; needs nothing of the environment that made them."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ci_mlops.errors import BadConfig
from ci_mlops.records import Published

if TYPE_CHECKING:
    from ci_mlops.flows.tools import Tools
    from ci_mlops.ports import Platform
    from ci_mlops.records import Verdict


@click.command("publish")
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))
@click.option("--begin", "begins", is_flag=True, help="Say that the evaluation begins; takes no FILE.")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    default="ci-mlops.yml",
    show_default=True,
    help="With --begin: whose evaluation it is.",
)
@click.option(
    "--models",
    metavar="JSON",
    help="With --begin, instead of --config: what `validate --all --dry-run --format json` printed.",
)
@click.option(
    "--several",
    is_flag=True,
    help="This job judges one of several models: a comment for all of them is another job's.",
)
@click.option(
    "--waived",
    metavar="BY",
    default="",
    help="A verdict that blocks is let through: who did, and where, as `environment model-waiver`.",
)
def command(
    files: tuple[Path, ...], begins: bool, config: Path, models: str | None, several: bool, waived: str
) -> None:
    """
    Post a verdict.json where the CI's environment says: summary, outputs, status, comment.

    Of several FILEs each has its status, and its comment or a place in one for all, as the base branch's
    `pull_request.comment` says. A missing permission is a warning; exit code 9 says that nothing could be posted at all.
    The exit code never tells the verdict.
    """
    from ci_mlops.cli.wiring import tools_from

    if begins == bool(files):
        raise BadConfig(
            "`--begin` is said before there is a verdict" if begins else "There is no verdict to post",
            where="FILE",
            mend="Leave the file out."
            if begins
            else "Name a verdict.json; or `--begin`, before there is one.",
        )
    tools = tools_from(os.environ)
    if begins:
        configs = (config,) if models is None else configs_of(models)
        published = _begin(tools, configs, several=several, of_run=models is not None)
    else:
        published = _say(tools, files, several=several, waived=waived)
    for one in published:
        for line in told(one):
            tools.say(line)


def _begin(
    tools: "Tools", configs: tuple[Path, ...], *, several: bool, of_run: bool
) -> tuple[Published, ...]:
    from ci_mlops.cli.speaker import speaker
    from ci_mlops.flows.begin import begin

    platform = speaker(tools)
    return begin(platform, configs, several=several, of_run=of_run) if platform is not None else ()


def _say(tools: "Tools", files: tuple[Path, ...], *, several: bool, waived: str) -> tuple[Published, ...]:
    from ci_mlops.cli.wiring import about, proposals_from
    from ci_mlops.flows.asked_for import publish_asked_for
    from ci_mlops.flows.merged_head import is_asked_for
    from ci_mlops.flows.publish import publish, publish_all
    from ci_mlops.flows.word_left import word_left
    from ci_mlops.report.codec import read_verdict

    verdicts = [read_verdict(file) for file in files]
    if len(verdicts) > 1:
        return publish_all(tools.platform, verdicts, waived=waived)

    def say(platform: "Platform", verdict: "Verdict") -> Published:
        by = waived or word_left(files[0], verdict, platform.change())
        return publish(platform, verdict, files[0], several=several, waived=by)

    if is_asked_for(tools.platform.change()):
        told = publish_asked_for(
            tools,
            proposals_from(os.environ),
            lambda change: about(tools, os.environ, change),
            verdicts[0],
            say,
        )
        return (told,)
    return (say(tools.platform, verdicts[0]),)


def configs_of(models: str) -> tuple[Path, ...]:
    """The configs that a matrix names."""
    try:
        return tuple(Path(str(one["config"])) for one in json.loads(models or "[]"))
    except (ValueError, TypeError, KeyError) as error:
        raise BadConfig(
            "This is not a matrix of models",
            where="--models",
            mend="Give what `ci-mlops validate --all --dry-run --format json` prints.",
        ) from error


def told(published: Published) -> list[str]:
    where = f" ({published.comment_url})" if published.comment_url else ""
    return [
        f"status: {published.status}",
        f"comment: {published.comment}{where}",
        *(f"warning: {warning}" for warning in published.warnings),
    ]
