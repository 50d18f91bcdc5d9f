"""
The last job of a run, which a branch rule can require: may the change pass, whatever became of the jobs before it?

A job that is skipped counts as passed for such a rule, so this one never is; nothing but a judge's own success passes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Result = Literal["success", "failure", "cancelled", "skipped"]

DRAFT = "A draft is judged when it is ready for review."
BEGINS, FINDS, WAIVES = "begin", "find", "waive"
PREPARES = ("train", "predict")
"""Jobs that make what is judged: a judge that came to a verdict without them needed none of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """A job that the gate waits for, as the CI tells it."""

    result: str
    outputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    passes: bool
    reason: str
    """One sentence."""
    is_told: bool = True
    """There is a verdict, or none is due yet: nothing is left waiting that will never come."""


def rule(needed: Mapping[str, Needed]) -> Ruling:
    """What holds for the whole run; a result that is not known does not pass."""
    judges = {job: one for job, one in needed.items() if job not in (BEGINS, FINDS, WAIVES, *PREPARES)}
    early = _nothing_to_judge(needed, judges)
    if early is not None:
        return early
    waited_for = {job: one for job, one in needed.items() if job not in (BEGINS, WAIVES)}
    if cancelled := _of("cancelled", waited_for):
        return Ruling(passes=False, reason=f"{_named(cancelled)} was cancelled.", is_told=False)
    if failed := _of("failure", judges):
        return _stopped(failed, judges, needed)
    if failed := _of("failure", waited_for):
        return Ruling(passes=False, reason=f"{_named(failed)} failed.", is_told=False)
    return _succeeded(judges, finds=FINDS in needed)


def is_waived(needed: Mapping[str, Needed]) -> bool:
    return WAIVES in needed and needed[WAIVES].result == "success"


def _nothing_to_judge(needed: Mapping[str, Needed], judges: Mapping[str, Needed]) -> Ruling | None:
    if not judges:
        return Ruling(passes=False, reason="No job that judges is among what this job needs.", is_told=False)
    if any(one.outputs.get("story") == "wait" for one in needed.values()):
        return Ruling(passes=False, reason=DRAFT)
    if FINDS in needed and needed[FINDS].result == "success" and needed[FINDS].outputs.get("matrix") == "[]":
        return Ruling(passes=True, reason="The change touches no model.")
    return None


def _succeeded(judges: Mapping[str, Needed], *, finds: bool) -> Ruling:
    if odd := [job for job, one in judges.items() if one.result != "success"]:
        return Ruling(passes=False, reason=f"{_named(odd)} judged nothing: skipped.", is_told=False)
    # cells of a matrix share their outputs, so each is asked for its verdict's file instead
    if silent := [job for job, one in judges.items() if not finds and not one.outputs.get("verdict")]:
        return Ruling(
            passes=False,
            reason=f"{_named(silent)} tells no verdict; its output `verdict` belongs under its `outputs:`.",
            is_told=False,
        )
    return Ruling(passes=True, reason="What was judged may be merged.")


def _stopped(failed: Sequence[str], judges: Mapping[str, Needed], needed: Mapping[str, Needed]) -> Ruling:
    if is_waived(needed):
        return Ruling(passes=True, reason="It was blocked, and then waived by an approval.")
    verdicts = [judges[job].outputs.get("verdict", "") for job in failed]
    if all(verdicts) and FINDS in needed:
        # cells of a matrix share their outputs: the last of them speaks for all
        return Ruling(passes=False, reason="At least one model may not be merged.")
    if all(verdicts):
        said = ", ".join(dict.fromkeys(verdict.replace("_", " ") for verdict in verdicts))
        return Ruling(passes=False, reason=f"The verdict is: {said}.")
    return Ruling(passes=False, reason=f"{_named(failed)} failed.", is_told=False)


def _of(result: Result, jobs: Mapping[str, Needed]) -> list[str]:
    return [job for job, one in jobs.items() if one.result == result]


def _named(jobs: Sequence[str]) -> str:
    return f"The job{'s' if len(jobs) > 1 else ''} {', '.join(f'`{job}`' for job in jobs)}"
