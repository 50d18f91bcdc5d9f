"""
Story: a run of the gate has ended that may not have had the right to say what it found, as a fork's or Dependabot's.

Its pull request is found from the platform, never from what it left. Of that nothing but predictions and digests is
used, and the merge is fetched as data: labels join here, base's policy decides, and what it says is for information,
since train and predict ran where anybody may write. Nothing of the change is run.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from ci_mlops import merged, repository
from ci_mlops.errors import BadData, CiMlopsError, PlatformFailed
from ci_mlops.flows.glimpse import glimpse
from ci_mlops.flows.judge import judge
from ci_mlops.flows.keeping import keep_verdict
from ci_mlops.flows.on_pull_request import as_policy_tells
from ci_mlops.flows.pinned import keep_pinned
from ci_mlops.flows.project import Project, open_project
from ci_mlops.flows.publish import publish
from ci_mlops.flows.tools import Tools
from ci_mlops.flows.unevaluated import find_subject, unevaluated
from ci_mlops.flows.vetted import is_wanted, vet
from ci_mlops.ports import Proposals
from ci_mlops.records import Change, EndedRun, Published, Skip, Verdict
from ci_mlops.report.codec import seal

HAND_OVER = "ci-mlops-predictions"
"""The artifact in which the gate's workflow leaves the predictions and the cards."""
PULL_REQUEST = "pull_request"
WHY = "train and predict ran in a run without rights, whose files anybody may have written"
UNTOLD = Skip(
    what="what training and scoring told of themselves",
    reason="a run that anybody may write told it; warnings are in the log of that run",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What this story works with, beyond the tools of every story."""

    proposals: Proposals
    about: Callable[[Change], Tools]
    """Tools whose platform speaks about that change."""
    folder: Path
    """Empty, and ours alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    published: Published | None
    reason: str
    """Why nothing was said, or what was."""


def publish_run(room: Room, config: Path, output: Path) -> Told:
    """
    `config`: its path in a checkout of the default branch, and likewise in the change.

    Raises:
        PlatformFailed: the platform does not tell whose run it was, or can't be reached.
    """
    run = room.proposals.ended()
    nothing = _nothing_to_say(room.proposals, run)
    if nothing:
        return Told(published=None, reason=nothing)
    found = room.proposals.proposals_of(run)
    if not found:
        return Told(
            published=None, reason="no open pull request has this head: it is closed, or has moved on"
        )
    if len(found) > 1:
        return _ambiguous(room, run, [proposal.change for proposal in found], config, output)
    change = found[0].change
    verdict = _judged(room, run, change, config)
    today = room.proposals.proposal(change.number or 0)
    if not today.is_open or today.change.head != change.head:
        return Told(published=None, reason="the pull request was closed or has moved on meanwhile")
    return _say(room, change, verdict, output, f"pull request {change.number}, for information")


def _nothing_to_say(proposals: Proposals, run: EndedRun) -> str:
    if run.event != PULL_REQUEST:
        return f"the run was started by {run.event}, and not by a pull request"
    return "the verdict on this head is told already" if proposals.is_told(run) else ""


def _ambiguous(room: Room, run: EndedRun, changes: list[Change], config: Path, output: Path) -> Told:
    """On the commit alone: a comment would be about a pull request that the run may not have been about."""
    numbers = ", ".join(str(change.number) for change in changes)
    error = BadData(
        f"pull requests {numbers} have the same head, and the run does not tell which of them it was for",
        where=run.head[:8],
        mend="Close all but one of them, and push to it.",
    )
    about = replace(changes[0], event="other", number=None)
    verdict = _could_not(error, room, about, config)
    return _say(room, about, verdict, output, f"none of pull requests {numbers}, which share a head")


def _say(room: Room, change: Change, verdict: Verdict, output: Path, about: str) -> Told:
    keep_verdict(verdict, output)
    published = publish(room.about(change).platform, verdict, output / "verdict.json")
    return Told(published=published, reason=about)


def _judged(room: Room, run: EndedRun, change: Change, config: Path) -> Verdict:
    """For information; where nothing could be judged, it says why, and is no better for who made it so."""
    tree = room.folder / "merge"
    place = tree / _inside(config)
    try:
        base = merged.fetch_merge(room.proposals.merge_ref(change), change.head or "", tree)
        change = replace(change, base=base)
        # a fork may give any workflow of its own the gate's name, and it is by its file that the comment is known
        if b"ci-mlops" not in (repository.bytes_at(base, run.workflow, tree) or b""):
            raise BadData(
                "the run was of a workflow that the base branch does not have, or that runs no gate there",
                where=run.workflow,
                mend="The gate's workflow is merged first; then a change can be judged by it.",
            )
        left = room.proposals.left_by(run, HAND_OVER, room.folder / "left", wanted=is_wanted)
        if left is None:
            raise BadData(
                f"the run left no artifact {HAND_OVER}, so there is nothing that could be judged",
                where=run.url,
                mend="Train and predict end in it: see the log of that run. The isolated template uploads it.",
            )
        tools = room.about(change)
        project = open_project(tools, place)
        _keep_labels(project, tools, config.parent)
        vet(tools, project, left, room.folder / "private")
        verdict = as_policy_tells(judge(tools, project, left, isolation="job", with_models=False), project)
        return seal(replace(verdict, for_information=WHY, skips=(*verdict.skips, UNTOLD)))
    except CiMlopsError as error:
        return _could_not(error, room, change, place if place.is_file() else config)


def _keep_labels(project: Project, tools: Tools, here: Path) -> None:
    """Labels that this job alone may fetch lie in its own checkout, where a step before this one has put them."""
    if project.base is not None and project.base.lock is not None:
        for pins in project.base.lock.data.values():
            keep_pinned(pins, here, tools.cache)


def _could_not(error: CiMlopsError, room: Room, change: Change, config: Path) -> Verdict:
    tools = room.about(change)
    told = (
        BadData(error.what, where=error.where, mend=error.mend)
        if isinstance(error, PlatformFailed)
        else error
    )
    subject = replace(find_subject(tools, config), change=change)
    verdict = unevaluated(told, subject, now=tools.now())
    return seal(replace(verdict, for_information=WHY, comment=glimpse(change, config).comment))


def _inside(config: Path) -> Path:
    """As the path is in the repository; a way out of it would lead to this machine's files."""
    if config.is_absolute() or ".." in config.parts:
        raise PlatformFailed(
            "the path of the settings leads out of the repository",
            where=str(config),
            mend="Name it by its path from the repository's top.",
        )
    return config
