"""A model, and where it comes from."""

from dataclasses import dataclass
from typing import Literal

from ci_mlops.records.environment import ResolvedEnvironment
from ci_mlops.records.finding import Finding

Origin = Literal["trained", "reused", "registry", "file", "prebuilt"]
Source = Literal["path", "callable", "capture", "mlflow", "uri"]
"""How the model of a training is obtained: `train.model` says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What the training wrote: a file or a folder, known by its digest."""

    digest: str
    path: str
    """Relative to the folder that hands it over."""
    kind: Literal["file", "folder"]
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedModel:
    """What the story `train` hands to `predict` and `judge` for one model; `model.json` beside the model."""

    role: Literal["candidate", "champion"]
    name: str
    model: Model
    fingerprint: str
    origin: Origin
    commit: str | None
    version: str | None = None
    """Version in the registry, for a champion that came from there."""
    environment: str
    """Digest of the environment that it was trained in."""
    parts: tuple[tuple[str, str], ...] = ()
    """What the fingerprint is made of: (code, digest), (data.train, digest), (environment, ...), (run, ...)."""
    seconds: float = 0.0
    peak_memory: int = 0
    """Bytes, of the largest child process; 0 where unknown or not trained."""
    job: str = ""
    """The CI job that it was made in: tells whether stories ran in jobs of their own."""
    notices: tuple[str, ...] = ()
    source: Source = "path"
    resolved: ResolvedEnvironment | None = None
    """What is installed to run it; None: whatever `current` means where it is run."""
    findings: tuple[Finding, ...] = ()
    """What was seen of its training."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """One side of the comparison, as the verdict names it."""

    origin: Origin
    version: str | None = None
    commit: str | None = None
    digest: str | None = None
    fingerprint: str | None = None
    label: str = ""
    """What the table's head calls it: `v7`, `main`, `champion.csv`."""
