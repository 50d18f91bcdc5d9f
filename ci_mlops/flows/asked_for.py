"""Say the verdict on a pull request that a maintainer asked for by its number: the platform tells whether it still stands."""

from collections.abc import Callable
from dataclasses import replace

from ci_mlops.flows.tools import Tools
from ci_mlops.ports import Platform, Proposals
from ci_mlops.records import Annotation, Change, Published, Verdict
from ci_mlops.report.codec import seal

About = Callable[[Change], Tools]
"""The tools, where the platform speaks about that change."""


def publish_asked_for(
    tools: Tools,
    proposals: Proposals,
    about: About,
    verdict: Verdict,
    say: Callable[[Platform, Verdict], Published],
) -> Published:
    """
    To the head that was judged, where the platform says that the pull request is open; a push in between is told.

    Args:
        tools: Of the run that the maintainer started.
        proposals: The platform's own word on pull requests.
        about: Makes the platform speak of that pull request.
        verdict: What was judged.
        say: How it is said there.

    Raises:
        PlatformFailed: the platform does not tell, or can't be reached.
    """
    asked = tools.platform.change()
    number = asked.number or 0
    judged = verdict.change
    if judged is None or judged.number != number or judged.head is None or judged.head != asked.asked:
        why = f"The verdict is not about {asked.asked[:8]} of pull request {number}"
        return _untold(tools, f"{why}. {verdict.error.what}" if verdict.error else why)
    today = proposals.proposal(number)
    if not today.is_open:
        return _untold(tools, f"Pull request {number} is closed")
    if today.change.head != judged.head:
        moved = (
            f"This is about {judged.head[:8]}; the pull request has moved on to {str(today.change.head)[:8]} since, "
            "which nobody has judged."
        )
        verdict = seal(replace(verdict, notices=(moved, *verdict.notices)))
    change = replace(today.change, head=judged.head)
    return say(about(change).platform, verdict)


def speaker_of(tools: Tools, proposals: Proposals, about: About) -> Platform | None:
    """
    Who speaks of the asked-for commit, whatever was pushed since; None: the pull request is closed, and that was told.

    Raises:
        PlatformFailed: the platform does not tell, or can't be reached.
    """
    asked = tools.platform.change()
    today = proposals.proposal(asked.number or 0)
    if not today.is_open:
        _untold(tools, f"Pull request {today.change.number} is closed")
        return None
    return about(replace(today.change, head=asked.asked)).platform


def _untold(tools: Tools, why: str) -> Published:
    warning = f"{why}: nothing was posted."
    tools.platform.annotate(
        (Annotation(level="warning", title="The verdict was not posted", message=warning),)
    )
    return Published(comment="skipped", status="skipped", warnings=(warning,))
