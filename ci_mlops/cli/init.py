"""`ci-mlops init`: what the repository has becomes a config, a lock and a CI file; asks only what it can't find."""

from __future__ import annotations  # the flow is loaded when the command runs, not for `--help`

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ci_mlops.flows.init import Draft, Platform, Proposal
    from ci_mlops.survey.guess import Guess, Survey, Told

FOLDER = Path()
ASKED = {
    "script": "script",
    "run": "run",
    "data": "data",
    "test": "test",
    "target": "target",
    "task": "task",
    "positive": "positive",
}
"""What is asked at a terminal -> the flag that answers it; the rest is proposed and may be edited."""
MOST_QUESTIONS = 12


@click.command("init")
@click.argument("platform", type=click.Choice(["github", "azure"]), required=False)
@click.option("--name", help="Name of the model.")
@click.option("--script", metavar="FILE", help="The script that trains.")
@click.option("--run", metavar="COMMAND", help="The command that trains.")
@click.option("--data", metavar="FILE", help="The training data.")
@click.option(
    "--test", metavar="FILE", help="The rows to compare on; with `--data`'s file: what the script holds out."
)
@click.option("--target", metavar="COLUMN", help="The column that is predicted.")
@click.option("--task", type=click.Choice(["classification", "regression"]))
@click.option("--positive", metavar="LABEL", help="The label that is the event.")
@click.option("--id", "id_column", metavar="COLUMN", help="The column that names a row.")
@click.option("--environment", metavar="FILE", help="What declares the environment, or `current`.")
@click.option("--python", metavar="3.N", help="The Python that the training runs on.")
@click.option(
    "--model-source",
    metavar="SOURCE",
    help="capture, mlflow, path:FILE, callable:MODULE:FUNCTION or uri:FILE.",
)
@click.option(
    "--policies",
    is_flag=True,
    help="Azure Repos: also make the two branch policies that the gate needs, where there are none.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be written; write nothing.")
@click.option("--force", is_flag=True, help="Overwrite files that differ.")
def command(
    platform: Platform | None,
    id_column: str | None,
    policies: bool,
    dry_run: bool,
    force: bool,
    **flags: Any,
) -> int:
    """
    Read the repository; write ci-mlops.yml, the lock and the CI file.

    Runs none of its code. Says what it guessed and why.
    """
    from ci_mlops.flows.init import propose
    from ci_mlops.survey.guess import Told

    told = Told(id=id_column, **flags)
    proposal = propose(FOLDER, told, platform)
    if _is_asked():
        proposal = _ask(proposal, told, platform)
    _show(proposal.survey)
    if proposal.survey.missing:
        return _lack(proposal.survey)
    if dry_run:
        _preview(proposal)
    else:
        _write(proposal, force=force)
    if policies:
        from ci_mlops.cli.policies import make_policies

        make_policies(proposal, dry_run=dry_run)
    return 0


def _ask(proposal: Proposal, told: Told, platform: Platform | None) -> Proposal:
    """One question at a time: an answer may settle the next one."""
    from dataclasses import replace

    from ci_mlops.flows.init import propose

    asked: set[str] = set()
    for _ in range(MOST_QUESTIONS):
        question = next(iter(_questions(proposal.survey, told, asked)), None)
        if question is None:
            break
        subject, words, default, options = question
        asked.add(subject)
        if options:
            click.echo(f"  one of: {', '.join(options[:30])}", err=True)
        answer = click.prompt(words, default=default, err=True)
        told = replace(told, **{ASKED[subject]: str(answer)})
        proposal = propose(FOLDER, told, platform)
    return proposal


def _questions(
    found: Survey, told: Told, asked: set[str]
) -> list[tuple[str, str, str | None, tuple[str, ...]]]:
    missing = [
        (one.subject, f"{one.what}. {one.subject}", None, ())
        for one in found.missing
        if one.subject in ASKED and one.subject not in asked
    ]
    unsure = [
        (subject, f"{_capital(subject)} ({guess.why})", _plain(guess.value), guess.options)
        for subject, guess in found.guesses.items()
        if subject in ASKED
        and subject not in asked
        and not guess.sure
        and getattr(told, ASKED[subject]) is None
    ]
    return [*missing, *unsure]


def _is_asked() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty() and not os.environ.get("CI")


def _show(found: Survey) -> None:
    from ci_mlops.survey.config_text import one_line

    rows = [("what", "guess", "why")]
    for subject, guess in found.guesses.items():
        rows.append((subject, one_line(_plain(guess.value)), one_line(_why(guess))))
    first = max(len(row[0]) for row in rows)
    second = min(max(len(row[1]) for row in rows), 44)
    for what, value, why in rows:
        shown = value if len(value) <= second or not why else value[: second - 1] + "…"
        click.echo(f"{what:{first}}  {shown:{second}}  {why}".rstrip())
    for notice in found.notices:
        where = f" ({notice.where})" if notice.where else ""
        click.echo(f"notice: {one_line(notice.text + where)}", err=True)


def _why(guess: Guess) -> str:
    where = f" ({guess.where})" if guess.where else ""
    return f"{'' if guess.sure else 'guessed: '}{guess.why}{where}"


def _lack(found: Survey) -> int:
    from ci_mlops.errors import BadConfig
    from ci_mlops.survey.config_text import one_line

    click.echo("error: this could not be found, and nothing was written:", err=True)
    for one in found.missing:
        click.echo(f"  {one_line(one.what)}\n    type: {one_line(one.mend)}", err=True)
    return BadConfig.exit_code


def _preview(proposal: Proposal) -> None:
    from ci_mlops.flows.init import difference

    for draft in proposal.drafts:
        told = difference(draft, Path.cwd())
        click.echo(f"\n{told}" if told else f"\n{_name(draft.path)}: nothing changes")
    click.echo(f"\n{proposal.lock.name}: `ci-mlops pin` would write it. Nothing was written.")


def _write(proposal: Proposal, *, force: bool) -> None:
    from ci_mlops.cli.wiring import cache_folder
    from ci_mlops.flows.init import write

    written = write(proposal, force=force)
    for draft in proposal.drafts:
        click.echo(_told(draft, draft in written))
    config = proposal.drafts[0]
    if config.state != "same" and config not in written and proposal.lock.exists():
        return
    _pin(config.path, cache_folder(os.environ))
    click.echo(
        "Next: look at the lines above; `ci-mlops doctor` tries what they need; commit these files, and "
        "`ci-mlops validate` on a branch shows what its pull request will."
    )
    if proposal.platform == "azure":
        click.echo(
            "On Azure: make a pipeline of the file, then `ci-mlops init azure --policies` makes the branch policies "
            "that start it and require its status (docs/azure.md)."
        )


def _pin(config: Path, cache: Path) -> None:
    from ci_mlops.cli.progress import say
    from ci_mlops.errors import CiMlopsError
    from ci_mlops.flows.pin import pin

    try:
        pinned = pin(config, cache, say=say)
    except CiMlopsError:
        click.echo(f"{_name(config)} is kept, but pinning its data and environment failed:", err=True)
        raise
    for notice in pinned.notices:
        click.echo(f"notice: {notice}", err=True)
    click.echo(f"{'wrote':9} {_name(pinned.lock)}")


def _told(draft: Draft, written: bool) -> str:
    if written:
        return f"{'wrote':9} {_name(draft.path)}"
    if draft.state == "same":
        return f"{'unchanged':9} {_name(draft.path)}"
    if _gates_another(draft):
        return (
            f"{'kept':9} {_name(draft.path)}: it gates another model of this repository; for several see `ci-mlops validate --all` "
            "and docs/several-models.md (`--force` would gate this one alone)"
        )
    return f"{'kept':9} {_name(draft.path)}: it is there already, and differs (`--force` overwrites it)"


def _gates_another(draft: Draft) -> bool:
    import re

    named = [re.findall(r"(?m)^\s+config: (\S+)", text or "") for text in (draft.before, draft.text)]
    return "ci-mlops" in (draft.before or "") and named[0] != named[1]


def _name(path: Path) -> str:
    return path.relative_to(Path.cwd()).as_posix() if path.is_relative_to(Path.cwd()) else str(path)


def _plain(value: Any) -> str:
    from ci_mlops.survey.margins import Rule

    if isinstance(value, tuple):
        return ", ".join(_plain(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_plain(one)}" for key, one in value.items())
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Rule):
        return f"{value.metric}{'[' + value.slice + ']' if value.slice else ''} -{value.margin:g}"
    return str(value)


def _capital(word: str) -> str:
    return word[0].upper() + word[1:]
