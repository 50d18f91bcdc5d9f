"""What happened to a model's versions: events that are only ever added, each bound to the one before it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["registered", "promoted", "rolled_back", "acknowledged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    by: str
    environment: str
    """Of the CI, whose reviewers were asked."""
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What a stage asks of a version, and what came of it."""

    name: str
    held: bool
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    id: str
    """Random: tells a lost answer's event from somebody else's."""
    kind: Kind
    at: str
    """UTC, ISO 8601 with milliseconds; never before the event that it follows."""
    previous: str
    """Digest of the event that it was decided upon, and follows; empty: the first."""
    version: str
    digest: str
    """Of the version's model."""
    stage: str = ""
    """The stage that the version takes; empty: no pointer moves."""
    source: str = ""
    """The stage that it comes from."""
    replaces: str = ""
    """The version that held the stage."""
    found: Mapping[str, str] = field(default_factory=dict)
    """Stage -> version that its pointer was found at, where no event had put it; empty: it pointed to nothing."""
    acknowledged: tuple[str, ...] = ()
    """Faults of the trail that somebody has looked into."""
    verdict: str = ""
    verdict_digest: str = ""
    waivers: tuple[str, ...] = ()
    """Each with its reason."""
    approvals: tuple[Approval, ...] = ()
    conditions: tuple[Condition, ...] = ()
    reason: str = ""
    """In the words of who did it."""
    actor: str = ""
    change: str = ""
    """`#12`, or what else it came from."""
    commit: str = ""
    """That the version was trained at."""
    merged: str = ""
    """That the run which did it was of."""
    run: str = ""
    """Address of the CI run that did it."""
    tool: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event as it lies in the registry, not trusted yet."""

    number: int
    """Given by the registry, from 1 on, without gaps."""
    text: str
    """The event as it was written."""
    digest: str
    """As it was written beside it."""
    settled: bool
    """Its pointer was seen where it says."""


FaultCode = Literal[
    "unreadable",
    "edited",
    "missing",
    "unlinked",
    "backdated",
    "moved_elsewhere",
    "unfinished",
    "unknown_version",
    "untold_version",
    "cut_short",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that the trail does not explain."""

    code: FaultCode
    told: str
    number: int = 0
    """Of the entry; 0: of none."""
    about: str = ""
    """What tells this fault from another one of its kind at the same entry: a digest, a stage and a version."""

    @property
    def key(self) -> str:
        """What an acknowledgement names."""
        return ":".join(part for part in (self.code, str(self.number or ""), self.about) if part)
