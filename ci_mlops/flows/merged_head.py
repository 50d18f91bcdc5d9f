"""A pull request that a maintainer asks for by its number and commit: its head is that of the merge which is checked out."""

from dataclasses import replace
from pathlib import Path

from ci_mlops import repository
from ci_mlops.errors import BadConfig
from ci_mlops.records import Change


def is_asked_for(change: Change) -> bool:
    return change.event == "pull_request" and change.head is None


def known_head(change: Change, folder: Path) -> Change:
    """
    With the commits that the merge in the working tree names; as it was, where there is none.

    Raises:
        BadConfig: it is the merge of another commit than the one that was read.
    """
    if not is_asked_for(change):
        return change
    try:
        told = repository.ask("cat-file", "commit", "HEAD", folder=folder).split("\n\n", 1)[0].splitlines()
    except BadConfig:
        return change
    parents = [line.removeprefix("parent ") for line in told if line.startswith("parent ")]
    if len(parents) < 2:
        return change
    if parents[1:] != [change.asked]:
        raise BadConfig(
            f"Pull request {change.number} is at {parents[1][:8]}, and {change.asked[:8]} is the commit that was read, "
            "which alone may be judged",
            where="workflow_dispatch, inputs.commit",
            mend="Read what was pushed since, and ask for that commit.",
        )
    return replace(change, base=parents[0], head=parents[1])
