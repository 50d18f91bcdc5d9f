"""The model card as it is kept beside a version from its registration on."""

from hashlib import sha256

from ci_mlops.flows import store
from ci_mlops.flows.identity import files_of
from ci_mlops.flows.project import LOCK, Project
from ci_mlops.ports import Registry
from ci_mlops.records import Registration, Verdict, Version, tags
from ci_mlops.records.passport import Papers
from ci_mlops.report.card import card_text

CARD = "card.md"


def keep_first_card(
    registry: Registry, project: Project, decided: Registration, verdict: Verdict, version: Version
) -> None:
    model = files_of(decided.model)
    noted = next((file for file in decided.evidence if file.name == store.CARD), None)
    papers = Papers(
        version=version,
        verdict=verdict,
        kind=model.kind,
        files=model.files,
        stored=version.tags.get(tags.STORED, ""),
        lock=project.lock,
        lock_digest=sha256((project.folder / LOCK).read_bytes()).hexdigest(),
        card=store.get_card(noted.parent) if noted else None,
        events=(),
        head="",
    )
    registry.keep(version, CARD, card_text(papers).encode())
