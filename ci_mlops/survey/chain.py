"""The scripts that are run, one after the other: what one makes, the next one reads."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from ci_mlops.survey.choice import Candidate, starts
from ci_mlops.survey.commands import parsed
from ci_mlops.survey.facts import Facts, facts_of
from ci_mlops.survey.modules import Program
from ci_mlops.survey.stages import Stage
from ci_mlops.survey.starting import Start, bare, start_of, told_by, with_steps
from ci_mlops.survey.tree import TABLES, Tree

MOST_STEPS = 5
MOST_READ = 200
"""Scripts that are asked whether they make the data, the nearest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    start: Start
    scripts: tuple[Facts, ...]
    """In the order that they are run; the one that trains is the last."""
    made: frozenset[str]
    """Files that stages say they write."""


def chain_of(
    tree: Tree,
    program: Program,
    chosen: Candidate,
    stages: Sequence[Stage],
    *,
    run: str | None,
    data: str | None,
) -> Chain:
    if run is not None:
        rest = run.split(PurePosixPath(chosen.path).name, 1)[-1]
        start = Start(line=run, told=told_by(rest, chosen.facts), why="you said so", where="")
    else:
        start = start_of(tree, program, chosen, stages, data)
    trains = facts_of(tree, program, chosen.facts.module, start.told)
    made = frozenset(path for stage in stages if stage.line in start.line for path in stage.outputs)
    before = _named(tree, program, start.line, chosen.path)
    if not before and run is None:
        before = _makers(tree, program, trains)
        start = with_steps(
            start, [bare(program, one) for one in before], ", ".join(one.module.path for one in before)
        )
    return Chain(start=start, scripts=(*before, trains), made=made)


def _named(tree: Tree, program: Program, line: str, last: str) -> list[Facts]:
    """Other scripts that the command starts."""
    found = []
    for command in parsed(line, "", ""):
        for path, module in program.modules.items():
            if path != last and starts(command, path):
                plain = facts_of(tree, program, module)
                rest = command.line.split(command.script, 1)[-1]
                found.append(facts_of(tree, program, module, told_by(rest, plain)))
                break
    return found


def _makers(tree: Tree, program: Program, trains: Facts) -> list[Facts]:
    """Scripts that write what the training reads, where a clone does not have it; first things first."""
    every = None
    found: list[Facts] = []
    waiting = [trains]
    while waiting and len(found) < MOST_STEPS:
        here = waiting.pop(0)
        own = {one.path for one in here.writes}
        wanted = {
            one.path
            for one in here.reads
            if not tree.keeps(one.path) and one.path not in own and one.path.lower().endswith(TABLES)
        }
        if not wanted:
            continue
        every = every or [
            facts_of(tree, program, module) for module in list(program.modules.values())[:MOST_READ]
        ]
        for other in every:
            makes = wanted & {one.path for one in other.writes}
            known = [trains.module.path, *(one.module.path for one in found)]
            if (
                makes
                and other.module.path not in known
                and not shlex.quote(other.module.path).startswith("'")
            ):
                found.insert(0, other)
                waiting.append(other)
                wanted -= makes
    return found
