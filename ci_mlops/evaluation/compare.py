"""The court's first half: two models on the same rows, measured."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from ci_mlops.errors import BadData
from ci_mlops.evaluation.cell_metric import cells_of
from ci_mlops.evaluation.measure import measure
from ci_mlops.evaluation.metric import Metric
from ci_mlops.evaluation.rows import Rows
from ci_mlops.evaluation.tally import ALL_ROWS, Plan, Tally, merge, tally
from ci_mlops.records import Comparison, Confusion, CostReport, Counted, Measurement, Policy

Map = Callable[..., Iterable[dict[str, Tally]]]


def compare(
    partitions: Iterable[Rows], policy: Policy, metrics: Sequence[Metric], *, over: Map = map
) -> Comparison:
    """
    Measure every metric on all rows and on every slice.

    `over` is `map`, or what distributes it: states are merged by `+`, so the outcome is the same.

    Raises:
        BadData: there is no row with a label.
    """
    bound = [metric.bind(policy) for metric in metrics]
    plan = Plan(
        cells=policy.task == "classification",
        terms=tuple(metric.term for metric in bound if metric.term is not None),
        ranks=any(metric.ranks for metric in bound),
    )
    missing = seen = 0

    def counted() -> Iterable[Rows]:
        nonlocal missing, seen
        for rows in partitions:
            missing += rows.missing_label
            seen += rows.seen
            yield rows

    tallies = merge(over(partial(tally, plan=plan), counted()))
    if ALL_ROWS not in tallies or tallies[ALL_ROWS].rows == 0:
        raise _no_rows(missing, seen)
    everything = tallies[ALL_ROWS]
    measurements = measure(bound, tallies, policy.floor)
    classes = policy.task == "classification"
    return Comparison(
        rows=Counted(
            compared=everything.rows,
            missing_label=missing,
            seen=seen,
            positives=int(everything.joint[4:].sum()) if classes else None,
        ),
        identical=everything.champion is not None
        and everything.differing_decisions == everything.differing_scores == 0,
        measurements=measurements,
        confusion=_confusion(everything, policy) if classes else None,
        cost=_cost(measurements, policy),
        slices=tuple((name, tallies[name].rows) for name in sorted(tallies) if name != ALL_ROWS),
    )


def _no_rows(missing: int, seen: int) -> BadData:
    if seen:
        return BadData(
            f"there is no row to compare: {seen} rows were in a model's training"
            + (f", and {missing} have no label" if missing else ""),
            mend="Split with the same seed in both versions, or pin test rows that no training sees.",
        )
    return BadData(
        "there is no row to compare: every label is missing",
        mend="Look at the target column of the test data.",
    )


def _confusion(everything: Tally, policy: Policy) -> Confusion:
    champion, candidate = cells_of(everything)
    words = dict(policy.names)
    positive = policy.positive if policy.positive is not None else "1"
    word = words.get(positive, positive)
    others = [other for label, other in words.items() if label != positive]
    plain = "0" if policy.positive is None else f"not {word}"
    return Confusion(
        positive=word,
        negative=others[0] if others else plain,
        champion=champion if everything.champion is not None else None,
        candidate=candidate,
    )


def _cost(measurements: Sequence[Measurement], policy: Policy) -> CostReport | None:
    found = [m for m in measurements if m.metric == "expected_cost" and m.slice is None]
    if policy.cost is None or not found or found[0].candidate is None:
        return None
    return CostReport(
        unit=policy.cost.unit,
        false_negative=policy.cost.false_negative,
        false_positive=policy.cost.false_positive,
        true_positive=policy.cost.true_positive,
        true_negative=policy.cost.true_negative,
        champion=found[0].champion,
        candidate=found[0].candidate,
    )
