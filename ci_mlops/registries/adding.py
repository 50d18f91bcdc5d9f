"""Adding an entry while others add theirs: who was in the way of whom is the server's to say, and passes."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from ci_mlops.errors import RegistryFailed
from ci_mlops.registries.rest import POOL_IS_EMPTY
from ci_mlops.registries.store import Refused

T = TypeVar("T")

PATIENCE_SECONDS = 60.0
# MLflow gives up after three collisions of its own, and SQLite after five seconds of waiting for its lock
_CROWDED = ("Giving up after", "database is locked", "database table is locked", POOL_IS_EMPTY)


def added(once: Callable[[], str], name_it: Callable[[], None]) -> str:
    """
    What `once` gives. Where the name is unknown, `name_it` makes it first.

    Raises:
        RegistryFailed: the server refuses, or is crowded for a minute.
    """
    try:
        return while_crowded(once)
    except Refused as refused:
        if not refused.absent:
            raise
    try:
        while_crowded(name_it)
    except Refused as refused:
        if refused.code != "RESOURCE_ALREADY_EXISTS":
            raise
    return while_crowded(once)


def while_crowded(once: Callable[[], T], patience: float = PATIENCE_SECONDS) -> T:
    """Try again, at random moments, as long as others are in the way."""
    deadline = time.monotonic() + patience
    longest = 0.05
    while True:
        try:
            return once()
        except RegistryFailed as failed:
            if time.monotonic() > deadline or not any(word in failed.what for word in _CROWDED):
                raise
        time.sleep(random.uniform(0, longest))  # noqa: S311 - decides when to knock, nothing else
        longest = min(2.0, longest * 2)
