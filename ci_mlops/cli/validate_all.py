"""`ci-mlops validate --all`: every model of the repository that the change touches."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ci_mlops.cli.folders import told_by_name
from ci_mlops.cli.judging import reach
from ci_mlops.errors import BadConfig
from ci_mlops.records import Verdict

if TYPE_CHECKING:
    from ci_mlops.flows.tools import Tools
    from ci_mlops.flows.validate_all import Found
    from ci_mlops.report import Format

Row = tuple["Found", Verdict | None]


def all_models(
    tools: "Tools", output: Path, base: str | None, dialect: "Format", *, dry_run: bool = False
) -> int:
    """One model's failure does not stop the others; the exit code is the gravest."""
    from ci_mlops.cli.lean import without_pandas
    from ci_mlops.flows.validate_all import find_models, gravest

    without_pandas()
    found = find_models(tools, _top(), base=base)
    if dry_run:
        rows: list[Row] = [(one, None) for one in found]
    else:
        _open(output, tools.cache, found)
        rows = [(one, _judged(tools, one, output, base, dialect)) for one in found]
    if dialect == "json":
        click.echo(
            json.dumps([_matrix(one, verdict, output) for one, verdict in rows if _is_told(one, verdict)])
        )
    else:
        click.echo("\n".join(_table(rows)))
    return gravest(verdict.exit_code for _, verdict in rows if verdict)


def _top() -> Path:
    from ci_mlops import repository

    top = repository.find_root(Path.cwd())
    if top is None:
        raise BadConfig(
            "`--all` looks for the models of a git repository, and this is none",
            where=str(Path.cwd()),
            mend="`ci-mlops validate --config FILE` for one model.",
        )
    return top.resolve()


def _open(output: Path, cache: Path, found: "Sequence[Found]") -> None:
    from ci_mlops.flows.keeping import drop_verdict
    from ci_mlops.flows.train import open_output

    with told_by_name(output, cache):
        open_output(output)
        # a run that is killed leaves no verdict of the run before it
        for one in found:
            drop_verdict(output / one.slug)


def _judged(tools: "Tools", found: "Found", output: Path, base: str | None, dialect: "Format") -> Verdict:
    from ci_mlops.cli.showing import show
    from ci_mlops.flows.keeping import keep_verdict
    from ci_mlops.flows.validate import validate
    from ci_mlops.flows.validate_all import untouched

    place = output / found.slug
    if found.decision == "untouched":
        verdict = untouched(tools, found)
        with told_by_name(output, tools.cache):
            keep_verdict(verdict, place)
        return verdict
    tools.say(f"== {found.name} ({found.config})")
    verdict = reach(
        tools,
        _top() / found.config,
        place,
        base,
        lambda project: validate(tools, project, place.resolve()),
        refused=found.refused,
    )
    if dialect != "json":
        show(verdict, dialect, kept=place)
        click.echo()
    return verdict


def _is_told(found: "Found", verdict: Verdict | None) -> bool:
    """A matrix holds what is to be judged; afterwards every model is told."""
    return verdict is not None or found.decision == "judge"


def _matrix(found: "Found", verdict: Verdict | None, output: Path) -> dict[str, object]:
    from ci_mlops.flows.artifact import key_of

    cell: dict[str, object] = {
        "config": str(found.config),
        "folder": str(found.folder),
        "name": found.name,
        "key": key_of(found.name),
    }
    if verdict is not None:
        cell |= {
            "decision": found.decision,
            "verdict": verdict.verdict,
            "exit_code": verdict.exit_code,
            "reason": verdict.reason,
            "output": str(output / found.slug),
        }
    return cell


def _table(rows: Sequence[Row]) -> list[str]:
    from tabulate import tabulate

    cells = [
        (_plain(found.name), _plain(str(found.config)), *_said(found, verdict)) for found, verdict in rows
    ]
    head = ("model", "config", "verdict" if any(verdict for _, verdict in rows) else "decision", "because")
    return tabulate(cells, headers=head, tablefmt="simple", disable_numparse=True).splitlines()


def _said(found: "Found", verdict: Verdict | None) -> tuple[str, str]:
    if verdict is None or found.decision == "untouched":
        return found.decision, _plain(found.reason)
    code = f" ({verdict.exit_code})" if verdict.exit_code else ""
    return f"{verdict.verdict}{code}", _plain(verdict.reason)


def _plain(text: str) -> str:
    # a name may hold anything, also what steers a terminal
    line = "".join(letter if letter.isprintable() else "?" for letter in text)
    return line if len(line) <= 100 else f"{line[:97]}..."
