"""
What each event comes to: `python -m tests.e2e.table` runs the workflows under act and prints a row for each.

A test tells its row with `row(...)`; what was posted is read off the fake GitHub, which saw every write.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.fakes.github import FakeGitHub

TOLD_IN = "CI_MLOPS_TABLE"
FILES = ("test_action_life.py", "test_action_matrix.py", "test_action_reusable.py", "test_action_forks.py")


def posted(fake: FakeGitHub) -> str:
    """`comment ⏳ → ✅; credit pending → success`: every write, in order, since it was last asked."""
    seen, fake.seen = list(fake.seen), []
    comments: dict[str, list[str]] = {}
    statuses: dict[str, list[str]] = {}
    for one in seen:
        if one.method not in ("POST", "PATCH") or one.status >= 300:
            continue
        if "/comments" in one.path:
            made = one.path if one.method == "PATCH" else f"new {len(comments)}"
            comments.setdefault(made, []).append(one.body["body"].split(" ")[1])
        if "/statuses/" in one.path:
            model = one.body["context"].removeprefix("ci-mlops/").removeprefix("gate/")
            statuses.setdefault(model, []).append(one.body["state"])
    said = [mark for marks in comments.values() for mark in marks]
    parts = [f"comment {' → '.join(said)}"] if said else []
    parts += [f"{model} {' → '.join(states)}" for model, states in sorted(statuses.items())]
    return "; ".join(parts) or "nothing"


def row(event: str, said: str, code: int) -> tuple[str, str, int]:
    if place := os.environ.get(TOLD_IN):
        with Path(place).open("a", encoding="utf-8") as file:
            file.write(f"| {event} | {said} | {code} |\n")
    return event, said, code


def main() -> int:
    here = Path(__file__).parent
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "rows"
        command = [sys.executable, "-m", "pytest", "-q", "-n0", *(str(here / name) for name in FILES)]
        done = subprocess.run(
            command, env={**os.environ, TOLD_IN: str(place)}, cwd=here.parents[1], check=False
        )
        head = "\n| event | what was posted | exit code |\n|:--|:--|--:|\n"
        sys.stdout.write(head + place.read_text(encoding="utf-8"))
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
