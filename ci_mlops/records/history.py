"""What the registry can tell of a model's past, as a value that is shown or exported."""

from dataclasses import dataclass
from typing import Literal

from ci_mlops.records.identity import Identity
from ci_mlops.records.trail import AuditEvent, Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event, and what became of it."""

    number: int
    event: AuditEvent
    digest: str
    standing: Literal["valid", "late"]
    settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A stage and its version at one moment."""

    stage: str
    version: str
    """Empty: none."""
    event: AuditEvent | None = None
    """The one by which it took the stage; None: it was found there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    name: str
    at: str
    """The moment that `held` is of."""
    head: str
    """Digest of the newest event: whoever wrote it down elsewhere can ask later whether it is still there."""
    events: tuple[Told, ...] = ()
    """Oldest first."""
    held: tuple[Held, ...] = ()
    """Lowest stage first."""
    faults: tuple[Fault, ...] = ()
    """Those that nobody has acknowledged."""
    acknowledged: tuple[Fault, ...] = ()
    identities: tuple[Identity, ...] = ()
    """Of the versions whose chain was walked, newest first. A broken link is told as long as it is broken."""

    @property
    def adds_up(self) -> bool:
        return not self.faults and not any(one.broken for one in self.identities)
