"""A pull request that a maintainer asks for by its number: its head is that of the merge which is checked out."""

from dataclasses import replace
from pathlib import Path

from ci_mlops import repository
from ci_mlops.errors import BadConfig
from ci_mlops.records import Change


def is_asked_for(change: Change) -> bool:
    return change.event == "pull_request" and change.head is None


def known_head(change: Change, folder: Path) -> Change:
    """With the commits that the merge in the working tree names; as it was, where there is none."""
    if not is_asked_for(change):
        return change
    try:
        told = repository.ask("cat-file", "commit", "HEAD", folder=folder).split("\n\n", 1)[0].splitlines()
    except BadConfig:
        return change
    parents = [line.removeprefix("parent ") for line in told if line.startswith("parent ")]
    return replace(change, base=parents[0], head=parents[1]) if len(parents) == 2 else change
