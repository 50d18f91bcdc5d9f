"""From tallies to measurements: every metric on all rows and on every slice, slices corrected for their number."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import isfinite

from ci_mlops.evaluation.fairness import GroupMetric
from ci_mlops.evaluation.intervals import normal_quantile
from ci_mlops.evaluation.metric import Measured, Metric
from ci_mlops.evaluation.moment_metric import beside_the_commonest
from ci_mlops.evaluation.tally import ALL_ROWS, Tally
from ci_mlops.records import Measurement
from ci_mlops.records.policy import Severity

LEVEL = 0.95
At = Callable[[str, float], Measurement]
"""(slice, level) -> its measurement."""
Correction = Callable[[Sequence[str], At], dict[str, Measurement]]
"""Slices from the clearest difference on -> what is shown of them, corrected for their number."""

Ruled = Mapping[str, Mapping[str, Severity]]
"""Metric -> slice that a rule is about -> the severity of the strictest such rule."""
NOTHING_RULED: Ruled = {}


def measure(
    metrics: Sequence[Metric | GroupMetric],
    tallies: Mapping[str, Tally],
    floor: int,
    ruled: Ruled = NOTHING_RULED,
) -> tuple[Measurement, ...]:
    """
    Slices with fewer events than `floor` do not count among those that could be worse; nor do, beside those that a rule
    is about, the others: one more column to be looked at must not let more through.
    """
    slices = sorted(name for name in tallies if name != ALL_ROWS)
    plain = _measure_all(metrics, tallies)
    found = []
    for place, metric in enumerate(metrics):
        if isinstance(metric, GroupMetric):
            groups = metric.measure_groups(tallies, LEVEL, floor)
            found.append(_measurement(metric, None, tallies[ALL_ROWS], groups, LEVEL))
            continue
        found.append(plain[place, ALL_ROWS])
        rules = ruled.get(metric.name, {})
        measured: dict[str, Measurement] = {}
        for severity, correct in _CORRECTIONS.items():
            alike = {name: tallies[name] for name in slices if rules.get(name) == severity}
            own = {name: plain[place, name] for name in alike}
            measured |= _correct_slices(metric, alike, own, floor, correct)
        found.extend(measured[name] for name in slices)
    return tuple(found)


def _measure_all(
    metrics: Sequence[Metric | GroupMetric], tallies: Mapping[str, Tally]
) -> dict[tuple[int, str], Measurement]:
    """(place of the metric, slice) -> its measurement; slice by slice, so that one slice's rows are in order at a time."""
    found = {}
    for name, tally in tallies.items():
        for place, metric in enumerate(metrics):
            if not isinstance(metric, GroupMetric):
                found[place, name] = _measure_one(metric, name or None, tally, LEVEL)
        tally.let_go()
    return found


def _correct_slices(
    metric: Metric,
    slices: Mapping[str, Tally],
    measured: Mapping[str, Measurement],
    floor: int,
    correct: Correction,
) -> dict[str, Measurement]:
    plain = {name: _excused(found, metric, slices[name], floor) for name, found in measured.items()}
    judged = [name for name, m in plain.items() if m.events >= floor and m.low is not None]
    judged.sort(key=lambda name: (-_distance(plain[name]), name))

    def at(name: str, level: float) -> Measurement:
        return _measure_one(metric, name, slices[name], level)

    return {**plain, **correct(judged, at)}


def _excused(found: Measurement, metric: Metric, tally: Tally, floor: int) -> Measurement:
    """A slice of few rows may leave a good model silent by chance; what a model gives nowhere is no chance."""
    if not found.fault or _lacking(metric, tally):
        return found
    of_one_class_each = tally.table is not None or tally.joint.any()
    told = beside_the_commonest(tally) if of_one_class_each else tally.rows
    return found if told >= floor else replace(found, fault=False)


def _step_down(judged: Sequence[str], at: At) -> dict[str, Measurement]:
    """
    Step down from the clearest difference; k slices looked at share one error of 5 %.

    Source: Holm 1979, Scandinavian Journal of Statistics 6. The interval shown is the one that decides: at the
    level of its step, and from the first step that shows nothing on, at the level of that step.
    """
    found: dict[str, Measurement] = {}
    left, going_on = len(judged), True
    for name in judged:
        found[name] = at(name, 1 - (1 - LEVEL) / left)
        going_on = going_on and found[name].word in ("better", "worse")
        left = max(1, left - 1) if going_on else left
    return found


def _discover(judged: Sequence[str], at: At) -> dict[str, Measurement]:
    """
    Of all slices that are shown to differ, one in twenty may be chance. The interval shown is the one that decides: it
    leaves out one in twenty of the intervals that are looked at because they differ.

    Source: Benjamini & Hochberg 1995, Journal of the Royal Statistical Society B 57; intervals as Benjamini & Yekutieli
    2005, Journal of the American Statistical Association 100.
    """
    differing = len(judged)
    while judged:
        level = 1 - (1 - LEVEL) * max(1, differing) / len(judged)
        found = {name: at(name, level) for name in judged}
        shown = sum(m.word in ("better", "worse") for m in found.values())
        if shown >= differing:
            return found
        differing = shown
    return {}


_CORRECTIONS: dict[Severity | None, Correction] = {"block": _step_down, "warn": _discover, None: _step_down}


def _distance(measurement: Measurement) -> float:
    """How many standard errors the difference is away from zero; only puts slices in order."""
    if measurement.low is None or measurement.high is None or measurement.improvement is None:
        return 0.0
    width = measurement.high - measurement.low
    return abs(measurement.improvement) / width if width else 0.0


def _measure_one(metric: Metric, name: str | None, tally: Tally, level: float) -> Measurement:
    lacking = _lacking(metric, tally)
    if tally.weighted and not tally.weight:
        measured = Measured(events=0, reason="every row has the weight 0")
    elif lacking:
        measured = Measured(events=tally.rows, reason=lacking, fault=True)
    else:
        measured = metric.measure(tally, level)
    return _measurement(metric, name, tally, _bounded(measured), level)


def _bounded(measured: Measured) -> Measured:
    """Bounds that are nowhere are no interval: rows of one group have none, nor have weights sixteen orders apart."""
    own, both = (
        interval if interval is None or all(map(isfinite, interval)) else None
        for interval in (measured.candidate_interval, measured.interval)
    )
    if (own, both) == (measured.candidate_interval, measured.interval):
        return measured
    reason = measured.reason or "these rows can't tell how sure it is, as rows of one group can't"
    return replace(measured, candidate_interval=own, interval=both, reason=reason)


def _measurement(
    metric: Metric | GroupMetric, name: str | None, tally: Tally, measured: Measured, level: float
) -> Measurement:
    sign = 1 if metric.higher_is_better else -1
    low = high = improvement = None
    if measured.difference is not None and measured.interval is not None:
        # 0.0 and -0.0 print differently
        improvement = sign * measured.difference + 0.0
        low, high = sorted(sign * bound + 0.0 for bound in measured.interval)
    alone = measured.candidate_interval or (None, None)
    return Measurement(
        metric=metric.name,
        slice=name,
        rows=tally.rows,
        events=measured.events,
        higher_is_better=metric.higher_is_better,
        champion=measured.champion,
        candidate=measured.candidate,
        candidate_low=alone[0],
        candidate_high=alone[1],
        improvement=improvement,
        low=low,
        high=high,
        level=level,
        method=measured.method,
        reason=measured.reason,
        identical=measured.identical,
        fault=measured.fault,
    )


def _lacking(metric: Metric, tally: Tally) -> str:
    """Why a metric can't be had of what the models said; empty where it can."""
    several = tally.table is not None and tally.table.classes > 2
    doubt = "some lie outside 0 to 1" + (", or those of a row do not add up to 1" if several else "")
    for whose, said in (("candidate", tally.candidate), ("champion", tally.champion)):
        if said is None or said.offers(metric.need):
            continue
        if not said.scores:
            return f"the {whose} gives no scores, and {metric.name} needs them"
        return f"the {whose}'s scores are no probabilities ({doubt}), and {metric.name} needs them"
    return ""


def standard_error(measurement: Measurement) -> float | None:
    if measurement.low is None or measurement.high is None:
        return None
    return (measurement.high - measurement.low) / 2 / normal_quantile(measurement.level)
