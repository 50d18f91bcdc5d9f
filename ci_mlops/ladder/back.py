"""Where a rollback leads. Pure: a value that `rollback` carries out or prints."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ci_mlops.errors import BadConfig
from ci_mlops.ladder.holders import founded, holders, lineage, until
from ci_mlops.records import AuditEvent, Stay


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What was asked for; None: the version that the stage held before."""

    stage: str | None = None
    """None: the highest stage that has held a version."""
    version: str | None = None
    at: datetime | None = None
    """What the stage held at that moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    stage: str
    version: str
    replaces: str
    """Empty: the stage points to nothing today."""


def step_back(
    events: Sequence[AuditEvent],
    stages: Sequence[str],
    held: Mapping[str, str],
    target: Target,
    known: Collection[str],
) -> Back | Stay:
    """
    `held`: what the stages hold today; `known`: the versions that the registry still has.

    Raises:
        BadConfig: no such stage, or a version that never held it: that is for `promote`.
    """
    stage = _stage(events, stages, held, target)
    now = held.get(stage, "")
    wanted = target.version or _held_before(events, stage, now, target.at, known)
    if not wanted:
        return Stay(reason=_why_nothing(stage, now, target.at), exit_code=1)
    if wanted == now:
        return Stay(reason=f"{stage} holds version {now} already")
    where = "--to" if target.version else "--at"
    if wanted not in _ever(events, stage):
        if any(event.found.get(stage) == wanted for event in events):
            raise BadConfig(
                f"Version {wanted} came to {stage} by another hand, and nobody has looked into it",
                where=where,
                mend=f"Name another one. If it must be that one, set the alias `{stage}` in MLflow, and then "
                "`ci-mlops history --acknowledge`.",
            )
        raise BadConfig(
            f"Version {wanted} never held {stage}",
            where=where,
            mend=f"It goes up by `ci-mlops promote`. {stage} held: {', '.join(sorted(_ever(events, stage), key=_number)) or 'nothing'}.",
        )
    if wanted not in known:
        raise BadConfig(
            f"Version {wanted} is not in the registry any more",
            where=where,
            mend="Name another one: `ci-mlops history` tells what the stage held.",
        )
    return Back(stage=stage, version=wanted, replaces=now)


def _stage(
    events: Sequence[AuditEvent], stages: Sequence[str], held: Mapping[str, str], target: Target
) -> str:
    if target.stage is None:
        # never one below it, which nobody named: at night production is meant, be it that nothing can be done about it
        used = [stage for stage in stages if held.get(stage) or _ever(events, stage)]
        return used[-1] if used else stages[-1]
    if target.stage not in stages:
        raise BadConfig(
            f"`{target.stage}` is none of the stages",
            where="--stage",
            mend=f"They are {', '.join(stages)}, in this order.",
        )
    return target.stage


def _held_before(
    events: Sequence[AuditEvent], stage: str, now: str, at: datetime | None, known: Collection[str]
) -> str:
    if at is not None:
        return holders(until(events, at)).get(stage, "")
    # nobody named a version, so one that was deleted is passed over: at night there is no time to look for the next
    before = [version for version in lineage(events, stage) if version != now and version in known]
    return before[-1] if before else ""


def _why_nothing(stage: str, now: str, at: datetime | None) -> str:
    if at is not None:
        return f"{stage} held nothing at {at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"{stage} held no other before version {now}" if now else f"{stage} has held no version yet"


def _ever(events: Sequence[AuditEvent], stage: str) -> set[str]:
    took = {event.version for event in events if event.stage == stage}
    return took | founded(events, stage)


def _number(version: str) -> tuple[int, str]:
    return (int(version), "") if version.isdigit() else (0, version)
