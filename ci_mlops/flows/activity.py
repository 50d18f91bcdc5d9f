"""Which story an event calls for. Pure: the action, the templates and the tests ask the same question."""

from dataclasses import dataclass
from typing import Literal

from ci_mlops.errors import BadConfig
from ci_mlops.records import Change

SKIP_LABEL = "ci-mlops:skip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    story: Literal["validate", "register", "publish-run", "wait", "nothing"]
    publish: bool
    """Say the verdict on the platform; who may be told what there is the platform's business."""
    reason: str


def find_activity(change: Change, *, drafts: Literal["judge", "wait"] = "judge") -> Activity:
    """
    `drafts`: what the base branch's policy says of them.

    Raises:
        BadConfig: a change that is not to be judged in one job.
    """
    match change.event:
        case "local":
            return Activity(
                story="validate", publish=False, reason="a laptop judges like CI, and posts nothing"
            )
        case "pull_request":
            return _on_a_pull_request(change, drafts)
        case "push":
            return _after_a_push(change)
    return OF_OTHERS[change.event]


def beside(change: Change) -> dict[str, str]:
    """What an agent's variables do not tell; a label of anybody's stays where it is, ours is all that means something."""
    if change.platform != "azure":
        return {}
    labels = [label for label in change.labels if label == SKIP_LABEL]
    return {
        "standing": ",".join([*(["draft"] if change.draft else []), *labels]),
        "default_branch": change.default_branch,
    }


def how_it_begins(
    change: Change, activity: Activity, *, skip_label: Literal["refuse", "allow"]
) -> Literal["begin", "wait", "skip", "nothing"]:
    """What a job of its own, which judges nothing, tells the jobs after it; `skip`: the judge needs no model to say so."""
    match activity.story:
        case "validate":
            return "skip" if skip_label == "allow" and SKIP_LABEL in change.labels else "begin"
        case "wait":
            return "wait"
    return "nothing"


def _on_a_pull_request(change: Change, drafts: Literal["judge", "wait"]) -> Activity:
    if change.head is None:
        raise BadConfig(
            "A pull request that a maintainer asks for is run in jobs of their own",
            where="workflow_dispatch, inputs.pull_request",
            mend="Use templates/github/ci-mlops-isolated.yml: here its code would run beside the token that writes.",
        )
    if change.closed:
        return _nothing("the pull request is closed")
    if change.draft and drafts == "wait":
        return Activity(story="wait", publish=True, reason="a draft is judged when it is ready for review")
    return Activity(story="validate", publish=True, reason="a pull request gets a verdict")


def _after_a_push(change: Change) -> Activity:
    if not change.default_branch:
        return _nothing("the event does not name the default branch")
    if change.base_ref != change.default_branch:
        return _nothing("models are registered from the default branch only")
    return Activity(story="register", publish=True, reason="a merge registers the judged model")


def _nothing(reason: str) -> Activity:
    return Activity(story="nothing", publish=False, reason=reason)


OF_OTHERS = {
    "merge_group": Activity(story="validate", publish=True, reason="a merge queue waits for a verdict"),
    "branch": Activity(story="validate", publish=True, reason="somebody asks what this branch is worth"),
    "run_ended": Activity(
        story="publish-run", publish=True, reason="a run of the gate ended, maybe without the right to tell"
    ),
    "other": _nothing("this event carries no change: the default branch is what others are compared with"),
}
