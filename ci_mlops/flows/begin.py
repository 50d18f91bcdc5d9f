"""Say that a change is being judged: status and comment, long before there is a verdict."""

from dataclasses import replace
from pathlib import Path

from ci_mlops.config.glance import Glance
from ci_mlops.flows.activity import find_activity
from ci_mlops.flows.glimpse import glimpse
from ci_mlops.flows.publish import warn
from ci_mlops.flows.run_status import how_the_run_begins
from ci_mlops.ports import Platform
from ci_mlops.records import Change, Publication, Published
from ci_mlops.report.begun import begins, waits


def begin(
    platform: Platform, configs: tuple[Path, ...], *, several: bool = False, of_run: bool = False
) -> tuple[Published, ...]:
    """
    Args:
        platform: Where it is said; only a pull request and a merge queue wait for a verdict.
        configs: One for each model; what the base branch says of them decides.
        several: This job judges one of several models: the comment for all of them is another job's.
        of_run: These are all models that the run judges, and there may be none: their one status begins too.

    Raises:
        PlatformFailed: the platform can't be reached, or there is none.
    """
    change = platform.change()
    models = [glimpse(change, config) for config in configs]
    said = [_beginning(change, model) for model in models]
    to_say = [_own(one, model) for one, model in zip(said, models, strict=True) if one is not None]
    if not several and any(model.comment == "one" for model in models) and (first := next(iter(said), None)):
        to_say.append(replace(first, model="", comment=_of_all(change, models)))
    if of_run and (whole := how_the_run_begins(change, models)):
        to_say.append(whole)
    published = tuple(platform.publish(one) for one in to_say)
    if not change.fork:  # what its token may not say is told once, with the verdict
        warn(platform, to_say, published)
    return published


def _beginning(change: Change, model: Glance) -> Publication | None:
    if change.event not in ("pull_request", "merge_group"):
        return None
    match find_activity(change, drafts=model.drafts).story:
        case "validate":
            return begins(model.model, change)
        case "wait":
            return waits(model.model, change)
    return None


def _own(said: Publication, model: Glance) -> Publication:
    return said if model.comment == "each" else replace(said, comment="")


def _of_all(change: Change, models: list[Glance]) -> str:
    waiting = all(find_activity(change, drafts=model.drafts).story == "wait" for model in models)
    return (waits if waiting else begins)("", change).comment
