"""Story: what lies in the registry beside a version, and what its data is today, held link by link against what was judged."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import msgspec

from ci_mlops import repository
from ci_mlops.datasets.digest import data_digest
from ci_mlops.datasets.lock import parse_lock, read_lock
from ci_mlops.environments.digest import environment_digest
from ci_mlops.errors import BadConfig, BadData, RegistryFailed
from ci_mlops.files.digest import file_digest
from ci_mlops.files.pointed import digest_told, told_by
from ci_mlops.flows.fingerprint import fingerprint
from ci_mlops.flows.project import LOCK
from ci_mlops.flows.store import CARD
from ci_mlops.ladder.identity import (
    FileStanding,
    Found,
    KeptCard,
    KeptLock,
    StoredModel,
    registration_of,
    walk,
)
from ci_mlops.ports import Registry
from ci_mlops.records import AuditEvent, FilePin, Lock, TrainedModel, Verdict, Version, tags
from ci_mlops.records.identity import Identity
from ci_mlops.report.codec import unseal

VERDICT = "verdict.json"


@dataclass(frozen=True, kw_only=True)
class Here:
    """The checkout that the command is given in: what of a version's making can be reached from it."""

    folder: Path
    top: Path | None
    lock: Lock | None
    """Of today."""
    sums: dict[Path, str] = field(default_factory=dict)
    """Digests of today's files: many versions pin the same ones."""

    def sum_of(self, place: Path) -> str:
        if place not in self.sums:
            self.sums[place] = digest_told(place)
        return self.sums[place]


def identities(
    registry: Registry, folder: Path, versions: Iterable[Version], events: Iterable[AuditEvent]
) -> Iterator[Identity]:
    """
    Each walked when it is asked for: its stored files are fetched and hashed.

    Raises:
        RegistryFailed: the registry does not answer; what it stores wrong is a broken link, not an error.
    """
    here, told = look_here(folder), tuple(events)
    for version in versions:
        yield walk(find(registry, version, told, here))


def find(registry: Registry, version: Version, events: Iterable[AuditEvent], here: Here) -> Found:
    event = registration_of(events, version)
    written = event.evidence if event is not None else {}
    beside = {name: registry.evidence(version, name) for name in {*written, VERDICT, LOCK, CARD}}
    where = f"{version.name} version {version.number}"
    lock, commit = _read_lock(beside[LOCK], where), version.tags.get(tags.COMMIT, "")
    pins = [pin for pinned in lock.lock.data.values() for pin in pinned] if isinstance(lock, KeptLock) else []
    return Found(
        version=version,
        stages=version.stages,
        event=event,
        edited=frozenset(name for name in written if _sum(beside[name]) != written[name]),
        verdict=_read_verdict(beside[VERDICT], where),
        lock=lock,
        card=read_card(beside[CARD]),
        model=_stored_model(registry, version),
        files={pin.path: _standing(pin, here, commit) for pin in pins},
        commit=None if here.top is None else bool(commit) and _holds(commit, here.folder),
    )


def evidence_digests(registry: Registry, version: Version, names: Iterable[str]) -> dict[str, str]:
    """File beside the model -> SHA-256 in hex of what lies there now; what is not there is left out."""
    found = {name: registry.evidence(version, name) for name in names}
    return {name: _sum(content) for name, content in found.items() if content is not None}


def kept_verdict(registry: Registry, version: Version) -> Verdict | str:
    """What can't be read, or was changed, is none: why."""
    return _read_verdict(registry.evidence(version, VERDICT), f"{version.name} version {version.number}")


def _read_verdict(kept: bytes | None, where: str) -> Verdict | str:
    if kept is None:
        return f"no {VERDICT} lies beside it"
    try:
        return unseal(kept, where=f"{where}: {VERDICT}")
    except BadData as error:
        return f"{VERDICT} beside it can't be used: {error.what}"


def _read_lock(kept: bytes | None, where: str) -> KeptLock | str:
    if kept is None:
        return f"no {LOCK} lies beside it"
    try:
        lock = parse_lock(kept.decode(errors="replace"), f"{where}: {LOCK}")
    except BadData as error:
        return f"{LOCK} beside it can't be used: {error.what}"
    train = lock.data.get("train", ())
    return KeptLock(
        lock=lock,
        environment=environment_digest(lock.environment) if lock.environment else "",
        train=f"sha256:{data_digest(train)}" if train else "none",
        digest=_sum(kept),
    )


def read_card(kept: bytes | None) -> KeptCard | str | None:
    if kept is None:
        return None
    try:
        card = msgspec.json.decode(kept, type=TrainedModel)
    except (ValueError, RecursionError) as error:
        return f"{CARD} beside it can't be read: {error}"
    return KeptCard(card=card, fingerprint=fingerprint(card.parts))


def _sum(content: bytes | None) -> str:
    return "" if content is None else sha256(content).hexdigest()


def files_of(model: Path) -> StoredModel:
    if not model.is_dir():
        return StoredModel(kind="file", files=((model.name, file_digest(model)),))
    files = [file for file in model.rglob("*") if file.is_file()]
    sums = sorted((file.relative_to(model).as_posix(), file_digest(file)) for file in files)
    return StoredModel(kind="folder", files=tuple(sums))


def _stored_model(registry: Registry, version: Version) -> StoredModel | str:
    try:
        with tempfile.TemporaryDirectory(prefix="ci-mlops-") as room:
            return files_of(registry.fetch(version, Path(room)))
    except RegistryFailed as failed:
        # told, not raised: the other links, and the other versions, are to be looked at all the same
        return failed.what


def look_here(folder: Path) -> Here:
    lock, top = None, None
    with suppress(BadData):
        lock = read_lock(folder / LOCK)
    with suppress(BadConfig):
        top = repository.find_root(folder)
    return Here(folder=folder.resolve(), top=top.resolve() if top else None, lock=lock)


def _standing(pin: FilePin, here: Here, commit: str) -> FileStanding:
    place = here.folder / pin.path
    there = place.is_file()
    if there and here.sum_of(place) == pin.sha256:
        return "same"
    pinned = [one for pins in (here.lock.data.values() if here.lock else ()) for one in pins]
    if there and any((one.path, one.sha256) == (pin.path, pin.sha256) for one in pinned):
        return "changed"
    content = _content_at(commit, place, here)
    # its pin has moved on since, as data does: git may still hold what it was
    return "same" if content is not None and told_by(content) == pin.sha256 else "elsewhere"


def _content_at(commit: str, place: Path, here: Here) -> bytes | None:
    if not commit or here.top is None:
        return None
    with suppress(BadConfig):
        return repository.bytes_at(commit, place.relative_to(here.top).as_posix(), here.folder)
    return None


def _holds(commit: str, folder: Path) -> bool:
    with suppress(BadConfig):
        repository.ask("cat-file", "-e", f"{commit}^{{commit}}", folder=folder)
        return True
    return False
