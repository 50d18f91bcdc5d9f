"""A registered version that was made of the very same as what is to be trained: nothing is trained twice."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from ci_mlops.errors import RegistryFailed
from ci_mlops.flows import store
from ci_mlops.flows.champion import stages_to_ask
from ci_mlops.flows.checkout import Role
from ci_mlops.flows.identity import read_card
from ci_mlops.flows.open_registry import model_name, open_registry
from ci_mlops.flows.project import Project
from ci_mlops.flows.tools import Tools
from ci_mlops.flows.training import Known
from ci_mlops.ladder.chain import link
from ci_mlops.ladder.identity import KeptCard, registration_of, why_another
from ci_mlops.ports import Registry
from ci_mlops.records import TrainedModel, Version, tags


def registered_twin(tools: Tools, project: Project, role: Role) -> Known:
    """
    (fingerprint, an empty folder) -> what a version was registered with: its card, and its model in the folder.

    Of several the one that holds the highest stage: two trainings of the same may differ, and a change that changes
    nothing is to be the champion itself. A registry that is not asked for the champion is not asked here either.
    """

    def known(mark: str, into: Path) -> tuple[TrainedModel, Path] | None:
        # of a first report the registry is the change's own word, and it would be asked with our login
        if project.first_report or not stages_to_ask(project.policy):
            return None
        try:
            registry = open_registry(tools, project.policy, project.folder)
            for version, card in _made_of(registry, project, mark):
                fetched = registry.fetch(version, into / version.number)
                copied = store.copy_model(fetched, into / "copy")
                tools.say(
                    f"{role}: version {version.number} was made of the very same, so it is taken from the registry"
                )
                return replace(card, model=copied), into / "copy" / copied.path
        except RegistryFailed as failure:
            tools.say(f"notice: whether the registry has this very model is not known: {failure.what}")
        return None

    return known


def _made_of(registry: Registry, project: Project, mark: str) -> Iterator[tuple[Version, TrainedModel]]:
    """Never by a tag's word alone, nor by a file's that anybody may lay there: by the card that the trail saw registered with it."""
    stages = stages_to_ask(project.policy)
    name = model_name(project.policy)
    alike = [one for one in registry.versions(name) if one.tags.get(tags.FINGERPRINT) == mark]
    events = link(registry.entries(name)).events if alike else ()
    for version in sorted(alike, key=lambda one: _rank(one, stages)):
        told, kept = registration_of(events, version), registry.evidence(version, store.CARD) or b""
        if told is None or why_another(events, version):
            continue
        if told.evidence.get(store.CARD) != sha256(kept).hexdigest():
            continue
        card = read_card(kept)
        if not isinstance(card, KeptCard) or card.fingerprint != mark or card.card.fingerprint != mark:
            continue
        if card.card.model.digest == version.digest:
            yield version, card.card


def _rank(version: Version, stages: Sequence[str]) -> int:
    """0: it holds the stage that is asked first; what holds none comes last."""
    return min((stages.index(stage) for stage in version.stages if stage in stages), default=len(stages))
