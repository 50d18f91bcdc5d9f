"""All that is told of a registered version when somebody asks for its papers: the passport and the card are made of it."""

from dataclasses import dataclass
from typing import Literal

from ci_mlops.records.model import TrainedModel
from ci_mlops.records.pin import Lock
from ci_mlops.records.registry import Version
from ci_mlops.records.trail import AuditEvent
from ci_mlops.records.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    version: Version
    verdict: Verdict
    kind: Literal["file", "folder"]
    files: tuple[tuple[str, str], ...]
    """(path, SHA-256 in hex) of the judged files, sorted by path; of a folder relative to it."""
    stored: str = ""
    """Digest of the folder that the registry keeps them in, with what serves them; empty: that is the model itself."""
    lock: Lock
    lock_digest: str
    """SHA-256 in hex of ci-mlops.lock as it lies beside the model."""
    card: TrainedModel | None
    """What was noted of its training; None: it was registered before that was kept."""
    events: tuple[AuditEvent, ...]
    """Of the trail, those about this version, oldest first."""
    head: str
    """Digest of the trail's newest event."""
