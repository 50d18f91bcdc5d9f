"""One sentence and one exit code of a whole drill."""

from collections.abc import Sequence
from dataclasses import dataclass

from ci_mlops.evaluation.drill.wording import listed, titled
from ci_mlops.records.drill import Sabotaged
from ci_mlops.records.drill_summary import DrillSummary

HOLDS, FAILS = 0, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    reason: str
    doubts: tuple[str, ...]
    exit_code: int


def conclude(done: Sequence[Sabotaged], summary: DrillSummary, *, strict: bool) -> Conclusion:
    """What is wrong with the rules fails the drill; what is only doubtful fails a strict one."""
    doubts = _doubts(done, summary)
    wrong = _wrong(done, summary)
    if wrong:
        return Conclusion(reason=f"{wrong}.", doubts=doubts, exit_code=FAILS)
    if not summary.harmful:
        reason = "no sabotage is shown to do harm on these rows, so nothing can be said of the rules."
        return Conclusion(reason=reason, doubts=doubts, exit_code=FAILS if strict else HOLDS)
    all_of = "all" if summary.stopped == summary.harmful else f"{summary.stopped} of"
    reason = f"these rules stop {all_of} {summary.harmful} harmful sabotages, and nothing that is harmless"
    if summary.allowed:
        reason += f"; what {_quoted(summary.allowed)} does is within what they allow"
    fails = strict and bool(doubts)
    if fails:
        reason += "; a strict drill fails for what follows"
    return Conclusion(reason=f"{reason}.", doubts=doubts, exit_code=FAILS if fails else HOLDS)


def _wrong(done: Sequence[Sabotaged], summary: DrillSummary) -> str:
    found = []
    if any(one.disagreements for one in done):
        found.append("a gate and a second reading of its numbers disagree")
    if summary.let_through:
        found.append(f"harm that a rule forbids is NOT STOPPED: {_quoted(summary.let_through)}")
    if summary.blocked:
        found.append(f"what is no worse than the champion is stopped: {_quoted(summary.blocked)}")
    return "; ".join(found)


def _doubts(done: Sequence[Sabotaged], summary: DrillSummary) -> tuple[str, ...]:
    doubts = []
    if summary.decoration:
        named = listed([f"`{text}`" for text in summary.decoration])
        doubts.append(f"Decoration, as its limit stops none of the harmful sabotages: {named}.")
    if summary.undecided:
        doubts.append(f"Let through, as these rows can't show the harm: {_quoted(summary.undecided)}.")
    for fate, words in (("unwatched", "No blocking rule looks at"), ("warned", "Only a warning meets")):
        if found := [titled(one.title, one.about) for one in done if one.fate == fate]:
            doubts.append(f"{words} {_quoted(found)}.")
    if found := [titled(one.title, one.about) for one in done if one.fate == "unproven"]:
        doubts.append(f"Stopped, as these rows can't show that it is better or no worse: {_quoted(found)}.")
    return tuple(doubts)


def _quoted(titles: Sequence[str]) -> str:
    return listed([f"'{title}'" for title in titles], most=3)
