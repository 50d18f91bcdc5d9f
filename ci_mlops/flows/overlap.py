"""Which test rows the models were trained on; where that is unknown and matters, nothing is decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ci_mlops.evaluation.outcome import UNDECIDED, Ruling
from ci_mlops.records import Comparison, Counted, Finding, GateRule, Overlap, Policy

if TYPE_CHECKING:
    # `compare` reads no config
    from ci_mlops.flows.project import Project

UNKNOWN = "it kept no record of the rows that it was fitted on"


MOST_LOST = 0.01
"""Share of the rows that a champion can score, and that a candidate may leave unscored, or have seen."""
MOST_GONE = 0.10
"""The same of one slice, where a row or two are more."""
MOST_ERRORS_BEHIND = 2.0
"""A model that falls further behind on rows that it was trained on does so seldom by chance."""
MOST_ERRORS_UNLIKE = 3.3
"""Two-sided, one split in a thousand that was drawn by chance."""


def overlap_of(
    seen: Mapping[str, int | None],
    excluded: int,
    *,
    unscored: Mapping[str, int] | None = None,
    duplicates: int = 0,
) -> Overlap:
    """
    Args:
        seen: Role -> test rows that this model was trained on, None where it has no record.
        excluded: Those of either.
        unscored: Role -> rows that its script leaves out.
        duplicates: See `duplicates_in`.
    """
    unknown = [role for role, count in seen.items() if count is None]
    return Overlap(
        champion=seen.get("champion"),
        candidate=seen.get("candidate"),
        reason=f"{' and '.join(unknown)}: {UNKNOWN}" if unknown else "",
        excluded=excluded,
        duplicates=min(duplicates, excluded),
        champion_unscored=(unscored or {}).get("champion", 0),
        candidate_unscored=(unscored or {}).get("candidate", 0),
    )


def duplicates_in(findings: Iterable[Finding], excluded: int, *, trained_on: bool) -> int:
    """Excluded rows that no split gave to a training: in a test file of its own they all only equal training rows."""
    if not trained_on:
        return excluded
    counts = [found.count or 0 for found in findings if found.code == "duplicates_of_training_rows"]
    return max(counts, default=0)


def why_lost(rows: Counted) -> str:
    """Empty: the candidate says something of nearly every row that the champion does."""
    if rows.lost <= MOST_LOST * (rows.compared + rows.lost):
        return ""
    return (
        f"The candidate can't score {rows.lost} rows that the champion can: its script leaves them out. "
        "Scores on the rest would leave out the hard ones."
    )


def why_taken(found: Comparison, *, own_rows: bool) -> str:
    """
    Empty: what the candidate takes away, by having been trained on it, can't flatter it.

    `own_rows`: test rows that the champion was not to see, so that nearly all of them should be compared. In a file
    that both split for themselves, other rows are left over with every seed; then they must be like the rest.
    """
    rows = found.rows
    if own_rows and rows.taken > MOST_LOST * (rows.compared + rows.taken):
        return (
            f"The candidate was trained on {rows.taken} test rows that the champion was not, or on rows that equal them, "
            "so they prove nothing. The rest would be what it leaves over: keep test rows out of the training."
        )
    if found.behind_on_taken > MOST_ERRORS_BEHIND or found.unlike_on_taken > MOST_ERRORS_UNLIKE:
        how = (
            "it falls further behind the champion there"
            if found.behind_on_taken > MOST_ERRORS_BEHIND
            else "the champion errs otherwise there"
        )
        return (
            f"The candidate alone was trained on {rows.taken} rows that are not like the {rows.compared} that are compared: "
            f"{how}. So its split picks what it is measured on: draw it by chance, with the champion's seed."
        )
    return ""


def why_gone(found: Comparison, policy: Policy, *, own_rows: bool) -> str:
    """Empty: no slice that a rule blocks on loses many of its rows by the candidate alone."""
    compared = dict(found.slices)
    for name, lost, taken in found.gone:
        count = lost + (taken if own_rows else 0)
        of = count + compared.get(name, 0)
        if count > MOST_GONE * of and any(_is_ruled(name, gate) for gate in policy.gates):
            return (
                f"Of {of} rows of {name} the candidate alone leaves {count} out, as it can't score them or was trained on "
                "them; and a rule blocks on this slice."
            )
    return ""


def _is_ruled(name: str, gate: GateRule) -> bool:
    return gate.severity == "block" and gate.slice in ("*", name, name.partition("=")[0])


def seen_by_its_own_right(project: Project, overlap: Overlap) -> bool:
    """No record of the champion's rows, and the very training data that the candidate has: what equals it equals both."""
    base = project.base.lock if project.base else None
    same = base is not None and base.data.get("train") == project.lock.data.get("train")
    return overlap.champion is None and same


def base_trains_on_test_rows(project: Project) -> bool:
    trained = {pin.sha256 for pin in project.policy_lock.data.get("train", ())}
    return any(pin.sha256 in trained for pin in project.policy_lock.data.get("test", ()))


def trains_on_test_rows(project: Project) -> bool:
    """A file of the test data is training data as well, of the change or of base."""
    locks = [project.lock, project.base.lock if project.base else None]
    trained = {pin.sha256 for lock in locks if lock for pin in lock.data.get("train", ())}
    return any(pin.sha256 in trained for pin in project.policy_lock.data.get("test", ()))


def why_undecided(overlap: Overlap, *, trained_on: bool, has_champion: bool) -> str:
    """Empty: it is known which rows are fair to both models, or the test data is in no training."""
    if not trained_on:
        return ""
    unknown = [
        role
        for role, count in (("candidate", overlap.candidate), ("champion", overlap.champion))
        if count is None and (role == "candidate" or has_champion)
    ]
    if not unknown:
        return ""
    were = "were" if len(unknown) > 1 else "was"
    return (
        f"The test file is training data too, and it is not known which of its rows the {' and the '.join(unknown)} "
        f"{were} fitted on: `train.model: capture` notes them, or pin test rows of their own."
    )


def held_back(ruling: Ruling, why: str) -> Ruling:
    """Neither passed nor blocked: scores on rows that a model has seen prove nothing either way."""
    return Ruling(outcome="undecided", reason=why, exit_code=UNDECIDED) if why else ruling
