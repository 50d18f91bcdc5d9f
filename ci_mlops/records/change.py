"""The change that is judged, as the CI around us tells it."""

from dataclasses import dataclass
from typing import Literal

Event = Literal["pull_request", "push", "merge_group", "branch", "run_ended", "other", "local"]
"""
`branch`: somebody asks by hand what a branch is worth, against the default branch. `run_ended`: of a run of the gate,
which may have had no right to say its verdict.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    platform: str
    """The CI that runs."""
    forge: str = ""
    """Where its pull request is read, if that is another place: `github`, of a repository there that Azure Pipelines builds."""
    event: Event
    head: str | None = None
    """Commit of the change's own branch."""
    asked: str = ""
    """The commit that a maintainer has read, where one asks for the pull request by its number: no other is judged."""
    base: str | None = None
    """Commit that it is compared with: HEAD^1 of the merge ref on a pull request."""
    base_ref: str = ""
    """Branch that the change goes into; on a push, the branch that was pushed."""
    default_branch: str = ""
    number: int | None = None
    fork: bool = False
    repository: str = ""
    run_id: str = ""
    run_attempt: int = 1
    run_url: str = ""
    workflow: str = ""
    job: str = ""
    labels: tuple[str, ...] = ()
    """Of the pull request, as the event tells them: a run that is repeated carries those of its first attempt."""
    draft: bool = False
    closed: bool = False
    """The pull request was closed or merged: there is nothing to judge any more."""
