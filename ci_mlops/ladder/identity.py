"""
The chain of identity of one version, held link by link against what was found. Pure.

The trail's event holds the digests of the model and of the verdict; the verdict, sealed by its digest, holds pins, fingerprint,
environment and commit. So whatever lies beside a model is held against these, and the tags, which anybody may write, as well.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from ci_mlops.records import AuditEvent, Lock, TrainedModel, Verdict, Version, tags
from ci_mlops.records.identity import ChainLink, Identity, LinkStanding, Part

FileStanding = Literal["same", "changed", "elsewhere"]
"""`elsewhere`: its bytes of then can't be reached from here."""
_TOLD_ELSEWHERE = {"verdict.json", "ci-mlops.lock", "model.json"}
UNREGISTERED = "it was not registered by ci-mlops: what it is made of is not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLock:
    """The ci-mlops.lock that lies beside the model, with what is counted from it."""

    lock: Lock
    environment: str
    """Digest of what it resolves; empty: nothing."""
    train: str
    """Digest of its training data; `none`: it pins none."""
    digest: str
    """SHA-256 of the file itself, in hex."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCard:
    """The model.json that lies beside the model, with what is counted from it."""

    card: TrainedModel
    fingerprint: str
    """Of the parts that it names, counted anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredModel:
    """The judged files as they lie in the registry, found to be what was judged."""

    kind: Literal["file", "folder"]
    files: tuple[tuple[str, str], ...]
    """(path, SHA-256 in hex), sorted by path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """All that the registry and this checkout tell of a version; text where something can't be used: why."""

    version: Version
    stages: tuple[str, ...]
    event: AuditEvent | None
    """By which it was registered; None: that was before the trail began, or was taken out of it."""
    edited: frozenset[str]
    """Files beside the model that are not what the event names any more."""
    verdict: Verdict | str
    lock: KeptLock | str
    card: KeptCard | str | None
    """None: none is there, as beside what was registered before it was kept."""
    model: StoredModel | str
    """Text: the stored files are not what was judged."""
    files: Mapping[str, FileStanding]
    """Pinned file -> what became of it."""
    commit: bool | None
    """Whether this clone holds it; None: there is no git."""

    @property
    def lock_edited(self) -> str:
        told = "ci-mlops.lock beside it was edited: it is not the one that was registered"
        return told if "ci-mlops.lock" in self.edited else ""


def registration_of(events: Iterable[AuditEvent], version: Version) -> AuditEvent | None:
    """The first one: registered again after a kill, a version is told of twice."""
    told = ("registered", version.number)
    return next((event for event in events if (event.kind, event.version) == told), None)


def why_another(events: Iterable[AuditEvent], version: Version) -> str:
    """Of the tags, which say what is fetched: why they are not what was registered by the trail; empty: they are."""
    events = tuple(events)
    if any(one.version == version.number and one.digest != version.digest for one in events):
        # each event names the model, so the one of its registration can't be taken away alone
        return "its tags name another model than was registered, by the audit trail"
    event = registration_of(events, version)
    if event is None:
        return ""
    looks = {
        "another verdict": event.verdict_digest == version.tags.get(tags.VERDICT_DIGEST, ""),
        "another folder that it is served from": event.stored in ("", version.tags.get(tags.STORED)),
    }
    other = next((what for what, same in looks.items() if not same), "")
    return f"its tags name {other} than was registered, by the audit trail" if other else ""


def walk(found: Found) -> Identity:
    version = found.version
    if not version.digest and found.event is None:
        links: tuple[ChainLink, ...] = (ChainLink(part="version", standing="unknown", told=UNREGISTERED),)
    else:
        links = (
            _link("data", _data(found)),
            _link("code", _code(found)),
            _link("environment", _environment(found)),
            _link("parameters", _parameters(found)),
            _link("model", _model(found)),
            _link("verdict", _verdict(found)),
            _link("version", _version(found)),
        )
    return Identity(version=version.number, stages=found.stages, links=links)


Told = tuple[LinkStanding, str]
_WORST: tuple[LinkStanding, ...] = ("broken", "unknown", "holds")


def _link(part: Part, looked: Iterator[Told]) -> ChainLink:
    """The worst of what was found decides, and all of that kind is told."""
    found = list(looked)
    worst = min((standing for standing, _ in found), key=_WORST.index)
    return ChainLink(
        part=part,
        standing=worst,
        told="; ".join(text for standing, text in found if standing == worst),
    )


def _data(found: Found) -> Iterator[Told]:
    verdict, lock = found.verdict, found.lock
    if isinstance(lock, str):
        yield "broken", lock
        return
    if found.lock_edited:
        yield "broken", found.lock_edited
    parts = dict(found.card.card.parts) if isinstance(found.card, KeptCard) else {}
    if lock.train != parts.get("data.train", lock.train):
        yield "broken", "ci-mlops.lock beside it pins other training data than it was trained on"
    if isinstance(verdict, Verdict):
        test = tuple(verdict.pins.get("test", ()))
        if lock.lock.data.get("test", ()) != test and not _moves_pins(verdict):
            yield "broken", "ci-mlops.lock beside it pins other test rows than its verdict is about"
    for path, standing in found.files.items():
        if standing == "changed":
            yield "broken", f"{path} is no longer what it was pinned as, and ci-mlops.lock still says it is"
        if standing == "elsewhere":
            yield "unknown", f"{path} can't be found here as it was then"
    count = len(found.files)
    yield "holds", f"{count} pinned {'file is' if count == 1 else 'files are'} what was pinned"


def _moves_pins(verdict: Verdict) -> bool:
    """A change that moves the test rows is judged on those of the base branch, and is registered with its own lock."""
    return any(part.part == "data.test" and part.changed for part in verdict.changed)


def _code(found: Found) -> Iterator[Told]:
    verdict, told = found.verdict, found.version.tags
    commit, mark = told.get(tags.COMMIT, ""), told.get(tags.FINGERPRINT, "")
    if found.event is not None and found.event.commit != commit:
        yield "broken", f"its tag says commit {_short(commit)}, and the trail {_short(found.event.commit)}"
    if isinstance(verdict, Verdict):
        judged = (verdict.candidate.commit if verdict.candidate else None) or ""
        if judged and judged != commit:
            yield "broken", f"its tag says commit {_short(commit)}, and its verdict {_short(judged)}"
        if (verdict.fingerprint or "") != mark:
            yield (
                "broken",
                f"its tag says fingerprint {_short(mark)}, and its verdict {_short(verdict.fingerprint)}",
            )
    if not commit:
        yield "unknown", "it was trained outside of git"
    elif found.commit is not True:
        where = "this clone does not hold it" if found.commit is False else "there is no git here"
        yield "unknown", f"commit {_short(commit)}: {where}"
    yield "holds", f"commit {_short(commit)}, fingerprint {_short(mark)}"


def _environment(found: Found) -> Iterator[Told]:
    verdict, lock = found.verdict, found.lock
    tag = found.version.tags.get(tags.ENVIRONMENT, "")
    made_in = (verdict.environment or "") if isinstance(verdict, Verdict) else tag
    if tag != made_in:
        yield "broken", f"its tag says {_short(tag)}, and its verdict {_short(made_in)}"
    if isinstance(lock, str):
        yield "broken", lock
        return
    if lock.environment and lock.environment != made_in:
        yield (
            "broken",
            f"ci-mlops.lock beside it makes another environment ({_short(lock.environment)}) than it was trained in ({_short(made_in)})",
        )
    if found.lock_edited:
        yield "broken", found.lock_edited
    if not lock.environment and isinstance(found.card, KeptCard) and found.card.card.resolved is not None:
        yield (
            "broken",
            "ci-mlops.lock beside it names no packages, and it was trained with some that were pinned",
        )
    elif not lock.environment:
        yield "unknown", "its packages were not pinned (`environment: current`): only their digest is known"
    yield "holds", f"{_short(made_in)}, as its lock makes it"


def _parameters(found: Found) -> Iterator[Told]:
    if "model.json" in found.edited:
        yield "broken", "model.json beside it was edited or removed: it is not the one that was registered"
    if found.card is None:
        yield "unknown", "no model.json lies beside it, which would name them"
        return
    if isinstance(found.card, str):
        yield "broken", found.card
        return
    card = found.card.card
    if card.model.digest != found.version.digest:
        yield "broken", "model.json beside it is about another model"
    mark = found.version.tags.get(tags.FINGERPRINT, "")
    if found.card.fingerprint != mark or card.fingerprint != mark:
        yield "broken", "command and parameters in model.json beside it do not make its fingerprint"
    yield "holds", "command and parameters make the fingerprint, with code, data and environment"


def _model(found: Found) -> Iterator[Told]:
    if isinstance(found.model, str):
        yield "broken", found.model
    if found.event is not None and found.event.stored not in ("", found.version.tags.get(tags.STORED)):
        yield "broken", "its tag says that it is served from another folder than was registered"
    yield "holds", f"the stored files are {_short(found.version.digest)}"


def _verdict(found: Found) -> Iterator[Told]:
    verdict, version = found.verdict, found.version
    if isinstance(verdict, str):
        yield "broken", verdict
        return
    if verdict.candidate is None or verdict.candidate.digest != version.digest:
        yield "broken", "verdict.json beside it is about another model"
    if verdict.verdict_digest != version.tags.get(tags.VERDICT_DIGEST, ""):
        yield "broken", "verdict.json beside it is not the one that its tag names"
    if found.event is not None and verdict.verdict_digest != found.event.verdict_digest:
        yield "broken", "verdict.json beside it is not the one that the trail names"
    if verdict.verdict != version.tags.get(tags.VERDICT, ""):
        yield (
            "broken",
            f"its tag says {version.tags.get(tags.VERDICT) or 'nothing'}, and the verdict {verdict.verdict}",
        )
    yield "holds", f"{verdict.verdict}, {_short(verdict.verdict_digest)}"


def _version(found: Found) -> Iterator[Told]:
    version, event = found.version, found.event
    others = sorted(found.edited - _TOLD_ELSEWHERE)
    if others:
        yield "broken", f"{', '.join(others)} beside it was edited or removed since it was registered"
    if event is None:
        yield "unknown", "the audit trail does not tell of its registration"
        return
    if version.digest != event.digest:
        yield (
            "broken",
            f"its tag says {_short(version.digest) or 'no digest'}, and the trail {_short(event.digest)}",
        )
    yield "holds", f"registered {event.at[:10]} as {_short(event.digest)}"


def _short(digest: str | None) -> str:
    text = digest or ""
    if text.startswith("sha256:"):
        return text[:19]
    return text[:12] or "none"
