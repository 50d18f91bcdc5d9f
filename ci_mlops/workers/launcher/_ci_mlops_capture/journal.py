"""What this process has been seen to do: one list for each kind of thing. Read by choice.py and ending.py."""

from __future__ import annotations

import json
import os
import sys
import threading
import warnings
from typing import Any

fits: list[Any] = []  # fits.Fit of predictors, in order
transformers: list[Any] = []  # fits.Fit of transformers
splits: list[Any] = []  # splits.Split
saved: list[Any] = []  # saves.Saved
errors: list[str] = []
seeded = False  # the global generator of numpy was given a seed
script = ""  # where the script is; python takes the name out of `__main__` before the end
owner = os.getpid()
KEPT_SAVED = 20  # each of them is held, and two are one too many
KEPT = 200  # of each list; a script that fits thousands is not held in memory for it

_request: dict[str, Any] = {}


def request() -> dict[str, Any]:
    if not _request:
        with open(os.environ["CI_MLOPS_CAPTURE"], encoding="utf-8") as file:
            _request.update(json.load(file))
    return _request


def note(step: str, error: BaseException) -> None:
    told = "{}: {}: {}".format(step, type(error).__name__, error)
    if told not in errors and len(errors) < 50:
        errors.append(told)


def attempt(step: str, function: Any, *given: Any) -> Any:
    """Call it; what it raises is noted, never shown to the script."""
    unwarned.enter()
    try:
        return function(*given)
    except Exception as error:  # noqa: BLE001 - nothing of ours may reach the script
        note(step, error)
        return None
    finally:
        unwarned.leave()


class Unwarned:
    """
    Leave the memory of warnings alone.

    pandas guards its own warnings, also in a plain `frame.dtypes`; each time every module forgets which of its
    warnings it has shown, and a warning that the script shows once would be shown again.
    """

    def __init__(self) -> None:
        names = ("_filters_mutated", "_filters_mutated_lock_held")
        self.forget = {name: vars(warnings)[name] for name in names if name in vars(warnings)}
        self.lock, self.within = threading.Lock(), 0

    def enter(self) -> None:
        with self.lock:
            self.within += 1
            for name in self.forget:
                setattr(warnings, name, lambda: None)

    def leave(self) -> None:
        with self.lock:
            self.within -= 1
            if not self.within:
                vars(warnings).update(self.forget)


unwarned = Unwarned()


class Depth:
    """How deep we are in calls that are watched, over all threads: a pool of threads works for one call."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.total = 0
        self.roots = 0  # calls of the script's own, in threads of its own
        self.here = threading.local()

    def enter(self) -> bool:
        """Whether the call is the script's own."""
        own = getattr(self.here, "depth", 0)
        self.here.depth = own + 1
        outermost = own == 0
        root = outermost and (threading.current_thread() is threading.main_thread() or not lent())
        with self.lock:
            self.total += 1
            # threads of a pool work for a call that is watched; if there is none, for the script
            outermost = root or (outermost and not self.roots)
            self.roots += root
        if own == 0:
            self.here.root = root
        return outermost

    def leave(self) -> None:
        self.here.depth -= 1
        with self.lock:
            self.total -= 1
            if not self.here.depth:
                self.roots -= self.here.root

    def inside(self) -> bool:
        return self.total > 0


depth = Depth()


def lent() -> bool:
    """Whether this thread works for a call of scikit-learn or joblib, rather than for the script."""
    frame: Any = sys._getframe(2)  # noqa: SLF001 - the only way to the callers
    while frame is not None:
        if frame.f_globals.get("__name__", "").split(".")[0] in ("joblib", "sklearn"):
            return True
        frame = frame.f_back
    return False


def elsewhere() -> bool:
    """A fork inherits the hooks, and has nothing to tell."""
    return os.getpid() != owner


def mark_of_forks() -> str:
    """The file by which a fork says that it saved a model: only its parent has anything to tell."""
    here = os.environ.get("_CI_MLOPS_CAPTURE_CHAIN", "").split(":")[-1]
    return os.path.join(request()["into"], "processes", here, "saved-by-a-fork")
