"""A step up the ladder: one version takes the next stage. Decided as a value before any pointer moves."""

from dataclasses import dataclass

from ci_mlops.records.registry import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    version: Version
    stage: str
    """The stage whose pointer moves."""
    source: str
    """The stage before it, which holds this version today."""
    replaces: Version | None
    """What holds the stage today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """No pointer moves, and why."""

    reason: str
    exit_code: int = 0
