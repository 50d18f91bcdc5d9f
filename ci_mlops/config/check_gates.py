"""Whether metrics and gates name what can be measured, with limits that can hold and can break."""

from collections.abc import Iterator

from ci_mlops import plugins
from ci_mlops.config.draft import Draft
from ci_mlops.config.findings import Finding, close
from ci_mlops.config.marks import Loc
from ci_mlops.config.rules import limits
from ci_mlops.config.settings import Gate
from ci_mlops.records.metric_names import ALIASES, RANGE_OF, TASK_OF
from ci_mlops.records.policy import Limit, LimitKind


def check_metrics(draft: Draft) -> Iterator[Finding]:
    seen: set[str] = set()
    for number, metric in draft.metrics.items():
        if metric in seen:
            yield Finding(
                loc=("metrics", number), what=f"`{metric}` is listed twice", mend="Keep one of them."
            )
            continue
        seen.add(metric)
        yield from _measurable(draft, metric, ("metrics", number))


def check_gates(draft: Draft) -> Iterator[Finding]:
    seen: dict[tuple[str, str | None, LimitKind, str], int] = {}
    test = draft.test if draft.holds("data", "test", "slices") else None
    sliced = test.slices if test is not None else None
    for number, gate in draft.gates.items():
        yield from _measurable(draft, gate.metric, ("gates", number, "metric"))
        if sliced is not None:
            yield from _slice(gate, number, sliced)
        held = list(limits(gate))
        if not held:
            yield Finding(
                loc=("gates", number),
                what=f"the gate on `{gate.metric}` has no limit",
                mend="Give it one of `min`, `max`, `max_regression` or `must: improve`.",
            )
        if gate.min is not None and gate.max is not None and gate.min > gate.max:
            yield Finding(
                loc=("gates", number, "min"),
                what=f"`min` {gate.min:g} is above `max` {gate.max:g}",
                mend="Swap them.",
            )
        for key, limit in held:
            yield from _limit(gate.metric, limit, ("gates", number, key))
            rule = (gate.metric, gate.slice, limit.kind, gate.severity)
            if rule in seen:
                yield Finding(
                    loc=("gates", number, key),
                    what=f"`{key}` of `{gate.metric}` is set already, in gates[{seen[rule]}]",
                    mend="Keep one of them.",
                )
            seen.setdefault(rule, number)


def _measurable(draft: Draft, metric: str, loc: Loc) -> Iterator[Finding]:
    installed = plugins.available("metrics")
    known = {*TASK_OF, *installed}
    # without the list of plugins nobody can say that a name is wrong
    if installed and metric not in known:
        guess = close(metric, (*known, *ALIASES))
        fitting = sorted(name for name in known if TASK_OF.get(name, draft.task) == draft.task)
        yield Finding(
            loc=loc,
            what=f"unknown metric `{metric}`",
            mend=f"Did you mean `{guess}`?" if guess else f"Installed: {', '.join(fitting)}.",
        )
        return
    task = TASK_OF.get(metric)
    if task is not None and draft.task is not None and task != draft.task:
        fitting = sorted(name for name, fits in TASK_OF.items() if fits == draft.task)
        yield Finding(
            loc=loc,
            what=f"`{metric}` is a metric of {task}, and the task is {draft.task}",
            mend=f"For {draft.task}: {', '.join(fitting)}.",
        )
    elif metric == "expected_cost" and "cost" not in draft.written:
        yield Finding(
            loc=loc,
            what="`expected_cost` needs `cost`",
            mend="Add `cost: {unit: EUR, false_negative: 500, false_positive: 20}` with your numbers.",
        )


def _slice(gate: Gate, number: int, sliced: tuple[str, ...]) -> Iterator[Finding]:
    if gate.slice is None:
        return
    loc = ("gates", number, "slice")
    column, equals, value = gate.slice.partition("=")
    if column == "*" and not equals:
        if not sliced:
            yield Finding(
                loc=loc,
                what='`slice: "*"`, but `data.test.slices` lists no column',
                mend="List the columns there.",
            )
        return
    if column not in sliced:
        guess = close(column, sliced)
        listed = ", ".join(sliced) or "none"
        yield Finding(
            loc=loc,
            what=f"slice column `{column}` is not in `data.test.slices`",
            mend=f"Did you mean `{guess}`?" if guess else f"Add it there. Listed: {listed}.",
        )
    elif equals and not value:
        yield Finding(
            loc=loc,
            what=f"`{gate.slice}` names no value",
            mend=f"Write `{column}=VALUE`, or `{column}` for all.",
        )


def _limit(metric: str, limit: Limit, loc: Loc) -> Iterator[Finding]:
    if limit.value is None:
        return
    if limit.kind == "max_regression" and limit.value < 0:
        yield Finding(
            loc=loc,
            what=f"`max_regression` is negative: {limit.value:g}",
            mend="It is how much worse the candidate may be, 0 or more. To ask for better: `must: improve`.",
        )
    elif metric in RANGE_OF:
        low, high = RANGE_OF[metric]
        lowest, highest = (0.0, high - low) if limit.kind == "max_regression" else (low, high)
        if not lowest <= limit.value <= highest:
            yield Finding(
                loc=loc,
                what=f"`{limit.kind}: {limit.value:g}`, but `{metric}` lies between {low:g} and {high:g}",
                mend=f"Did you mean {limit.value / 100:g}?"
                if highest < limit.value <= 100
                else "Choose a limit that can hold and can break.",
            )
