"""How a verdict names what was judged: both models, whose policy it was."""

from collections.abc import Sequence

from ci_mlops.flows.hand_over import Side
from ci_mlops.flows.moved_pin import MovedPin, told
from ci_mlops.flows.project import Project
from ci_mlops.records import Contender, PolicySource, TrainedModel
from ci_mlops.records.verdict import Isolation


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


def policy_source(project: Project) -> PolicySource:
    digest = project.policy_digest
    if project.base is None or project.base.config is None:
        source = project.commit or "working tree"
        return PolicySource(source=source, path=project.config_path, digest=digest)
    edits = project.policy_edits
    return PolicySource(
        source=project.base.commit,
        path=project.config_path,
        edited=bool(edits),
        edits=edits,
        digest=digest,
    )


def isolation_of(sides: Sequence[Side], job: str) -> Isolation:
    jobs = {made for side in sides for made in (side.card.job, side.told.job)}
    return "job" if job and "" not in jobs and job not in jobs else "process"


def notices_of(pin: MovedPin | None, cards: Sequence[TrainedModel]) -> tuple[str, ...]:
    notices = [notice for card in cards for notice in card.notices]
    if pin is not None:
        notices += told(pin)
    return tuple(dict.fromkeys(notices))
