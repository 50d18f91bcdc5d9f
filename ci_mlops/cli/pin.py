"""`ci-mlops pin`"""

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ci_mlops.cli.judging import config_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ci_mlops.flows.pin import PinChange, Pinned

SHOWN = 50
"""Lines; a folder of many files is told by its changes and its number."""


@click.command("pin")
@click.option(
    "--check",
    is_flag=True,
    help="Write nothing; fail if the data or the declared environment is not what ci-mlops.lock says.",
)
@config_option
def command(check: bool, config: Path) -> None:
    """Pin the data sets and the environment into ci-mlops.lock, or check them."""
    from ci_mlops.cli.progress import say
    from ci_mlops.cli.wiring import cache_folder
    from ci_mlops.flows.pin import check_pins, pin

    cache = cache_folder(os.environ)
    if check:
        count = check_pins(config, cache)
        click.echo(f"{_files(count)} {'matches' if count == 1 else 'match'} ci-mlops.lock")
        return
    pinned = pin(config, cache, say=say)
    if pinned.notice:
        click.echo(f"notice: {pinned.notice}", err=True)
    for notice in pinned.notices:
        click.echo(f"notice: {notice}", err=True)
    for line in (*_lines(pinned), *_environment_lines(pinned)):
        click.echo(line)


def _lines(pinned: "Pinned") -> list[str]:
    changes = pinned.changes
    told = (
        changes if len(changes) <= SHOWN else [change for change in changes if change.mark != "same"][:SHOWN]
    )
    lines = _table(told)
    if len(told) < len(changes):
        lines.append(f"  ... and {_files(len(changes) - len(told))} more")
    counts = Counter(change.mark for change in changes)
    what = ", ".join(
        f"{counts[mark]:,} {mark}" for mark in ("new", "changed", "same", "removed") if counts[mark]
    )
    moved = len(changes) > counts["same"]
    return [
        *lines,
        f"{_files(len(changes) - counts['removed'])} in {pinned.lock.name}: {what}{'; commit it' if moved else ''}",
    ]


def _environment_lines(pinned: "Pinned") -> list[str]:
    changes, solved = pinned.environment, pinned.solved
    if changes is None:
        return []
    if solved is None:
        return ["environment: `current`, so what was pinned of another one is taken out"]
    lines = []
    for change in changes[:SHOWN]:
        if not change.before:
            lines.append(f"  added    {change.name} {change.after}")
        elif not change.after:
            lines.append(f"  removed  {change.name} {change.before}")
        else:
            lines.append(f"  moved    {change.name} {change.before} -> {change.after}")
    if len(changes) > SHOWN:
        lines.append(f"  ... and {len(changes) - SHOWN} more")
    count = len({one.name for one in solved.packages})
    said = f"{len(changes)} changed; commit it" if changes else "nothing changed"
    whole = f"{count} package{'s' * (count != 1)} for Python {solved.python} from {solved.source} in {pinned.lock.name}: {said}"
    return [*lines, whole]


def _table(told: "Sequence[PinChange]") -> list[str]:
    from tabulate import tabulate

    columns = ("left", "left", "left", "right", "right", "left")
    rows = [
        (
            change.mark,
            change.data_set,
            _path(change),
            "" if change.pin.rows is None else f"{change.pin.rows:,} rows",
            _size(change.pin.size),
            change.pin.sha256[:8],
        )
        for change in told
    ]
    # `1e5` is a name of a file, not a number
    text = tabulate(rows, tablefmt="plain", colalign=columns if rows else None, disable_numparse=True)
    return [f"  {line}" for line in text.splitlines()]


def _path(change: "PinChange") -> str:
    # a name may hold anything, also what steers a terminal
    return "".join(letter if letter.isprintable() else "?" for letter in change.pin.path)


def _files(count: int) -> str:
    return f"{count:,} file" + "s" * (count != 1)


def _size(size: int) -> str:
    steps = min(4, (len(str(size)) - 1) // 3)
    unit = ("B", "kB", "MB", "GB", "TB")[steps]
    return f"{size / 1000**steps:.1f} {unit}" if steps else f"{size} B"
