"""Whether metrics and gates name what can be measured, with limits that can hold and can break."""

from collections.abc import Iterator

from ci_mlops import plugins
from ci_mlops.config.check_custom import check_columns, check_custom, is_of_a_file
from ci_mlops.config.check_slices import check_gate_slice
from ci_mlops.config.draft import Draft
from ci_mlops.config.findings import Finding, close
from ci_mlops.config.marks import Loc
from ci_mlops.config.rules import limits
from ci_mlops.records.metric_fit import EXAMPLES_AT, misfit, spelled, wrong_number
from ci_mlops.records.metric_names import (
    ALIASES,
    ANY_TASK,
    PER_QUERY,
    SEVERAL_CLASSES,
    TASK_OF,
    TWO_CLASSES,
    at_number,
    of_one_class,
    plugin_of,
    range_of,
    task_of,
)
from ci_mlops.records.policy import Limit, LimitKind


def check_metrics(draft: Draft) -> Iterator[Finding]:
    yield from check_columns(draft)
    seen: set[str] = set()
    for number, metric in draft.metrics.items():
        if metric in seen:
            yield Finding(
                loc=("metrics", number), what=f"`{metric}` is listed twice", mend="Keep one of them."
            )
            continue
        seen.add(metric)
        yield from measurable(draft, metric, ("metrics", number))


def check_gates(draft: Draft) -> Iterator[Finding]:
    seen: dict[tuple[str, str | None, LimitKind, str], int] = {}
    test = draft.test if draft.holds("data", "test", "slices") else None
    for number, gate in draft.gates.items():
        yield from measurable(draft, gate.metric, ("gates", number, "metric"))
        if test is not None:
            yield from check_gate_slice(gate, number, test)
        held = list(limits(gate))
        if not held:
            yield Finding(
                loc=("gates", number),
                what=f"the gate on `{gate.metric}` has no limit",
                mend="Give it one of `min`, `max`, `max_regression` or `must: improve`.",
            )
        if gate.confident and gate.min is None and gate.max is None:
            yield Finding(
                loc=("gates", number, "confident"),
                what="`confident` is of `min` and `max`, and this gate has neither",
                mend="Remove it: `max_regression` and `must: improve` look at the interval in any case.",
            )
        if gate.min is not None and gate.max is not None and gate.min > gate.max:
            yield Finding(
                loc=("gates", number, "min"),
                what=f"`min` {gate.min:g} is above `max` {gate.max:g}",
                mend="Swap them.",
            )
        for key, limit in held:
            yield from _limit(gate.metric, limit, ("gates", number, key), several=bool(_classes(draft)))
            rule = (gate.metric, gate.slice, limit.kind, gate.severity)
            if rule in seen:
                yield Finding(
                    loc=("gates", number, key),
                    what=f"`{key}` of `{gate.metric}` is set already, in gates[{seen[rule]}]",
                    mend="Keep one of them.",
                )
            seen.setdefault(rule, number)


def measurable(draft: Draft, metric: str, loc: Loc) -> Iterator[Finding]:
    if is_of_a_file(metric):
        yield from check_custom(draft, metric, loc)
        return
    installed = plugins.available("metrics")
    known = {*TASK_OF, *installed}
    plugin, label = plugin_of(metric), of_one_class(metric)[1]
    classes = _classes(draft)
    if (what := wrong_number(metric)) is not None:
        yield Finding(loc=loc, what=f"`{metric}` {what[0]}", mend=what[1])
        return
    fitting = sorted(spelled(name) for name in known if _fits(name, draft.task, several=bool(classes)))
    # without the list of plugins nobody can say that a name is wrong
    if installed and plugin not in known:
        base, number = at_number(metric)
        guess = close(of_one_class(base)[0], (*map(spelled, known), *EXAMPLES_AT, *ALIASES))
        of = f" of {label}" if label is not None else f" at {number}" if number else ""
        yield Finding(
            loc=loc,
            what=f"unknown metric `{metric}`",
            mend=f"Did you mean `{guess}{of}`?" if guess else f"Installed: {', '.join(fitting)}.",
        )
        return
    task = task_of(metric)
    if task is not None and draft.task is not None and task != draft.task:
        fitting = sorted(spelled(name) for name in TASK_OF if _fits(name, draft.task, several=bool(classes)))
        yield Finding(
            loc=loc,
            what=f"`{metric}` is a metric of {task}, and the task is {draft.task}",
            mend=f"For {draft.task}: {', '.join(fitting)}.",
        )
    elif (
        (task or draft.task) == "classification"
        and plugin in TASK_OF
        and classes is not None
        and (what := misfit(plugin, label, classes))
    ):
        yield Finding(loc=loc, what=f"`{metric}` {what[0]}", mend=what[1])
    elif plugin in PER_QUERY and draft.test is not None and draft.test.group is None:
        yield Finding(
            loc=loc,
            what=f"`{metric}` is a mean over queries, and `data.test.group` names no column",
            mend="Name the column that says which rows are of one query: `group: query_id`.",
        )
    elif metric == "expected_cost" and "cost" not in draft.written:
        yield Finding(
            loc=loc,
            what="`expected_cost` needs `cost`",
            mend=_with_your_numbers(draft.task, classes),
        )


def _with_your_numbers(task: str | None, classes: tuple[str, ...] | None) -> str:
    prices = "false_negative: 500, false_positive: 20"
    if task == "regression":
        prices = "over: 2, under: 5"
    elif classes:
        prices = f"matrix: {{{classes[0]}: {{{classes[1]}: 3}}}}"
    return f"Add `cost: {{unit: EUR, {prices}}}` with your numbers."


def _classes(draft: Draft) -> tuple[str, ...] | None:
    """None: not known, so that nothing is said about them."""
    if draft.test is None or not draft.holds("data", "test", "classes"):
        return None
    return draft.test.classes


def _fits(name: str, task: str | None, *, several: bool) -> bool:
    wrong = TWO_CLASSES if several else SEVERAL_CLASSES
    if name in ANY_TASK:
        return True
    return TASK_OF.get(name, task) == task and name not in wrong


def _limit(metric: str, limit: Limit, loc: Loc, *, several: bool) -> Iterator[Finding]:
    if limit.value is None:
        return
    if limit.kind == "max_regression" and limit.value < 0:
        yield Finding(
            loc=loc,
            what=f"`max_regression` is negative: {limit.value:g}",
            mend="It is how much worse the candidate may be, 0 or more. To ask for better: `must: improve`.",
        )
    elif (bounds := range_of(metric, several=several)) is not None:
        low, high = bounds
        lowest, highest = (0.0, high - low) if limit.kind == "max_regression" else (low, high)
        if not lowest <= limit.value <= highest:
            yield Finding(
                loc=loc,
                what=f"`{limit.kind}: {limit.value:g}`, but `{metric}` lies between {low:g} and {high:g}",
                mend=f"Did you mean {limit.value / 100:g}?"
                if highest < limit.value <= 100
                else "Choose a limit that can hold and can break.",
            )
