"""One model of a change, judged for information: what a run without rights left of it is taken, vetted, and judged."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from ci_mlops.errors import BadData, CiMlopsError, PlatformFailed
from ci_mlops.flows.glimpse import glimpse
from ci_mlops.flows.judge import judge
from ci_mlops.flows.on_pull_request import as_policy_tells
from ci_mlops.flows.pinned import keep_pinned
from ci_mlops.flows.project import Project, open_project
from ci_mlops.flows.tools import Tools
from ci_mlops.flows.unevaluated import find_subject, unevaluated
from ci_mlops.flows.vetted import is_wanted, vet
from ci_mlops.ports import Proposals
from ci_mlops.records import Change, EndedRun, Skip, Verdict
from ci_mlops.report.codec import seal

WHY = "train and predict ran in a run without rights, whose files anybody may have written"
UNTOLD = Skip(
    what="what training and scoring told of themselves",
    reason="a run that anybody may write told it; warnings are in the log of that run",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What is worked with, beyond the tools of every story."""

    proposals: Proposals
    about: Callable[[Change], Tools]
    """Tools whose platform speaks about that change."""
    folder: Path
    """Empty, and ours alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Of one model: where its settings are, in the repository, and the artifact in which its hand-over was left."""

    config: Path
    artifact: str
    place: str = ""
    """A folder's name below the room, where there are several."""


def judge_left(room: Room, run: EndedRun, change: Change, tree: Path, left: Left) -> Verdict:
    """`tree`: the merge of `change`, fetched as data. Where nothing could be judged, the verdict says why."""
    place = tree / left.config
    ours = room.folder / left.place
    try:
        found = room.proposals.left_by(run, left.artifact, ours / "left", wanted=is_wanted)
        if found is None:
            raise BadData(
                f"the run left no artifact {left.artifact}, so there is nothing that could be judged",
                where=run.url,
                mend="Train and predict end in it: see the log of that run. The templates for forks upload it.",
            )
        tools = room.about(change)
        project = open_project(tools, place)
        _keep_labels(project, tools, left.config.parent)
        vet(tools, project, found, ours / "private")
        verdict = as_policy_tells(judge(tools, project, found, isolation="job", with_models=False), project)
        return seal(replace(verdict, for_information=WHY, skips=(*verdict.skips, UNTOLD)))
    except CiMlopsError as error:
        return could_not(error, room, change, place if place.is_file() else left.config)


def _keep_labels(project: Project, tools: Tools, here: Path) -> None:
    """Labels that this job alone may fetch lie in its own checkout, where a step before this one has put them."""
    if project.base is not None and project.base.lock is not None:
        for pins in project.base.lock.data.values():
            keep_pinned(pins, here, tools.cache)


def could_not(error: CiMlopsError, room: Room, change: Change, config: Path, *, model: str = "") -> Verdict:
    """It is no better for who made it so. `model`: where its config does not tell."""
    tools = room.about(change)
    told = (
        BadData(error.what, where=error.where, mend=error.mend)
        if isinstance(error, PlatformFailed)
        else error
    )
    known = find_subject(tools, config)
    subject = replace(known, model=model or known.model, change=change)
    verdict = unevaluated(told, subject, now=tools.now())
    return seal(replace(verdict, for_information=WHY, comment=glimpse(change, config).comment))
