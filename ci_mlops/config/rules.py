"""Settings as the court's policy: every limit a rule of its own, with the line it is written on."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ci_mlops.config.cost_rules import as_cost
from ci_mlops.records.policy import GateRule, Limit, LimitKind, Policy, Severity, Waiver
from ci_mlops.records.slices import spelt

if TYPE_CHECKING:
    from ci_mlops.config.court_settings import Gate
    from ci_mlops.config.settings import Config


def limits(gate: "Gate") -> Iterator[tuple[str, Limit]]:
    """(the key that it is written as, the limit), for each that the entry holds."""
    kinds: tuple[LimitKind, ...] = ("min", "max", "max_regression")
    for kind in kinds:
        value = getattr(gate, kind)
        if value is not None:
            yield kind, Limit(kind=kind, value=value, confident=gate.confident and kind in ("min", "max"))
    if gate.must is not None:
        yield "must", Limit(kind="improve")


def undecided(gate: "Gate", limit: Limit) -> Severity:
    if gate.undecided is not None:
        return gate.undecided
    return "warn" if gate.slice is not None or limit.kind == "max_regression" else "block"


def as_policy(config: "Config") -> Policy:
    test = config.data.test
    # what costs are given for is what the report's first sentence speaks of
    cost = ("expected_cost",) if config.cost is not None else ()
    named = dict.fromkeys((*config.metrics, *cost, *(gate.metric for gate in config.gates)))
    return Policy(
        task=config.task,
        metrics=tuple(named),
        gates=tuple(_rules(config)),
        waivers=tuple(_waivers(config)),
        cost=as_cost(config.cost) if config.cost is not None else None,
        slices=test.cuts,
        bins=test.bins,
        positive=test.positive,
        names=tuple(test.names.items()),
        classes=test.classes,
        weight=test.weight,
        group=test.group,
        time=test.time.column if test.time else None,
        block=test.time.block if test.time else None,
        overlap=test.overlap,
        worn_out=test.worn_out,
        columns=test.columns,
        unit=test.unit or "",
    )


def _rules(config: "Config") -> Iterator[GateRule]:
    for number, gate in enumerate(config.gates):
        for key, limit in limits(gate):
            yield GateRule(
                metric=gate.metric,
                limit=limit,
                slice=gate.slice if gate.slice is None or "=" in gate.slice else spelt(gate.slice),
                severity=gate.severity,
                undecided=undecided(gate, limit),
                where=config.where("gates", number, key),
            )


def _waivers(config: "Config") -> Iterator[Waiver]:
    for number, one in enumerate(config.waivers):
        yield Waiver(
            metric=one.metric,
            slice=one.slice,
            limit="improve" if one.limit == "must" else one.limit,
            reason=one.reason,
            until=one.until,
            by=one.by or "",
            where=config.where("waivers", number),
        )
