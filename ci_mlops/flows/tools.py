"""What a story works with; made by the wiring, or by a test."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ci_mlops.errors import PlatformFailed
from ci_mlops.ports import Environment, Platform, Registry
from ci_mlops.records import ResolvedEnvironment


def nobody_to_ask(environment: str, run: str) -> Sequence[str]:
    """
    Raises:
        PlatformFailed: always: there are no reviewers on a laptop.
    """
    raise PlatformFailed(
        "There is no CI around us that could have asked anybody",
        where=f"environment {environment}",
        mend="Run this in the CI, in a job with that environment.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    platform: Platform
    environment: Callable[[str, Path, ResolvedEnvironment | None], Environment]
    """
    (what the config declares, the working tree's config folder, what `pin` solved it to; None for `current`) -> the
    environment; whatever has to be installed is installed when something is run.
    """
    registry: Callable[[str, tuple[str, ...]], Registry]
    """(URI, stages) -> the registry; opened only by the stories that need it."""
    cache: Path
    """Models by fingerprint and digests by stat; deleting it costs time, nothing else."""
    now: Callable[[], datetime]
    say: Callable[[str], None]
    """Progress, for people: a line to stderr."""
    group: Callable[[str], AbstractContextManager[object]] = nullcontext
    """Lines that belong together, and that the log of a CI may fold away: `with tools.group("Train the candidate"):`."""
    step: Callable[[str], AbstractContextManager[object]] = nullcontext
    """Work that says nothing while it lasts: told with its seconds."""
    actor: Callable[[], str] = str
    """Who runs us, as the CI or the machine says it; empty: unknown."""
    approvers: Callable[[str, str], Sequence[str]] = nobody_to_ask
    """
    (environment of the CI, id of an earlier run; empty: this one) -> who approved there that it goes on; nobody: it
    asks for no reviewers. Raises PlatformFailed where that is not told.
    """
