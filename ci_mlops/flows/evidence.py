"""What is kept beside a registered model: the verdict, its reports, and the lock."""

from pathlib import Path

from ci_mlops.flows.keeping import PAGE, REPORT, VERDICT
from ci_mlops.flows.project import LOCK
from ci_mlops.flows.tools import Tools
from ci_mlops.records import Verdict
from ci_mlops.report import render

LARGEST = 8 * 1024 * 1024
"""Of a report: the registry is for models."""


def evidence_of(tools: Tools, verdict: Verdict, output: Path, folder: Path, room: Path) -> tuple[Path, ...]:
    """
    Reports are made in `room`, from the verdict alone: those in `output` may hold single rows of data, which are for the
    run's readers and not for the registry's, and an older version has left no page there.
    """
    kept = [output / VERDICT]
    for name, text in ((REPORT, render(verdict, "markdown")), (PAGE, render(verdict, "html"))):
        data = text.encode()
        if len(data) > LARGEST:
            tools.say(f"notice: {name} is not kept in the registry: {len(data)} bytes, at most {LARGEST}")
            continue
        (room / name).write_bytes(data)
        kept.append(room / name)
    lock = folder / LOCK
    return (*kept, lock) if lock.is_file() else tuple(kept)
