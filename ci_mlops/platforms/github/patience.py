"""How long we wait for GitHub, and how often we ask again."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    attempts: int = 6
    """How often one call is repeated at most."""
    backoff: float = 1.0
    """Seconds, doubled with every repetition: a 429 without `Retry-After` must not be repeated at once."""
    secondary_wait: float = 60.0
    """Seconds that GitHub asks for after a secondary rate limit that names none."""
    longest_wait: float = 300.0
    """Seconds; whatever asks for more is given up: a runner's hour costs more than a comment."""
    between_requests: float = 0.25
    between_writes: float = 1.0
    timeout: int = 15
