"""A search that blocks, as gates: each slice that it found is a broken rule; if it found none, one rule holds."""

from ci_mlops.records import Comparison, GateResult, Limit, Policy
from ci_mlops.records.search import Search, SearchRule, WorseSlice
from ci_mlops.records.verdict import Status

_METRIC = {"error_rate": "accuracy"}


def search_gates(comparison: Comparison, policy: Policy) -> list[GateResult]:
    rule, found = policy.search, comparison.search
    if rule is None or rule.severity != "block":
        return []
    if found is None:
        return [_gate(rule, policy, None, "skipped", reason="there is no champion to compare with")]
    if not found.searched and not comparison.identical:
        few = f"of {found.too_small} slices none has enough {_drawn(policy)} on which the models differ"
        return [_gate(rule, policy, found, "undecided", reason=few)]
    if not found.worse:
        none = f"searched {found.searched} slices: none is shown to be worse"
        return [_gate(rule, policy, found, "held", reason=none)]
    return [_gate(rule, policy, found, "broken", worse=one, reason=_said(one, found)) for one in found.worse]


def _gate(
    rule: SearchRule,
    policy: Policy,
    found: Search | None,
    status: Status,
    *,
    worse: WorseSlice | None = None,
    reason: str,
) -> GateResult:
    loss = found.loss if found is not None else "expected_cost" if policy.cost is not None else "error_rate"
    loss = "mae" if policy.task == "regression" else loss
    several = "any searched slice" if found is None else f"any of {found.searched} searched slices"
    turned = loss == "error_rate"
    sides = (None, None) if worse is None else (worse.champion, worse.candidate)
    champion, candidate = (1 - side if turned and side is not None else side for side in sides)
    return GateResult(
        metric=_METRIC.get(loss, loss),
        slice=worse.slice if worse is not None else several,
        rule=Limit(kind="max_regression", value=0.0),
        severity="block",
        undecided="warn",
        status=status,
        champion=champion,
        candidate=candidate,
        improvement=None if worse is None else worse.champion - worse.candidate,
        low=None if worse is None else -worse.at_most,
        high=None if worse is None else -worse.at_least,
        reason=reason,
        where=rule.where,
        number=len(policy.gates),
    )


def _said(worse: WorseSlice, found: Search) -> str:
    by = worse.candidate - worse.champion
    return (
        f"searched {found.searched} slices: {found.loss} is worse by {by:.4g}, at least {worse.at_least:.4g} "
        f"({found.correction})"
    )


def _drawn(policy: Policy) -> str:
    """What is counted for the floors of the search."""
    if policy.group is not None:
        return f"`{policy.group}`"
    return f"stretches of `{policy.time}`" if policy.block else "rows"
