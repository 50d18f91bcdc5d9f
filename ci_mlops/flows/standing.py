"""Whether a verdict still stands: it does while all that it was made of is what is here today."""

from dataclasses import dataclass

from ci_mlops.errors import BadData
from ci_mlops.flows.champion import FromRegistry, find_champion
from ci_mlops.flows.checkout import parts_of
from ci_mlops.flows.fingerprint import fingerprint
from ci_mlops.flows.later import is_of_later_merge
from ci_mlops.flows.open_registry import registry_pointer
from ci_mlops.flows.own_environment import environment_of
from ci_mlops.flows.project import Project
from ci_mlops.flows.tools import Tools
from ci_mlops.flows.train import head_checkout
from ci_mlops.flows.writing import day_of
from ci_mlops.records import FilePin, Verdict, Version, tags


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """What a verdict must have been made of to stand."""

    fingerprint: str
    champion: Version | None
    """The version at the highest stage that holds one; None: the base branch's model, or none."""
    test: tuple[FilePin, ...]
    validation: tuple[FilePin, ...] = ()
    policy: str
    """Digest of it."""
    day: str = ""
    """ISO date in UTC."""
    is_outrun: bool = False
    """A later merge registered that champion: what is judged takes no stage from it, and is stored as it was judged."""


class StandsNoMore(BadData):
    """Something that the verdict was made of has changed since."""


def why_judge_again(verdict: Verdict, today: Today) -> str:
    """Empty: the verdict stands, for it was made of what is here today."""
    if verdict.verdict == "not_evaluated" or verdict.for_information:
        return "nothing was judged" + (" but for information" if verdict.for_information else "")
    if verdict.fingerprint != today.fingerprint:
        return "code, training data, environment or parameters differ from what was judged"
    for rows, pins, what in (
        ("test", today.test, "it was judged"),
        ("validation", today.validation, "its threshold was chosen"),
    ):
        if tuple(verdict.pins.get(rows, ())) != pins:
            return f"the {rows} data is not what {what} on"
    if verdict.policy is None or verdict.policy.digest != today.policy:
        return (
            "the policy (gates, metrics, costs, test columns, registry) is not the one that it was judged by"
        )
    if any(use.status == "used" and use.waiver.until < today.day for use in verdict.waivers):
        return "a waiver that it passed with has expired"
    return "" if today.is_outrun else _champion_moved(verdict, today.champion)


def _champion_moved(verdict: Verdict, now: Version | None) -> str:
    then = verdict.champion
    if now is not None and now.tags.get(tags.VERDICT_DIGEST) == verdict.verdict_digest:
        return ""  # run again: it is the champion by this very verdict
    if then is None or then.origin != "registry":
        return f"version {now.number} has become champion since" if now else ""
    if now is None:
        return f"version {then.version} is champion no more"
    # the same model under another number predicts the same
    same = now.digest == then.digest if now.digest and then.digest else now.number == then.version
    return "" if same else f"the champion was version {then.version}, and is version {now.number} today"


def read_today(tools: Tools, project: Project) -> Today:
    checkout = head_checkout(project)
    champion = _champion(tools, project)
    return Today(
        fingerprint=fingerprint(parts_of(checkout, environment_of(tools, project, checkout))),
        champion=champion,
        test=project.policy_lock.data.get("test", ()),
        validation=project.policy_lock.data.get("validation", ()),
        policy=project.policy_digest,
        day=day_of(tools.now()),
        is_outrun=is_of_later_merge(champion, project),
    )


def _champion(tools: Tools, project: Project) -> Version | None:
    found = find_champion(project, registry_pointer(tools, project.policy, project.folder))
    return found.version if isinstance(found, FromRegistry) else None
