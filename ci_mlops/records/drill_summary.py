"""What a verdict says of the rules that it was made by: whether they stop anything."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillSummary:
    """One line for a verdict."""

    sabotages: int
    """That were tried, the harmless ones too."""
    harmful: int
    stopped: int
    let_through: tuple[str, ...] = ()
    """Titles of those that were shown to be worse than a blocking rule allows, and passed."""
    undecided: tuple[str, ...] = ()
    """Titles of those that were worse than a blocking rule allows by less than these rows can show."""
    allowed: tuple[str, ...] = ()
    """Titles of those whose harm is within what the rules allow."""
    unwatched: tuple[str, ...] = ()
    """Titles of those whose harm no blocking rule is about."""
    blocked: tuple[str, ...] = ()
    """Titles of what is not worse than the champion, and was stopped."""
    decoration: tuple[str, ...] = ()
    """Blocking rules that stopped nothing."""
    policy: str = ""
    """Digest of the policy; empty: of a config that no base branch holds."""
    test: str = ""
    """Digest of the pinned test rows; empty: a prediction file that brought its own labels."""
