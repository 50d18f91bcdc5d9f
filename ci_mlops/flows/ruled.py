"""What the gates say, and what is to be said instead where there is nothing to hold them to."""

from ci_mlops.evaluation.outcome import Ruling
from ci_mlops.flows.court import Hearing
from ci_mlops.flows.endpoints import endpoint_of_card
from ci_mlops.flows.fair_hearing import overlap_told
from ci_mlops.flows.hand_over import Side
from ci_mlops.flows.left_out import why_gone, why_lost, why_taken
from ci_mlops.flows.overlap import (
    base_trains_on_test_rows,
    held_back,
    seen_by_its_own_right,
    trains_on_test_rows,
    why_undecided,
)
from ci_mlops.flows.predicted import Predicted
from ci_mlops.flows.project import Project
from ci_mlops.flows.proof import Proved, refuse_overlap
from ci_mlops.records import Overlap

FIRST_REPORT = "First report: the gates apply after this is merged."
UNPINNED = (
    "First report: the base branch has no ci-mlops.lock, so it does not say which rows its rules are for."
)
NO_CHANGE = "No model change: the candidate is the champion, byte for byte."
SAME_ENDPOINT = "No model change: one address was asked for both, and what it serves was the same."


def ruled(
    project: Project, hearing: Hearing, candidate: Side, champion: Side | None, proved: Proved
) -> tuple[Overlap, Ruling]:
    """Which rows the models had seen, and what the gates say where that leaves something to be said."""
    found = hearing.comparison
    sides = [side for side in (candidate, champion) if side is not None]
    same = (
        champion is not None
        and champion.card.model == candidate.card.model
        and (found.identical or (found.alike and asked_alike(candidate.told, champion.told)))
    )
    if not (same or project.first_report):
        refuse_overlap(proved.proof, project)
    trained_on = trains_on_test_rows(project)
    overlap = overlap_told(project, sides, hearing, proved)
    unknown = why_undecided(overlap, trained_on=trained_on, has_champion=champion is not None)
    # only of a captured model it is proven that its rows are the pinned ones
    noted = proved.noted.get("champion")
    by_right = candidate.card.source == "capture" and seen_by_its_own_right(project, noted)
    own_rows = not base_trains_on_test_rows(project) and not by_right
    ruling = rule(
        held_back(
            hearing.ruling,
            unknown
            or why_lost(found.rows, has_champion=champion is not None)
            or why_taken(found, own_rows=own_rows)
            or why_gone(found, project.policy.policy(), own_rows=own_rows),
        ),
        first_report=project.first_report,
        unpinned=project.base_is_unpinned,
        unchanged=_unchanged(project, candidate) if same else "",
    )
    return overlap, ruling


def asked_alike(one: Predicted, other: Predicted) -> bool:
    """
    Equal files can answer differently: the team's own `predict` command was changed, or code of theirs that a pickle
    only names. Where our worker asked both in the same way, the last bits may differ, of a sum that threads took in
    another order.
    """
    return one.source == other.source == "worker" and (one.environment, one.test, one.columns) == (
        other.environment,
        other.test,
        other.columns,
    )


def _unchanged(project: Project, candidate: Side) -> str:
    # nobody has the bytes of what an endpoint serves
    return SAME_ENDPOINT if endpoint_of_card(project, candidate.card) else NO_CHANGE


def rule(ruling: Ruling, *, first_report: bool, unpinned: bool, unchanged: str) -> Ruling:
    """
    What the gates say, unless there is nothing to hold a gate to.

    `unpinned`: rows that only the change names. `unchanged`: empty, or in which way the candidate is the champion.
    """
    if first_report:
        return Ruling(outcome="not_applicable", reason=FIRST_REPORT, exit_code=0)
    if unchanged:
        return Ruling(outcome="not_applicable", reason=unchanged, exit_code=0)
    if unpinned and ruling.outcome == "passed":
        return Ruling(outcome="not_applicable", reason=UNPINNED, exit_code=0)
    return ruling
