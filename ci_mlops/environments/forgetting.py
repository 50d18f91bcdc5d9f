"""Environments that nothing has used for long are removed from the cache: each is some hundred megabytes."""

import fcntl
import os
import shutil
import time
from pathlib import Path

COMPLETE = "complete.json"
DAYS = 60


def used(home: Path) -> None:
    os.utime(home / COMPLETE)


def forget_unused(environments: Path) -> int:
    """How many were removed. One that somebody is making, or looks at, stays."""
    until = time.time() - DAYS * 86_400
    return sum(_forgotten(home, until) for home in environments.iterdir())


def _forgotten(home: Path, until: float) -> bool:
    try:
        with (home / "lock").open("rb") as lock:
            # whoever takes it into use notes that under this lock
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if (home / COMPLETE).stat().st_mtime >= until:
                return False
            sweep(home)
    except OSError:
        return False
    return True


def sweep(home: Path) -> None:
    """What is here while we are alone was left by a killed run, is not what it was, or is not used any more."""
    (home / COMPLETE).unlink(missing_ok=True)
    for left in home.glob("venv-*"):
        shutil.rmtree(left, ignore_errors=True)
