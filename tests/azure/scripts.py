"""A script step: bash as the agent starts it, its lines read as they come, and stopped where somebody cancels."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

CANCELED = -1


@dataclass(frozen=True, kw_only=True)
class Script:
    text: str
    folder: Path
    environ: Mapping[str, str]
    temp: Path
    time_limit: float


def run_script(script: Script, read: Callable[[str], bool]) -> int:
    """
    The exit code, or CANCELED.

    Args:
        script: What to run, and where.
        read: Takes each line; True: the run is canceled here.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".sh", dir=script.temp, delete=False) as file:
        file.write(script.text)
    with subprocess.Popen(
        # without -e: a template that needs it says so
        ["bash", "--noprofile", "--norc", file.name],
        cwd=script.folder,
        env=dict(script.environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if read(line.rstrip("\n")):
                os.killpg(process.pid, signal.SIGINT)
                try:
                    process.wait(timeout=5)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                return CANCELED
        return process.wait(timeout=script.time_limit)
