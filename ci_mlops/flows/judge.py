"""Story: labels join the predictions, base's policy decides. Runs no code of the change."""

from collections.abc import Sequence
from pathlib import Path

from ci_mlops.config import policy_digest, policy_edits
from ci_mlops.datasets.digest import data_digest
from ci_mlops.datasets.predictions import Truth, open_predictions
from ci_mlops.evaluation.outcome import Ruling
from ci_mlops.flows.court import Hearing, evidence, hear
from ci_mlops.flows.endpoints import endpoint_of_card
from ci_mlops.flows.hand_over import Side, read_candidate, read_champion
from ci_mlops.flows.left_out import why_gone, why_lost, why_taken
from ci_mlops.flows.moved_hearing import hear_moved
from ci_mlops.flows.moved_pin import MovedPin, moved_pin, told
from ci_mlops.flows.overlap import (
    base_trains_on_test_rows,
    duplicates_in,
    held_back,
    overlap_of,
    seen_by_its_own_right,
    trains_on_test_rows,
    why_undecided,
)
from ci_mlops.flows.pinned import test_files
from ci_mlops.flows.predicted import Predicted
from ci_mlops.flows.project import Project
from ci_mlops.flows.tools import Tools
from ci_mlops.flows.writing import tool, written_at
from ci_mlops.records import (
    ChangedPart,
    Contender,
    Finding,
    Overlap,
    PolicySource,
    Skip,
    TrainedModel,
    Verdict,
)
from ci_mlops.records.verdict import Isolation
from ci_mlops.report.codec import seal

FIRST_REPORT = "First report: the gates apply after this is merged."
UNPINNED = (
    "First report: the base branch has no ci-mlops.lock, so it does not say which rows its rules are for."
)
NO_CHANGE = "No model change: the candidate is the champion, byte for byte."
SAME_ENDPOINT = "No model change: one address was asked for both, and what it serves was the same."


def judge(tools: Tools, project: Project, output: Path, *, isolation: Isolation | None = None) -> Verdict:
    """
    Judge what `train` and `predict` handed over in `output`; nothing is written.

    `isolation` None: told by the jobs that the hand-over was made in.

    Raises:
        BadData: a hand-over that is not whole, a champion that is not the registry's, rows that can't be compared.
    """
    policy = project.policy.policy()
    candidate = read_candidate(project, output)
    champion, absent = read_champion(tools, project, output)
    pin = moved_pin(project, tools.cache)
    hearing = hear(
        _truth(project, tools.cache, policy.slices),
        open_predictions(candidate.predictions, "candidate", policy),
        open_predictions(champion.predictions, "champion", policy) if champion else None,
        policy,
        project.policy.counts_on(),
    )
    sides = [side for side in (candidate, champion) if side is not None]
    overlap, ruling = _ruled(project, hearing, candidate, champion)
    registry = project.policy.registry
    moved, unmeasured = hear_moved(project, output, pin, candidate, champion)
    return seal(
        Verdict(
            model=project.policy.model,
            task=policy.task,
            unit=policy.unit,
            verdict=ruling.outcome,
            reason=ruling.reason,
            exit_code=ruling.exit_code,
            candidate=contender(candidate.card, project),
            champion=contender(champion.card, project) if champion else None,
            change=project.change,
            **evidence(hearing),
            overlap=overlap,
            policy=_source(project),
            isolation=isolation or _isolation(sides, project.change.job),
            pins=dict(project.policy_lock.data),
            environment=candidate.card.environment,
            fingerprint=candidate.card.fingerprint,
            changed=changed_parts(project, candidate.card, champion.card if champion else None),
            findings=_findings(sides),
            moved=moved,
            skips=(*((Skip(what="champion", reason=absent),) if absent else ()), *unmeasured),
            notices=_notices(pin, [side.card for side in sides]),
            next_stage=registry.stages[0] if registry else None,
            evaluated_at=written_at(tools.now()),
            tool=tool(),
        )
    )


def _ruled(
    project: Project, hearing: Hearing, candidate: Side, champion: Side | None
) -> tuple[Overlap, Ruling]:
    """Which rows the models had seen, and what the gates say where that leaves something to be said."""
    found = hearing.comparison
    sides = [side for side in (candidate, champion) if side is not None]
    same = (
        champion is not None
        and champion.card.model == candidate.card.model
        and (found.identical or (found.alike and asked_alike(candidate.told, champion.told)))
    )
    trained_on = trains_on_test_rows(project)
    overlap = overlap_of(
        {side.card.role: side.told.seen for side in sides},
        found.rows.seen,
        unscored={side.card.role: side.told.unscored for side in sides},
        duplicates=duplicates_in(_findings(sides), found.rows.seen, trained_on=trained_on),
    )
    unknown = why_undecided(overlap, trained_on=trained_on, has_champion=champion is not None)
    # only of a captured model it is proven that its rows are the pinned ones
    by_right = candidate.card.source == "capture" and seen_by_its_own_right(project, overlap)
    own_rows = not base_trains_on_test_rows(project) and not by_right
    ruling = rule(
        held_back(
            hearing.ruling,
            unknown
            or why_lost(found.rows)
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


def _findings(sides: Sequence[Side]) -> tuple[Finding, ...]:
    return tuple(finding for side in sides for finding in (*side.card.findings, *side.told.findings))


def _truth(project: Project, cache: Path, slices: tuple[str, ...]) -> Truth:
    test = project.policy.data.test
    return Truth(
        title="the test data", files=test_files(project, cache), label=test.target, id=test.id, slices=slices
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


def contender(card: TrainedModel, project: Project) -> Contender:
    if card.version:
        label = f"v{card.version}"
    elif card.role == "champion":
        label = project.change.base_ref or "base"
    else:
        label = "This PR" if project.change.event == "pull_request" else "candidate"
    return Contender(
        origin=card.origin,
        version=card.version,
        commit=card.commit,
        digest=card.model.digest,
        fingerprint=card.fingerprint,
        label=label,
    )


def changed_parts(
    project: Project, candidate: TrainedModel, champion: TrainedModel | None
) -> tuple[ChangedPart, ...]:
    """What differs between the two models' makings, part by part; a champion from elsewhere tells fewer parts."""
    before = dict(champion.parts) if champion else {}
    parts = [
        ChangedPart(
            part=part,
            champion=before.get(part, ""),
            candidate=value,
            changed=None if champion and part not in before else before.get(part) != value,
        )
        for part, value in candidate.parts
    ]
    base_pins = project.policy_lock.data.get("test", ())
    head_pins = project.lock.data.get("test", ())
    moved = [data_digest(pins) if pins else "" for pins in (base_pins, head_pins)]
    parts.append(
        ChangedPart(part="data.test", champion=moved[0], candidate=moved[1], changed=moved[0] != moved[1])
    )
    return tuple(parts)


def _source(project: Project) -> PolicySource:
    digest = policy_digest(project.policy)
    if project.base is None or project.base.config is None:
        source = project.commit or "working tree"
        return PolicySource(source=source, path=project.config_name, digest=digest)
    edits = policy_edits(project.base.config, project.config)
    return PolicySource(
        source=project.base.commit,
        path=project.config_name,
        edited=bool(edits),
        edits=edits,
        digest=digest,
    )


def _isolation(sides: Sequence[Side], job: str) -> Isolation:
    jobs = {made for side in sides for made in (side.card.job, side.told.job)}
    return "job" if job and "" not in jobs and job not in jobs else "process"


def _notices(pin: MovedPin | None, cards: Sequence[TrainedModel]) -> tuple[str, ...]:
    notices = [notice for card in cards for notice in card.notices]
    if pin is not None:
        notices += told(pin)
    return tuple(dict.fromkeys(notices))
