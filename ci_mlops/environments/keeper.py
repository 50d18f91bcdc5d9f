"""
Run one command, and leave nothing of it behind: `python -I -S keeper.py SETTINGS`.

A process of its own because it must outlive us: when we are killed, the end of the lifeline (a pipe that only
we hold) tells it to end the command with all its descendants, daemons too (Linux; elsewhere its process group).
Standard library only.
"""

import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

_PR_SET_CHILD_SUBREAPER = 36
_CANNOT_START = 127


def main() -> None:
    settings = json.loads(sys.argv[1])
    _adopt_orphans()
    report = keep(
        settings["command"],
        shell=settings["shell"],
        lifeline=settings["lifeline"],
        time_limit=settings["time_limit"],
        grace=settings["grace"],
    )
    with os.fdopen(settings["report"], "w", encoding="utf-8") as pipe, suppress(BrokenPipeError):
        pipe.write(json.dumps(report))


def keep(
    command: Any, *, shell: bool, lifeline: int, time_limit: float | None, grace: float
) -> dict[str, Any]:
    started = time.monotonic()
    try:
        child = subprocess.Popen(command, shell=shell, stdin=subprocess.DEVNULL, start_new_session=True)
    except OSError as error:
        return _report(_CANNOT_START << 8, 0.0, 0, error=f"{error.strerror}: {error.filename}")
    ended = threading.Event()
    outcome: list[Any] = []
    threading.Thread(target=_reap, args=(child.pid, outcome, ended), daemon=True).start()

    timed_out = not _wait(ended, lifeline, time_limit)
    if timed_out:
        _signal_group(child.pid, signal.SIGTERM)
        if not _wait(ended, lifeline, grace):
            _signal_group(child.pid, signal.SIGKILL)
            ended.wait()
    seconds = time.monotonic() - started
    left_behind = _end_descendants(child.pid)
    status, usage = outcome
    return _report(status, seconds, usage.ru_maxrss, timed_out=timed_out, left_behind=left_behind)


def _report(
    status: int,
    seconds: float,
    maxrss: int,
    *,
    timed_out: bool = False,
    left_behind: int = 0,
    error: str = "",
) -> dict[str, Any]:
    unit = 1 if sys.platform == "darwin" else 1024
    return {
        "exit_code": os.waitstatus_to_exitcode(status),
        "seconds": seconds,
        "peak_memory": maxrss * unit,
        "timed_out": timed_out,
        "left_behind": left_behind,
        "error": error,
    }


def _adopt_orphans() -> None:
    """A daemon's parent becomes this process instead of init, so that it can be found and ended."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _reap(pid: int, outcome: list[Any], ended: threading.Event) -> None:
    while True:
        gone, status, usage = os.wait4(-1, 0)  # -1: adopted orphans too, else they stay as zombies
        if gone == pid:
            outcome[:] = [status, usage]
            ended.set()
            return


def _wait(ended: threading.Event, lifeline: int, limit: float | None) -> bool:
    """True: the command has ended. Does not come back where we were killed meanwhile."""
    deadline = None if limit is None else time.monotonic() + limit
    pause = 0.002
    while not ended.wait(pause):
        pause = min(pause * 2, 0.05)
        if select.select([lifeline], [], [], 0)[0]:
            _end_all_and_exit()
        if deadline is not None and time.monotonic() >= deadline:
            return ended.is_set()
    return True


def _end_all_and_exit() -> None:
    for pid in _descendants(os.getpid()):
        _kill(pid)
    os._exit(1)


def _end_descendants(group: int) -> int:
    """How many were still there when the command had ended."""
    found = set()
    give_up = time.monotonic() + 2
    while time.monotonic() < give_up:
        _reap_zombies()
        alive = _descendants(os.getpid())
        found.update(alive)
        _signal_group(group, signal.SIGKILL)
        if not alive:
            break
        for pid in alive:
            _kill(pid)
        time.sleep(0.005)
    return len(found)


def _reap_zombies() -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _descendants(ancestor: int) -> list[int]:
    """Children first found by their parent in /proc; empty where there is no /proc."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):
            # the name in parentheses may hold anything; what follows the last one is: state, parent
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            if fields[0] != "Z":
                parents[int(stat.parent.name)] = int(fields[1])
    found: list[int] = []
    edge = {ancestor}
    while edge:
        edge = {pid for pid, parent in parents.items() if parent in edge}
        found.extend(edge)
    return found


def _signal_group(group: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
