"""
What each event comes to: `python -m tests.e2e.azure.table` runs the pipelines here and prints a row for each.

A test tells its row with `told(...)`; what was posted is read off the fake Azure DevOps, which saw every write.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.e2e.table import TOLD_IN, row
from tests.fakes.azure import FakeAzure


def posted(devops: FakeAzure) -> str:
    """`thread ⏳ → ✅, closed; status pending → succeeded`: every write, in order, since it was last asked."""
    seen, devops.seen = list(devops.seen), []
    marks: list[str] = []
    ends: list[str] = []
    states: list[str] = []
    pictures = 0
    for one in seen:
        if one.method not in ("POST", "PATCH") or one.status >= 300:
            continue
        if "/statuses" in one.path:
            states.append(one.body["state"])
        elif "/attachments/" in one.path:
            pictures += 1
        elif "/threads" in one.path:
            content = one.body.get("content") or (one.body.get("comments") or [{}])[0].get("content", "")
            marks += [content.split(" ")[1]] if content else []
            ends += [one.body["status"]] if "status" in one.body else []
    parts = [f"thread {' → '.join(marks)}, {ends[-1] if ends else 'as it was'}"] if marks else []
    parts += ["a picture" if pictures == 1 else f"{pictures} pictures"] if pictures else []
    parts += [f"status {' → '.join(states)}"] if states else []
    return "; ".join(parts) or "nothing"


def told(event: str, devops: FakeAzure, code: int) -> tuple[str, int]:
    _, said, ended = row(event, posted(devops), code)
    return said, ended


def main() -> int:
    here = Path(__file__).parent
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "rows"
        command = [sys.executable, "-m", "pytest", "-q", "-n0", str(here)]
        environ = {**os.environ, TOLD_IN: str(place)}
        done = subprocess.run(command, env=environ, cwd=here.parents[2], check=False)
        head = "\n| event | what was posted | exit code |\n|:--|:--|--:|\n"
        sys.stdout.write(head + place.read_text(encoding="utf-8"))
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
