"""How long we wait for a platform, how often we ask again, and how a thing is made once only."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


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


def create_once(
    create: Callable[[], T],
    find: Callable[[], T | None],
    *,
    attempts: int,
    failures: tuple[type[Exception], ...],
    pause: Callable[[Exception, int], float | None],
) -> T:
    """
    Create, and repeat after a passing failure; but look first whether the failed call had done it.

    `pause`: seconds to wait before a failed creation may be repeated; None: it is no use, or takes too long.
    """
    for attempt in range(attempts):
        try:
            return create()
        except failures as error:
            wait = pause(error, attempt)
            if wait is None:
                raise
            time.sleep(wait)
        done = find()
        if done is not None:
            return done
    return create()
