"""Which version takes which stage, if any. Pure: a value that `promote` carries out or prints."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from ci_mlops.errors import BadConfig
from ci_mlops.ladder.entry import Untried
from ci_mlops.records import Condition, Promotion, Stay, Version

Holders = Mapping[str, Version | None]


def next_step(stages: Sequence[str], holders: Holders, wanted: str | None) -> Promotion | Stay:
    """
    The next rung: a version moves from one stage to the one after it, and no stage is left out.

    Raises:
        BadConfig: `wanted` is no stage that a version can be promoted to, or it is not said which of several steps is meant.
    """
    steps = list(pairwise(stages))
    if wanted is not None:
        steps = [step for step in steps if step[1] == wanted]
        if not steps:
            raise _no_such_step(stages, wanted)
    found = [_step(holders, *step) for step in steps]
    moves = [step for step in found if isinstance(step, Promotion)]
    if len(moves) > 1:
        raise BadConfig(
            f"More than one step can be taken: {', '.join(f'{one.source} -> {one.stage}' for one in moves)}",
            where="--to",
            mend="Say which stage is to be taken: `--to STAGE`.",
        )
    if moves:
        return moves[0]
    return found[0] if found else Stay(reason=f"there is one stage only, {', '.join(stages)}")


def would_promote(
    step: Promotion, conditions: Sequence[Condition], untried: Sequence[Untried]
) -> tuple[str, ...]:
    """What would be moved, and how each condition stands; what takes its time is not tried."""
    if len(conditions) == 1 and not conditions[0].held:
        return why_it_stays(step, conditions)
    stays = not all(one.held for one in conditions)
    first = f"{_stays(step)}:" if stays else f"would move {told(step)}"
    files = "  would be tried: files: the stored files are fetched and held against what was judged"
    return (
        first,
        *lines(conditions),
        files,
        *(f"  would be tried: {one.name}: {one.told}" for one in untried),
    )


def why_it_stays(
    step: Promotion, conditions: Sequence[Condition], untried: Sequence[Untried] = ()
) -> tuple[str, ...]:
    """Every condition that does not hold."""
    broken = [one for one in conditions if not one.held]
    if len(broken) == 1 and not untried:
        return (f"{_stays(step)}: {broken[0].told}",)
    left = (f"  not tried: {one.name}: {one.told}" for one in untried)
    return (f"{_stays(step)}, for {step.stage} asks for more:", *lines(broken), *left)


def told(step: Promotion) -> str:
    before = f", in place of version {step.replaces.number}" if step.replaces else ""
    return f"{step.stage} to {step.version.name} version {step.version.number}, {step.version.digest}{before}"


def lines(conditions: Sequence[Condition]) -> tuple[str, ...]:
    return tuple(f"  {'held' if one.held else 'not held'}: {one.name}: {one.told}" for one in conditions)


def _stays(step: Promotion) -> str:
    return f"{step.version.name} version {step.version.number} stays at {step.source}"


def _step(holders: Holders, source: str, stage: str) -> Promotion | Stay:
    version, there = holders.get(source), holders.get(stage)
    if version is None:
        return Stay(reason=f"{source} holds no version")
    if there is not None and (there.number == version.number or there.digest == version.digest != ""):
        return Stay(reason=f"{stage} holds version {there.number} already, which is what {source} holds")
    return Promotion(version=version, stage=stage, source=source, replaces=there)


def _no_such_step(stages: Sequence[str], wanted: str) -> BadConfig:
    if wanted == stages[0]:
        what = f"`{wanted}` is the first stage: a merge puts the judged model there"
        mend = f"Promote to {' or '.join(stages[1:]) or 'a stage after it'}."
    else:
        what = f"`{wanted}` is none of the stages"
        mend = f"They are {', '.join(stages)}, in this order."
    return BadConfig(what, where="--to", mend=mend)
