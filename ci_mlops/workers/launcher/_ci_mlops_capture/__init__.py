"""
Hooks under which a team's training command runs unmodified, and which keep the model that it fits.

Nothing here may raise into the script or change what it prints; what goes wrong is noted in `raw.json`. This file
is all that a python that never meets scikit-learn imports. raw.py says what is written.
"""

from __future__ import annotations

import atexit
import importlib
import importlib.machinery
import importlib.util
import os
import sys
from typing import Any

REQUEST = "CI_MLOPS_CAPTURE"
# the captured processes above this one, outermost first
CHAIN = "_CI_MLOPS_CAPTURE_CHAIN"
OF_A_POOL = (
    "--multiprocessing-fork",
    "multiprocessing.spawn",
    "multiprocessing.forkserver",
    "multiprocessing.resource_tracker",
    "multiprocessing.semaphore_tracker",
    "joblib.externals.loky",
    "loky.backend",
)


def begin() -> None:
    """Hook this process, unless it only lends a hand to another one (a pool's worker, its trackers)."""
    if any(mark in word for word in command_line() for mark in OF_A_POOL):
        return
    finder = importlib.import_module(".finder", __name__)

    chain = [*filter(None, os.environ.get(CHAIN, "").split(":")), os.urandom(8).hex()]
    os.environ[CHAIN] = ":".join(chain)
    end = once_here(chain)
    finder.install()
    hide_our_frames()
    # the first that is registered is the last that is called: the script's own saving at exit comes before
    atexit.register(end)
    leave = os._exit

    def _exit(status: int) -> Any:
        end()
        leave(status)

    os._exit = _exit


def command_line() -> list[str]:
    words: list[str] | None = getattr(sys, "orig_argv", None)
    if words is None:
        try:
            with open("/proc/self/cmdline", "rb") as file:
                words = file.read().decode("utf-8", "replace").split("\0")
        except OSError:
            words = list(getattr(sys, "argv", []))
    # the code of `-c` may be anybody's long text: a pool's own is short and comes first
    return words[1:6]


def once_here(chain: list[str]) -> Any:
    owner = os.getpid()
    done: list[bool] = []

    def end() -> None:
        if done or os.getpid() != owner:
            return
        done.append(True)
        ending = importlib.import_module(".ending", __name__)

        ending.end(chain)

    return end


def hide_our_frames() -> None:
    """An uncaught error is shown as without us; nothing is imported for it before there is one."""
    show = sys.excepthook

    def excepthook(kind: Any, error: Any, trace: Any) -> None:
        frames = importlib.import_module(".frames", __name__)

        show(kind, error, frames.without_ours(error, trace))

    sys.excepthook = excepthook


def hand_over(name: str, folder: str) -> None:
    """Let the sitecustomize that ours hides have its turn; where there is none, there is none."""
    sys.path[:] = [path for path in sys.path if os.path.abspath(path or os.curdir) != folder]
    spec = importlib.machinery.PathFinder.find_spec(name)
    if spec is None or spec.loader is None:
        # what `import sitecustomize` says in a python without one; site expects it
        raise ImportError("No module named {!r}".format(name), name=name)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
