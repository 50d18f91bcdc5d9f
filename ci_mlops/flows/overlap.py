"""Which test rows the models were trained on; where that is unknown and matters, nothing is decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ci_mlops.evaluation.outcome import UNDECIDED, Ruling
from ci_mlops.records import Finding, Overlap

if TYPE_CHECKING:
    # `compare` reads no config
    from ci_mlops.flows.project import Project

UNKNOWN = "it kept no record of the rows that it was fitted on"


def overlap_of(
    seen: Mapping[str, int | None],
    excluded: int,
    *,
    unscored: Mapping[str, int] | None = None,
    duplicates: int = 0,
    why: Mapping[str, str] | None = None,
) -> Overlap:
    """
    Args:
        seen: Role -> test rows that this model was trained on, None where it has no record.
        excluded: Those of either.
        unscored: Role -> rows that its script leaves out.
        duplicates: See `duplicates_in`.
        why: Role -> why there is no record.
    """
    unknown = [role for role, count in seen.items() if count is None]
    return Overlap(
        champion=seen.get("champion"),
        candidate=seen.get("candidate"),
        reason=_reason(unknown, why or {}),
        excluded=excluded,
        duplicates=min(duplicates, excluded),
        champion_unscored=(unscored or {}).get("champion", 0),
        candidate_unscored=(unscored or {}).get("candidate", 0),
    )


def _reason(unknown: list[str], why: Mapping[str, str]) -> str:
    reasons: dict[str, list[str]] = {}
    for role in unknown:
        reasons.setdefault(why.get(role, UNKNOWN), []).append(role)
    return "; ".join(f"{' and '.join(roles)}: {reason}" for reason, roles in reasons.items())


def duplicates_in(findings: Iterable[Finding], excluded: int, *, trained_on: bool) -> int:
    """Excluded rows that no split gave to a training: in a test file of its own they all only equal training rows."""
    if not trained_on:
        return excluded
    counts = [found.count or 0 for found in findings if found.code == "duplicates_of_training_rows"]
    return max(counts, default=0)


def seen_by_its_own_right(project: Project, noted: int | None) -> bool:
    """No record of the champion's rows, and the very training data that the candidate has: what equals it equals both."""
    base = project.base.lock if project.base else None
    same = base is not None and base.data.get("train") == project.lock.data.get("train")
    return noted is None and same


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
