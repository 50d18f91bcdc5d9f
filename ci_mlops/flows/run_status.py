"""`ci-mlops/gate`: what a run that finds its models by itself comes to, in one status for all of them."""

from collections.abc import Mapping, Sequence
from typing import Literal

from ci_mlops.config.glance import Glance
from ci_mlops.flows.activity import find_activity
from ci_mlops.flows.gate import DRAFT, FINDS, Needed, Ruling, is_waived
from ci_mlops.records import Change, Publication, Verdict
from ci_mlops.report.of_run import run_begins, run_broke, run_judged, run_touched_nothing, run_waits


def how_the_run_begins(change: Change, models: Sequence[Glance]) -> Publication | None:
    """None: nobody waits for it."""
    all_wait = bool(models) and all(model.drafts == "wait" for model in models)
    match _story(change, drafts="wait" if all_wait else "judge"):
        case "validate":
            return run_begins(change)
        case "wait":
            return run_waits(change)
    return None


def how_the_run_ended(
    change: Change, ruling: Ruling, needed: Mapping[str, Needed], verdicts: Sequence[Verdict]
) -> Publication | None:
    """
    Nothing but a ruling that passes is told as success. None: there is one model, whose status says it; or nobody waits.

    Args:
        change: What was judged.
        ruling: What the last job came to.
        needed: The jobs before it.
        verdicts: One for each model that was to be judged, whatever became of its job.
    """
    if FINDS not in needed or _story(change) == "nothing":
        return None
    if not ruling.passes and ruling.reason == DRAFT:
        return run_waits(change)
    if ruling.passes and not verdicts:
        return run_touched_nothing(change)
    if verdicts:
        told = run_judged(change, verdicts, is_waived=ruling.passes and is_waived(needed))
        if ruling.passes == (told.state in ("success", "not_applicable")):
            return told
    return run_broke(change, ruling.reason)


def _story(change: Change, *, drafts: Literal["judge", "wait"] = "judge") -> str:
    if change.event not in ("pull_request", "merge_group"):
        return "nothing"
    return find_activity(change, drafts=drafts).story
