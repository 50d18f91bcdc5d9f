"""The last job of a run: publish what it was handed, and leave no status waiting for a verdict that never comes."""

from collections.abc import Mapping
from dataclasses import replace

from ci_mlops.config.glance import Glance
from ci_mlops.flows.activity import find_activity
from ci_mlops.flows.gate import DRAFT, FINDS, Needed, Ruling, is_waived
from ci_mlops.flows.handed import Handed
from ci_mlops.flows.publish import publish_all, warn
from ci_mlops.flows.run_status import how_the_run_ended
from ci_mlops.flows.waive import WAIVABLE
from ci_mlops.flows.writing import tool
from ci_mlops.ports import Platform
from ci_mlops.records import Change, Failure, Publication, Verdict
from ci_mlops.report.begun import ended
from ci_mlops.report.codec import seal


def confirmed(change: Change, ruling: Ruling, needed: Mapping[str, Needed], handed: Handed) -> Ruling:
    """
    A matrix says success or failure for all of its cells: what passes is held against each one's verdict.

    On a pull request that is closed nobody waits for a word, and none lets anything pass.
    """
    if change.event == "branch":
        # its check stands on the commit that a pull request of the branch has too
        return Ruling(passes=False, reason="What a branch is worth is no verdict on its pull request.")
    if not ruling.passes and (activity := find_activity(change)).story == "nothing":
        return Ruling(passes=False, reason=f"There is nothing to judge: {activity.reason}.")
    # where the change touches no model there is none to wait for
    if not ruling.passes or FINDS not in needed or needed[FINDS].outputs.get("matrix") == "[]":
        return ruling
    waived = is_waived(needed)
    stopped = [
        verdict.model
        for verdict in handed.verdicts
        if verdict.exit_code and not (waived and verdict.verdict in WAIVABLE)
    ]
    if not stopped and handed.missing and all(_waits(change, model) for model in handed.missing):
        return Ruling(passes=False, reason=DRAFT)
    if odd := [*(model.model for model in handed.missing), *stopped]:
        why = f"There is no verdict on `{odd[0]}` that lets it pass."
        return Ruling(passes=False, reason=why, is_told=False)
    return ruling


def say_the_rest(platform: Platform, ruling: Ruling, needed: Mapping[str, Needed], handed: Handed) -> None:
    """
    Raises:
        PlatformFailed: nothing can be said at all.
    """
    change = platform.change()
    verdicts = list(handed.verdicts)
    if verdicts:
        verdicts += [_without_verdict(one, change) for one in handed.missing if not _waits(change, one)]
    # first what a branch rule waits for
    if whole := how_the_run_ended(change, ruling, needed, verdicts):
        warn(platform, [whole], [platform.publish(whole)])
    if verdicts:
        # who waived them has said so in each place
        if not is_waived(needed):
            publish_all(platform, verdicts)
    elif not ruling.passes and not ruling.is_told:
        _say_that_it_ended(platform, handed, ruling.reason)


def _waits(change: Change, model: Glance) -> bool:
    """Of a draft that waits that was said when it began."""
    return change.head is not None and find_activity(change, drafts=model.drafts).story == "wait"


def _without_verdict(model: Glance, change: Change) -> Verdict:
    """The others have one: a table that left this one out would look like all is said."""
    why = "the job that judges it ended without a verdict"
    return seal(
        Verdict(
            model=model.model,
            task="unknown",
            verdict="not_evaluated",
            reason=why,
            exit_code=6,
            change=change,
            comment=model.comment,
            error=Failure(
                what=why, where="", mend="Read the log of that job, and run it again.", exit_code=6
            ),
            tool=tool(),
        )
    )


def _say_that_it_ended(platform: Platform, handed: Handed, why: str) -> None:
    change = platform.change()
    said: list[Publication] = []
    for model in handed.models:
        one = ended(model.model, change, why)
        said.append(one if model.comment == "each" else replace(one, comment=""))
    if any(model.comment == "one" for model in handed.models):
        said.append(ended("", change, why))
    warn(platform, said, [platform.publish(one) for one in said])
