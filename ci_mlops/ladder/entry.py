"""What a stage asks of a version, and whether it holds. Pure: values that `promote` acts upon or prints."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from ci_mlops.records import Approval, AuditEvent, Condition, Verdict, Version, tags

WAIVABLE = ("blocked", "undecided")
WAIVED_IN = "model-waiver"
"""The CI's environment whose reviewers may let a blocked change through."""
Tried = Literal["smoke", "scores"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Untried:
    """A condition that takes its time to be tried."""

    name: Tried
    told: str
    """What would be done."""


def judged(version: Version, verdict: Verdict | None, waived: Sequence[Approval] = ()) -> Condition:
    """
    What the version was registered with is held against it again: it passed, or a waiver is recorded.

    A pointer can be moved by hand, so that a version stands at a stage says nothing about its verdict.
    """
    why = not_its_verdict(version, verdict)
    if why or verdict is None:
        return Condition(name="verdict", held=False, told=why)
    said, held = f"its verdict is {verdict.verdict}", verdict.exit_code == 0
    if verdict.verdict == "not_evaluated":
        held = False
    elif waived and verdict.verdict in WAIVABLE:
        said, held = f"{said}, and was waived: {who(waived)}", True
    elif held and any(gate.blocks for gate in verdict.gates):
        said, held = "a blocking rule is not shown to hold", False
    elif held and (used := used_waivers(verdict)):
        said = f"{said}, with a waiver: {'; '.join(used)}"
    return Condition(name="verdict", held=held, told=said)


def climbed(events: Sequence[AuditEvent], stage: str) -> Condition:
    """`stage`: the one before, which the version must have taken by the ladder."""
    for at, event in reversed(list(enumerate(events))):
        if event.stage == stage:
            return Condition(name="ladder", held=True, told=f"it has taken {stage} by the ladder")
        if stage in event.found and at > 0:
            told = f"it was moved there by another hand, and has not taken {stage} by the ladder"
            return Condition(name="ladder", held=False, told=told)
    told = f"it held {stage} before the audit trail began"
    return Condition(name="ladder", held=True, told=told)


def waived_by(events: Sequence[AuditEvent], version: Version) -> tuple[Approval, ...]:
    """
    Who let the version's verdict through, as its registration told it. Of another verdict of the same model nothing
    is taken, and a tag that anybody may set is no record.
    """
    about = (version.number, version.digest, version.tags.get(tags.VERDICT_DIGEST, ""))
    mine = [
        event
        for event in events
        if event.kind == "registered" and (event.version, event.digest, event.verdict_digest) == about
    ]
    # a later merge of the same model tells of it once more, and has nothing to be waived
    given = (one for event in mine for one in event.approvals if one.environment == WAIVED_IN)
    return tuple(dict.fromkeys(given))


def waivers_told(verdict: Verdict | None, waived: Sequence[Approval]) -> tuple[str, ...]:
    """As an event carries them, each with its reason."""
    if verdict is None:
        return ()
    return (*used_waivers(verdict), *((f"verdict {verdict.verdict}: {who(waived)}",) if waived else ()))


def used_waivers(verdict: Verdict) -> tuple[str, ...]:
    used = [one.waiver for one in verdict.waivers if one.status == "used"]
    return tuple(f"{one.metric}: {one.reason}{f' (by {one.by})' if one.by else ''}" for one in used)


def who(approvals: Sequence[Approval], did: str = "approved ") -> str:
    by = ", ".join(dict.fromkeys(one.by for one in approvals))
    environments = ", ".join(dict.fromkeys(one.environment for one in approvals))
    return f"{by} {did}in the environment {environments}"


def approved(environment: str, approvals: Sequence[Approval]) -> Condition:
    if approvals:
        return Condition(name="approval", held=True, told=who(approvals))
    told = (
        f"nobody approved this run in the environment {environment}: it asks for no reviewers "
        "(require them there, and run this in a job with that environment)"
    )
    return Condition(name="approval", held=False, told=told)


def unasked(environment: str, why: str) -> Condition:
    """The platform does not say, or there is none: what is not known was not approved."""
    told = f"whether somebody approved in the environment {environment} is not known: {why}"
    return Condition(name="approval", held=False, told=told)


def waited(events: Sequence[AuditEvent], stage: str, asked: timedelta, now: datetime) -> Condition:
    """`stage`: the one before."""
    since = held_since(events, stage)
    if since is None:
        told = f"since when it holds {stage} is not known: the audit trail does not say it"
        return Condition(name="after", held=False, told=told)
    past = max(now - since, timedelta(0))
    told = f"it has held {stage} for {span(past)}, and {span(asked)} are asked for"
    if past >= asked:
        return Condition(name="after", held=True, told=told)
    then = (since + asked).strftime("%Y-%m-%d %H:%M")
    return Condition(name="after", held=False, told=f"{told}: from {then} UTC on")


def held_since(events: Sequence[AuditEvent], stage: str) -> datetime | None:
    """
    Since when the stage has what it has. What was found there, has been there at least since it was found; what is
    told once more of the same version begins nothing anew.
    """
    holder, since = "", None
    for event in events:
        taken = [event.version] if event.stage == stage else []
        for now in (event.found.get(stage, holder), *taken):
            # it was away, where it was found elsewhere before it came back
            if now != holder:
                holder, since = now, datetime.fromisoformat(event.at)
    return since if holder else None


def span(time: timedelta) -> str:
    """
    Of the two largest units.

    >>> span(timedelta(days=2, hours=3, minutes=5)), span(timedelta(hours=24)), span(timedelta(0))
    ('2 d 3 h', '24 h', '0 s')
    """
    rest, parts = int(time.total_seconds()), []
    if rest == 24 * 3600:
        return "24 h"
    for unit, seconds in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        if rest >= seconds:
            parts.append(f"{rest // seconds} {unit}")
            rest %= seconds
    return " ".join(parts[:2]) or "0 s"


def smoked(exit_code: int, tail: str, where: str = "") -> Condition:
    if exit_code == 0:
        return Condition(name="smoke", held=True, told=f"the smoke test ended with 0{where}")
    last = "; ".join(line.strip() for line in tail.splitlines() if line.strip())[-500:]
    told = f"the smoke test ended with {exit_code}{where}{f': {last}' if last else ''}"
    return Condition(name="smoke", held=False, told=told)


def not_its_verdict(version: Version, verdict: Verdict | None) -> str:
    """Empty: it is the one that the version was registered by."""
    if verdict is None:
        return "no verdict.json that can be read lies beside it"
    if verdict.candidate is None or verdict.candidate.digest != version.digest:
        return "the verdict that was registered with it is about another model"
    if verdict.verdict_digest != version.tags.get(tags.VERDICT_DIGEST):
        return "the verdict that lies beside it is not the one that it was registered by"
    if verdict.environment is not None and verdict.environment != version.tags.get(tags.ENVIRONMENT, ""):
        # by that tag packages are installed, to score with it or to try it
        return "its tag names another environment than it was judged in"
    return ""
