"""
Story: a run of the gate has ended that may not have had the right to say what it found, as a fork's or Dependabot's.

Its pull request is found from the platform, never from what it left. Of that nothing but predictions and digests is
used, and the merge is fetched as data: labels join here, base's policy decides, and what it says is for information,
since train and predict ran where anybody may write. Nothing of the change is run.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from ci_mlops import merged, repository
from ci_mlops.errors import BadData, CiMlopsError, PlatformFailed
from ci_mlops.flows.informed import Left, Room, could_not, judge_left
from ci_mlops.flows.informed_of_all import judge_all_left
from ci_mlops.flows.keeping import keep_verdict
from ci_mlops.flows.project import CONFIG
from ci_mlops.flows.publish import publish, publish_all, publish_together
from ci_mlops.ports import Proposals
from ci_mlops.records import Change, EndedRun, Published, Verdict

HAND_OVER = "ci-mlops-predictions"
"""The artifact in which the gate's workflow leaves the predictions and the cards, where there is one model."""
PULL_REQUEST = "pull_request"
_ASKS = b"inputs.pull_request"
"""In a workflow that a maintainer may start for a pull request."""
_NO_MODEL = ""
"""Of a verdict that is about one of the repository's models it is the folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    published: tuple[Published, ...]
    """Empty: nothing was said."""
    reason: str
    """Why nothing was said, or what was."""


def publish_run(room: Room, config: Path | None, output: Path) -> Told:
    """
    `config`: its path in a checkout of the default branch, and likewise in the change; None: all models that it touches.

    Raises:
        PlatformFailed: the platform does not tell whose run it was, or can't be reached.
    """
    run = room.proposals.ended()
    nothing = _nothing_to_say(room.proposals, run)
    if nothing:
        return Told(published=(), reason=nothing)
    found = room.proposals.proposals_of(run)
    if not found:
        return Told(published=(), reason="no open pull request has this head: it is closed, or has moved on")
    if len(found) > 1:
        return _ambiguous(room, run, [proposal.change for proposal in found], config, output)
    change = found[0].change
    told = _judged(room, run, change, config)
    today = room.proposals.proposal(change.number or 0)
    if not today.is_open or today.change.head != change.head:
        return Told(published=(), reason="the pull request was closed or has moved on meanwhile")
    if not told:
        return Told(published=(), reason="the change touches none of base's models")
    published = _say(room, change, told, output, several=config is None)
    return Told(published=published, reason=f"pull request {change.number}, for information")


def _nothing_to_say(proposals: Proposals, run: EndedRun) -> str:
    if run.event != PULL_REQUEST:
        return f"the run was started by {run.event}, and not by a pull request"
    return "the verdict on this head is told already" if proposals.is_told(run) else ""


def _ambiguous(room: Room, run: EndedRun, changes: list[Change], config: Path | None, output: Path) -> Told:
    """On the commit alone: a comment would be about a pull request that the run may not have been about."""
    numbers = ", ".join(str(change.number) for change in changes)
    error = BadData(
        f"pull requests {numbers} have the same head, and the run does not tell which of them it was for",
        where=run.head[:8],
        mend="Close all but one of them, and push to it.",
    )
    about = replace(changes[0], event="other", number=None)
    told = {_NO_MODEL: _nothing_judged(error, room, about, config)}
    published = _say(room, about, told, output, several=config is None)
    return Told(published=published, reason=f"none of pull requests {numbers}, which share a head")


def _judged(room: Room, run: EndedRun, change: Change, config: Path | None) -> dict[str, Verdict]:
    """For information, by the folder of each model; of a change that can't be looked at, one verdict says why."""
    tree = room.folder / "merge"
    inside = None if config is None else _inside(config)
    try:
        merge = _fetched(room, run, change, tree)
        if inside is None:
            return judge_all_left(room, run, merge, tree)
    except CiMlopsError as error:
        place = tree / inside if inside is not None and (tree / inside).is_file() else inside
        return {_NO_MODEL: _nothing_judged(error, room, change, place)}
    return {_NO_MODEL: judge_left(room, run, merge, tree, Left(config=inside, artifact=HAND_OVER))}


def _fetched(room: Room, run: EndedRun, change: Change, tree: Path) -> Change:
    """The merge in `tree`; its change with base's commit, and with a workflow only if a maintainer can start that one for it."""
    base = merged.fetch_merge(room.proposals.merge_ref(change), change.head or "", tree)
    workflow = repository.bytes_at(base, run.workflow, tree) or b""
    # a fork may give any workflow of its own the gate's name, and it is by its file that the comment is known
    if b"ci-mlops" not in workflow:
        raise BadData(
            "the run was of a workflow that the base branch does not have, or that runs no gate there",
            where=run.workflow,
            mend="The gate's workflow is merged first; then a change can be judged by it.",
        )
    return replace(change, base=base, workflow=change.workflow if _ASKS in workflow else "")


def _nothing_judged(error: CiMlopsError, room: Room, change: Change, config: Path | None) -> Verdict:
    if config is not None:
        return could_not(error, room, change, config)
    nobodys = replace(change, workflow="")
    return could_not(error, room, nobodys, Path(CONFIG), model=change.repository)


def _say(
    room: Room, change: Change, told: dict[str, Verdict], output: Path, *, several: bool
) -> tuple[Published, ...]:
    for folder, verdict in told.items():
        keep_verdict(verdict, output / folder)
    platform = room.about(change).platform
    verdicts = list(told.values())
    if not several:
        return (publish(platform, verdicts[0], output / "verdict.json"),)
    # of no model: no status can be of it
    return (publish_together(platform, verdicts),) if _NO_MODEL in told else publish_all(platform, verdicts)


def _inside(config: Path) -> Path:
    """As the path is in the repository; a way out of it would lead to this machine's files."""
    if config.is_absolute() or ".." in config.parts:
        raise PlatformFailed(
            "the path of the settings leads out of the repository",
            where=str(config),
            mend="Name it by its path from the repository's top.",
        )
    return config
