"""`ci-mlops history`"""

import os
import re
from datetime import UTC, date, datetime
from pathlib import Path

import click

from ci_mlops.cli import screen
from ci_mlops.cli.judging import config_option
from ci_mlops.report.history import HISTORY_FORMATS, HistoryFormat

DAMAGED = 5


# three pairs of digits after the day, be it with colons or without
_SECONDS = re.compile(r"[T ]\d\d:?\d\d:?\d\d")


class Moment(click.ParamType[datetime]):
    """`2026-03-01`, `2026-03-01 14:30`, `2026-03-01T14:30:00+02:00`; a day or a minute alone is meant to its end."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        text = str(value).strip()
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            self.fail(
                f"`{text}` is no time: write 2026-03-01, or 2026-03-01T14:30 (UTC), or with +02:00",
                param,
                ctx,
            )
        if _is_day(text):
            moment = moment.replace(hour=23, minute=59, second=59, microsecond=999_999)
        elif not moment.second and not _SECONDS.search(text):
            # `history` tells minutes, and what it tells is what is copied
            moment = moment.replace(second=59, microsecond=999_999)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_day(text: str) -> bool:
    """In any of ISO 8601's ways: 2026-03-01, 20260301, 2026-W09-7."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


@click.command("history")
@config_option
@click.option("--now", "only_now", is_flag=True, help="What each stage holds, and nothing of the past.")
@click.option(
    "--at", type=Moment(), metavar="TIME", help="What each stage held then; UTC where no zone is given."
)
@click.option(
    "--verify",
    is_flag=True,
    help="Walk the chain from data to version for what holds a stage now, hashing what is stored; end with exit code 5 if "
    "anything does not add up.",
)
@click.option("--all", "every", is_flag=True, help="With --verify: every version.")
@click.option(
    "--head",
    metavar="DIGEST",
    default="",
    help="With --verify: an event that was written down, and must be there.",
)
@click.option("--acknowledge", metavar="REASON", help="Note that what does not add up was looked into.")
@click.option(
    "--format", "dialect", type=click.Choice(HISTORY_FORMATS), default="terminal", show_default=True
)
def command(
    config: Path,
    only_now: bool,
    at: datetime | None,
    verify: bool,
    every: bool,
    head: str,
    acknowledge: str | None,
    dialect: HistoryFormat,
) -> int:
    """Tell what held which stage, when, by whom and why.

    Everything that `register`, `promote` and `rollback` did, bound together so that an event that was edited or
    deleted, and a pointer that was moved by another hand, are found.
    """
    from ci_mlops.cli.wiring import tools_from
    from ci_mlops.flows.history import Walked, acknowledge as note, history
    from ci_mlops.flows.project import open_settings
    from ci_mlops.report.history import render_history

    if only_now and dialect in ("csv", "jsonl"):
        raise click.UsageError(
            f"--format {dialect} is all events, one a line: leave --now out, or take json."
        )
    if every and not verify:
        raise click.UsageError("--all says how much is verified: give --verify too.")
    if head and not verify:
        raise click.UsageError("--head is looked for by --verify: give that too.")
    tools = tools_from(os.environ)
    project = open_settings(tools, config)
    if acknowledge is not None:
        for line in (noted := note(tools, project, acknowledge)).said:
            click.echo(line)
        return noted.exit_code
    walked: Walked = ("all" if every else "held") if verify else "none"
    told = history(tools, project, at=at, head=head, walked=walked)
    text = render_history(
        told, dialect, now=only_now or at is not None, width=screen.width(), colour=screen.colour()
    )
    click.echo(text, nl=False, color=True)
    return DAMAGED if verify and not told.adds_up else 0
