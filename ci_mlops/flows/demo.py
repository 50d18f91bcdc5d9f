"""The loop on real data, in a small repository of its own: a champion, a better change, a worse one."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ci_mlops.errors import BadConfig, TrainingFailed
from ci_mlops.flows.pin import pin
from ci_mlops.flows.project import open_project
from ci_mlops.flows.tools import Tools
from ci_mlops.flows.validate import validate
from ci_mlops.records import Verdict

PROJECT = Path(__file__).parent / "demo_project"
CONFIG = "ci-mlops.yml"
OUTPUT = ".ci-mlops"
# the demo is nobody's work: no name, no signing key, no hook and no line ending of the user's belongs in it
GIT = (
    "git",
    "-c",
    "user.name=ci-mlops demo",
    "-c",
    "user.email=demo@example.invalid",
    "-c",
    "init.defaultBranch=main",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One line of the training script, as somebody might change it in a pull request."""

    branch: str
    title: str
    before: str
    after: str


BETTER = Edit(
    branch="better",
    title="Measure the worst cells, not the mean of all",
    before='MEASUREMENTS = ["mean radius", "mean texture"]',
    after='MEASUREMENTS = ["worst radius", "worst texture", "worst concavity"]',
)
WORSE = Edit(
    branch="worse",
    title="Raise fewer false alarms",
    before='WEIGHTS = "balanced"',
    after="WEIGHTS = {0: 1, 1: 5}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the gate said of one edit."""

    edit: Edit
    verdict: Verdict
    output: Path


def demo(tools: Tools, folder: Path) -> Iterator[Shown]:
    """
    Builds the repository in `folder`, then judges one change after the other.

    Raises:
        BadConfig: the folder holds something already.
        TrainingFailed: git, or the script that writes the data, failed.
    """
    build(tools, folder)
    for edit in (BETTER, WORSE):
        make_change(edit, folder)
        output = folder / OUTPUT / edit.branch
        verdict = validate(tools, open_project(tools, folder / CONFIG), output)
        yield Shown(edit=edit, verdict=verdict, output=output)


def build(tools: Tools, folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadConfig(
            f"{folder} is not empty",
            where="--folder",
            mend="Name a folder that is new or empty; the demo writes a git repository into it.",
        )
    shutil.copytree(PROJECT, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("gitattributes", "gitignore"):
        (folder / name).rename(folder / f".{name}")
    python = tools.environment("current", folder, None).python
    run((python, "make_data.py"), folder)
    pin(folder / CONFIG, tools.cache)
    git(folder, "init", "--quiet")
    git(folder, "symbolic-ref", "HEAD", "refs/heads/main")
    commit(folder, "Train on two measurements")


def make_change(edit: Edit, folder: Path) -> None:
    git(folder, "switch", "--quiet", "--create", edit.branch, "main")
    script = folder / "train.py"
    text = script.read_text()
    assert text.count(edit.before) == 1, edit.before  # noqa: S101 - the demo's own two files must fit each other
    script.write_text(text.replace(edit.before, edit.after))
    commit(folder, edit.title)


def commit(folder: Path, message: str) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--no-verify", "--no-gpg-sign", "--message", message)


def git(folder: Path, *arguments: str) -> None:
    run((*GIT, *arguments), folder)


def run(command: Sequence[str], folder: Path) -> None:
    mine = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environ = {**mine, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    try:
        subprocess.run(command, cwd=folder, env=environ, check=True, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise TrainingFailed(
            f"`{command[0]}` was not found", where="PATH", mend=f"Install {command[0]}."
        ) from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.strip().splitlines()[-1:] or ["(it said nothing)"]
        raise TrainingFailed(
            f"the demo could not run `{' '.join(command[-3:])}`: {said[0]}",
            where=str(folder),
            mend="Run it there by hand to see all that it says.",
        ) from error


def unseen_by_points(verdict: Verdict) -> tuple[str, ...]:
    """The metrics that rose although the gate blocks: by these the change would have been merged."""
    if verdict.verdict != "blocked":
        return ()
    return tuple(
        measured.metric
        for measured in verdict.measurements
        if measured.slice is None and measured.improvement is not None and measured.improvement > 0
    )
