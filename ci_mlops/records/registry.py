"""A version in the registry, and what makes one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    name: str
    number: str
    digest: str
    """SHA-256 of the model that was judged, as the registry has it in its tags."""
    stages: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    registered_at: str = ""
    uri: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """The judged model, byte for byte, with its evidence; decided before anything is written."""

    name: str
    model: Path
    digest: str
    stage: str | None
    """The stage whose pointer moves to the new version; None: stored with its verdict, no pointer moves."""
    tags: Mapping[str, str]
    evidence: tuple[Path, ...]
    """Files kept beside the model: verdict.json, report.md, report.html, ci-mlops.lock."""
    requirements: tuple[str, ...] = ()
    python: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)
    """What the verdict measured on all rows, for the registry's own charts; finite numbers only."""
