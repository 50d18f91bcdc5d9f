"""The court's first half: two models on the same rows, measured."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from difflib import get_close_matches

from ci_mlops.errors import BadConfig, BadData
from ci_mlops.evaluation.cell_metric import cells_of
from ci_mlops.evaluation.class_words import class_words
from ci_mlops.evaluation.confusion import confusion_table
from ci_mlops.evaluation.cost_curve import priced_by_threshold
from ci_mlops.evaluation.exact import as_fraction
from ci_mlops.evaluation.fairness import GroupMetric
from ci_mlops.evaluation.flips import flips
from ci_mlops.evaluation.gates import ruled_slices
from ci_mlops.evaluation.lost import told
from ci_mlops.evaluation.measure import measure
from ci_mlops.evaluation.metric import ClassCount, Metric
from ci_mlops.evaluation.moment_metric import effective_rows
from ci_mlops.evaluation.row_loss import row_loss
from ci_mlops.evaluation.search import search
from ci_mlops.evaluation.sketches import sketched
from ci_mlops.evaluation.tally import ALL_ROWS, Plan, Tally
from ci_mlops.evaluation.walks import EXACT_ROWS, LeftOut, Map, Partition, Walked, walk
from ci_mlops.records import (
    Comparison,
    Confusion,
    CostReport,
    Counted,
    Grouping,
    Measurement,
    Policy,
    Weighting,
)

_OF: dict[ClassCount, str] = {
    "two": "two classes",
    "several": "three or more classes",
    "any": "classes of which a row has one",
    "labels": "rows with several labels at once",
}


def compare(
    partitions: Iterable[Partition],
    policy: Policy,
    metrics: Sequence[Metric | GroupMetric],
    *,
    over: Map = map,
    exact_rows: int = EXACT_ROWS,
) -> Comparison:
    """
    Measure every metric on all rows and on every slice.

    `over` is `map`, or what distributes it: states are merged by `+`, so the outcome is the same. Rows are walked over
    once, and again where there may be more of them than `exact_rows`, if `partitions` can be walked over again.

    Raises:
        BadData: there is no row with a label, or none that has a weight.
        BadConfig: a metric that does not fit the number of classes, or can't heed weights.
    """
    bound: list[Metric | GroupMetric] = [metric.bind(policy) for metric in metrics]
    for metric in bound:
        _refuse_misfit(metric, policy)
    plan = _plan(bound, policy)
    walked = walk(partitions, plan, [m for m in bound if not isinstance(m, GroupMetric)], over, exact_rows)
    tallies, left = walked.tallies, walked.left
    if left.remarks is not None:
        left.remarks.refuse()
    if ALL_ROWS not in tallies or tallies[ALL_ROWS].rows == 0:
        raise _no_rows(left.missing, left.seen, left.unscored)
    everything = tallies[ALL_ROWS]
    _refuse_absent_slices(tallies, policy)
    weighting = _weighting(everything, policy)
    measurements = measure(bound, tallies, policy.floor, ruled_slices(policy, tallies))
    binary = policy.task == "classification" and not policy.classes
    return Comparison(
        rows=_counted(everything, left, policy, binary=binary),
        identical=everything.champion is not None
        and everything.differing_decisions == everything.differing_scores == 0,
        alike=everything.champion is not None and everything.strayed == 0,
        measurements=measurements,
        confusion=_confusion(everything, policy) if binary else None,
        confusion_table=confusion_table(everything, policy) if everything.table and policy.classes else None,
        flips=flips(everything, policy, class_words(policy)),
        weighting=weighting,
        grouping=_grouping(everything, policy),
        gone=tuple((name, *counts) for name, counts in sorted(left.gone.items()) if counts[0] or counts[1]),
        taken_parts=tuple(told(left.taken_sums, everything.rows + left.taken.rows, policy)),
        behind_on_taken=left.taken.errors_behind,
        unlike_on_taken=left.taken.errors_unlike,
        cost=_cost(measurements, policy),
        curves=_curves(walked),
        slices=tuple((name, tallies[name].rows) for name in sorted(tallies) if name != ALL_ROWS),
        search=search(everything.searched, policy),
    )


def _curves(walked: Walked) -> Mapping[str, list[float]]:
    cost = walked.curves.told("test") if walked.curves is not None else {}
    return cost | (walked.sketches.told() if walked.sketches is not None else {})


def _counted(everything: Tally, left: LeftOut, policy: Policy, *, binary: bool) -> Counted:
    return Counted(
        compared=everything.rows,
        missing_label=left.missing,
        seen=left.seen,
        unscored=left.unscored,
        lost=left.lost,
        lost_parts=tuple(told(left.lost_sums, everything.rows + left.lost, policy)),
        taken=left.taken.rows,
        positives=int(everything.joint[4:].sum()) if binary else None,
    )


def _plan(metrics: Sequence[Metric | GroupMetric], policy: Policy) -> Plan:
    return Plan(
        cells=policy.task == "classification" and not policy.multilabel,
        terms=tuple(metric.term for metric in metrics if metric.term is not None),
        ranks=any(metric.ranks for metric in metrics),
        classes=len(policy.classes) or 2,
        loss=row_loss(policy) if policy.search is not None else None,
        labels=len(policy.classes) if policy.multilabel else 0,
        prices=priced_by_threshold(policy),
        sketch=sketched(policy),
    )


def _refuse_misfit(metric: Metric | GroupMetric, policy: Policy) -> None:
    """What the config could not know of a plugin's metric."""
    fits: ClassCount = getattr(metric, "classes", "two")
    asked = "labels" if policy.multilabel else "several" if policy.classes else "two"
    if policy.task == "classification" and fits != asked and (fits != "any" or policy.multilabel):
        has = {"labels": "is `multilabel`", "several": f"has {len(policy.classes)}", "two": "has two"}[asked]
        raise BadConfig(
            f"`{metric.name}` is a metric of {_OF[fits]}, and the task {has}",
            mend="Name another metric, or look at `data.test.classes`.",
        )
    if policy.weight is not None and not getattr(metric, "weighs", False):
        raise BadConfig(
            f"`{metric.name}` does not heed the weights of rows, and `weight` is `{policy.weight}`",
            mend="Name another metric, or remove `data.test.weight`.",
        )


def _refuse_absent_slices(tallies: Mapping[str, Tally], policy: Policy) -> None:
    """A slice that is misspelt would cost what it costs everywhere, and nobody would see it."""
    for one in policy.cost.slices if policy.cost else ():
        if one.slice not in tallies:
            column = one.slice.partition("=")[0]
            there = [name for name in tallies if name.startswith(f"{column}=")]
            guess = next(iter(get_close_matches(one.slice, there, n=1)), None)
            raise BadData(
                f"no row of the test data is in the slice {one.slice}, which `cost.slices` prices",
                mend=f"Did you mean `{guess}`?" if guess else "Write `COLUMN=VALUE` as the data has it.",
            )


def _weighting(everything: Tally, policy: Policy) -> Weighting | None:
    if not everything.weighted:
        return None
    if not everything.weight:
        raise BadData(
            f"every row has the weight 0 in the column `{policy.weight}`",
            mend="Give the rows that count a weight above 0, or remove `weight`.",
        )
    return Weighting(
        column=policy.weight or "weight",
        total=float(as_fraction(everything.weight)),
        effective_rows=float(effective_rows(everything)),
    )


def _grouping(everything: Tally, policy: Policy) -> Grouping | None:
    column = policy.group or policy.time
    if everything.buckets is None or column is None:
        return None
    block = policy.block if policy.group is None else None
    return Grouping(column=column, units=everything.buckets.units, block=block)


def _no_rows(missing: int, seen: int, unscored: int) -> BadData:
    if seen or unscored:
        why = [
            f"{seen} rows were in a model's training, or equal such a row in all that the model is given"
            if seen
            else "",
            f"{unscored} can't be scored by one of the models" if unscored else "",
            f"{missing} have no label" if missing else "",
        ]
        return BadData(
            f"there is no row to compare: {', '.join(filter(None, why))}",
            mend="Split with the same seed in both versions; or, as for a model of few features, pin test rows of their own.",
        )
    return BadData(
        "there is no row to compare: every label is missing",
        mend="Look at the target column of the test data.",
    )


def _confusion(everything: Tally, policy: Policy) -> Confusion:
    champion, candidate = cells_of(everything)
    negative, positive = class_words(policy)
    return Confusion(
        positive=positive,
        negative=negative,
        champion=champion if everything.champion is not None else None,
        candidate=candidate,
    )


def _cost(measurements: Sequence[Measurement], policy: Policy) -> CostReport | None:
    found = [m for m in measurements if m.metric == "expected_cost" and m.slice is None]
    if policy.cost is None or not found or found[0].candidate is None:
        return None
    words = dict(policy.names)
    held = {part.name: getattr(policy.cost, part.name) for part in fields(policy.cost)}
    held["matrix"] = tuple(
        (words.get(true, true), words.get(said, said), price) for true, said, price in policy.cost.matrix
    )
    return CostReport(
        **held,
        champion=found[0].champion,
        candidate=found[0].candidate,
    )
