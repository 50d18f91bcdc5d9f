"""Which version takes which stage, if any. Pure: a value that `promote` carries out or prints."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from ci_mlops.errors import BadConfig
from ci_mlops.records import Promotion, Stay, Verdict, Version, tags

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


def why_not_promoted(promotion: Promotion, verdict: Verdict | None) -> str:
    """
    What the version was registered with is held against it again; empty: it may go up.

    A pointer can be moved by hand, so that a version stands at a stage says nothing about its verdict.
    """
    version = promotion.version
    if verdict is None:
        return "no verdict was registered with it"
    if verdict.candidate is None or verdict.candidate.digest != version.digest:
        return "the verdict that was registered with it is about another model"
    if verdict.verdict_digest != version.tags.get(tags.VERDICT_DIGEST):
        return "the verdict that lies beside it is not the one that it was registered by"
    if verdict.exit_code != 0 or verdict.verdict == "not_evaluated":
        return f"its verdict is {verdict.verdict}"
    if any(gate.blocks for gate in verdict.gates):
        return "a blocking rule is not shown to hold"
    return ""


def _step(holders: Holders, source: str, stage: str) -> Promotion | Stay:
    version, there = holders.get(source), holders.get(stage)
    if version is None:
        return Stay(reason=f"{source} holds no version")
    if there is not None and (there.number == version.number or there.digest == version.digest):
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
