"""Run one command of the team: a child with nothing but what it may see, a live log, and an end."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from ci_mlops.environments.live_log import LiveLog
from ci_mlops.errors import TrainingFailed
from ci_mlops.ports import Finished

GRACE = 5.0
"""Seconds between the request to end and the kill."""
_KEEPER = Path(__file__).with_name("keeper.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    finished: Finished
    timed_out: bool
    left_behind: int
    """Processes that were still running when the command had ended; they were ended."""


def run_command(
    command: Sequence[str] | str,
    *,
    folder: Path,
    log: Path,
    variables: Mapping[str, str],
    say: Callable[[str], None],
    time_limit: float | None = None,
    grace: float = GRACE,
) -> Ended:
    """
    Raises:
        TrainingFailed: the command can't be started at all, or what watches over it was killed.
    """
    lifeline_end, lifeline = os.pipe()
    report, report_end = os.pipe()
    settings = {
        "command": command if isinstance(command, str) else list(command),
        "shell": isinstance(command, str),
        "lifeline": lifeline_end,
        "report": report_end,
        "time_limit": time_limit,
        "grace": grace,
    }
    kept = LiveLog(log, say)
    # -I -S: the keeper is ours, nothing in the team's folder or variables may reach into it
    keeper = subprocess.Popen(
        [sys.executable, "-I", "-S", str(_KEEPER), json.dumps(settings)],
        cwd=folder,
        env=dict(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=(lifeline_end, report_end),
        start_new_session=True,
    )
    os.close(lifeline_end)
    os.close(report_end)
    output = cast("BinaryIO", keeper.stdout)
    reader = threading.Thread(target=kept.copy, args=(output,), daemon=True)
    reader.start()
    try:
        with os.fdopen(report, encoding="utf-8") as pipe:
            told = pipe.read()
        # what escaped the keeper may hold the output open for ever
        reader.join(timeout=10)
    finally:
        os.close(lifeline)  # on Ctrl-C: the keeper sees it and ends everything
        keeper.wait()
        if not reader.is_alive():
            output.close()
    return _understood(told, command, kept.tail, log)


def _understood(told: str, command: Sequence[str] | str, tail: tuple[str, ...], log: Path) -> Ended:
    shown = command if isinstance(command, str) else " ".join(command)
    if not told:
        raise TrainingFailed(
            f"What watches over `{shown}` was killed, and the command with it",
            where=str(log),
            mend="Mostly the machine ran out of memory; a smaller job or a larger runner helps.",
        )
    report = json.loads(told)
    if report["error"]:
        raise TrainingFailed(
            f"`{shown}` could not be started: {report['error']}",
            where=str(log),
            mend="Is it installed in the team's environment, and on PATH?",
        )
    finished = Finished(
        exit_code=report["exit_code"],
        seconds=report["seconds"],
        peak_memory=report["peak_memory"],
        tail="\n".join(tail),
    )
    return Ended(finished=finished, timed_out=report["timed_out"], left_behind=report["left_behind"])
