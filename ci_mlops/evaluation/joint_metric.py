"""How sure we are of a formula of a confusion matrix, whatever its classes and weights: delta method, with score limits."""

from typing import Protocol

import numpy as np

from ci_mlops.evaluation.buckets import Buckets
from ci_mlops.evaluation.grouped import BY_GROUP, grouped_interval
from ci_mlops.evaluation.intervals import Interval, wilson
from ci_mlops.evaluation.joint import Joint
from ci_mlops.evaluation.metric import Measured
from ci_mlops.evaluation.rows import Floats
from ci_mlops.evaluation.score_limits import score_limits


class Formula(Protocol):
    """A function of the confusion matrix, shape (classes, classes) by truth and by what was said."""

    @property
    def name(self) -> str: ...

    def value(self, confusion: Floats) -> float | None: ...

    def slopes(self, confusion: Floats, rows: float) -> Floats:
        """By cell, per share of the rows; finite also where a class was never called."""

    def counted(self, rows: Floats) -> float:
        """Effective rows in its denominator; `rows` is a confusion matrix of these."""

    def share(self, confusion: Floats) -> tuple[float, float] | None:
        """(hits, of how many) where it is a plain share of rows."""

    def silent(self, confusion: Floats) -> str:
        """What the candidate never said, where that alone can leave the rows unable to tell; mostly empty."""

    def undefined(self, confusion: Floats, whose: str) -> tuple[str, bool]:
        """Why there is no value, and whether that is the model's doing."""


def measure_joint(
    formula: Formula, joint: Joint, level: float, *, alone: bool, same: bool, buckets: Buckets | None = None
) -> Measured:
    """
    `alone`: there is no champion; `same`: both models decide the same on every row; `buckets`: of rows that are drawn
    together.
    """
    sides = {whose: joint.confusion(whose) for whose in ("champion", "candidate")}
    values = {whose: formula.value(matrix) for whose, matrix in sides.items()}
    units = None if buckets is None else buckets.units_by_class()
    events = min(_events(formula, joint, whose, units) for whose in sides)
    lacking = next((whose for whose in ("candidate", "champion") if values[whose] is None), None)
    before, after = (None if alone else values["champion"]), values["candidate"]
    if lacking is not None or after is None:
        reason, fault = formula.undefined(sides[lacking or "candidate"], lacking or "candidate")
        return Measured(
            events=events,
            champion=before,
            candidate=after,
            reason=reason,
            fault=fault and lacking == "candidate",
        )
    rows = float(effective_rows(joint, "candidate").sum())
    slopes = {whose: formula.slopes(matrix, rows) for whose, matrix in sides.items()}
    own = _alone(formula, joint, after, slopes["candidate"], level, buckets)
    method = f"delta method on the {'weighted ' if joint.weighted else ''}joint table{'' if buckets is None else BY_GROUP}"
    if before is None:
        return Measured(events=events, candidate=after, candidate_interval=own, method=method)
    difference = after - before
    interval = (0.0, 0.0) if same else _paired(joint, slopes, difference, level, buckets)
    if not same and interval[0] == interval[1]:
        # flat in every direction that rows could go, as of a class without a row: that is no certainty
        return Measured(
            events=events,
            champion=before,
            candidate=after,
            candidate_interval=own,
            reason=f"these rows can't tell how sure {formula.name} is: no row of it counts",
        )
    silent = formula.silent(sides["candidate"])
    return Measured(
        events=events,
        champion=before,
        candidate=after,
        candidate_interval=own,
        reason=silent,
        fault=bool(silent),
        difference=0.0 if same else difference,
        interval=interval,
        method="identical decisions" if same else method,
        identical=same,
    )


def interval_alone(formula: Formula, joint: Joint, level: float) -> Interval:
    """Of a model that has a value, what `measure_joint` gives as its own interval, and nothing else."""
    matrix = joint.confusion("candidate")
    value = formula.value(matrix)
    assert value is not None  # noqa: S101 - only asked for where there is one
    slopes = formula.slopes(matrix, float(effective_rows(joint, "candidate").sum()))
    return _alone(formula, joint, value, slopes, level, None)


def _events(formula: Formula, joint: Joint, whose: str, units: Floats | None) -> int:
    """Effective rows, or groups, of the denominator: of its rarest class, and of all its classes together."""
    effective = effective_rows(joint, whose)
    if units is not None:
        rows = effective.sum(axis=1)
        share = np.divide(units, rows, out=np.zeros(len(rows)), where=rows > 0)
        return int(formula.counted(effective * np.minimum(share, 1.0)[:, None]) + 1e-9)
    weight, square = (formula.counted(joint.confusion(whose, v)) for v in (joint.weight, joint.square))
    together = weight * weight / square if square else 0.0
    return int(min(formula.counted(effective), together) + 1e-9)


def effective_rows(joint: Joint, whose: str) -> Floats:
    weight, typical = joint.confusion(whose), joint.typical[:, None]
    return np.divide(weight, typical, out=np.zeros_like(weight), where=typical > 0)


def _alone(
    formula: Formula, joint: Joint, value: float, slopes: Floats, level: float, buckets: Buckets | None
) -> Interval:
    reach = slopes.min(axis=1), slopes.max(axis=1)
    if buckets is not None:
        _, truth, _, candidate = buckets.places
        return _around_groups(value, joint, buckets, slopes[truth, candidate], reach, level)
    effective = effective_rows(joint, "candidate")
    share = formula.share(effective)
    if share is not None and share[1] > 0:
        low, high = wilson(value * share[1], share[1], level)
        return min(low, value), max(high, value)
    truth, _, candidate = joint.places
    return _around(value, joint, slopes[truth, candidate], reach, level)


def _paired(
    joint: Joint, slopes: dict[str, Floats], difference: float, level: float, buckets: Buckets | None
) -> Interval:
    before, after = slopes["champion"], slopes["candidate"]
    reach = -_farthest(-after, -before), _farthest(after, before)
    if buckets is not None:
        _, truth, champion, candidate = buckets.places
        pull = after[truth, candidate] - before[truth, champion]
        return _around_groups(difference, joint, buckets, pull, reach, level)
    truth, champion, candidate = joint.places
    return _around(difference, joint, after[truth, candidate] - before[truth, champion], reach, level)


def _farthest(after: Floats, before: Floats) -> Floats:
    """For each true class the largest difference that two models who disagree on a row can make of it."""
    best, least = np.argsort(-after, axis=1)[:, :2], np.argsort(before, axis=1)[:, :2]
    pairs = [
        np.where(
            best[:, i] == least[:, j],
            -np.inf,
            np.take_along_axis(after, best[:, i : i + 1], 1)[:, 0]
            - np.take_along_axis(before, least[:, j : j + 1], 1)[:, 0],
        )
        for i in range(2)
        for j in range(2)
    ]
    farthest: Floats = np.max(pairs, axis=0)
    return farthest


def _around_groups(
    estimate: float, joint: Joint, buckets: Buckets, pull: Floats, reach: tuple[Floats, Floats], level: float
) -> Interval:
    """`pull`: of one row of each of the buckets' cells."""
    present = joint.by_truth(joint.weight) > 0
    middle = float((buckets.weight * pull).sum()) / joint.total
    groups = len(buckets.sizes)
    down, up = (float((np.abs(side - middle) * present).max()) / groups for side in reach)
    rows = float(joint.rows.sum())
    return grouped_interval(
        estimate,
        buckets.pulls(pull - middle) / joint.total,
        buckets.sizes,
        level,
        reach=(down, up),
        one_row=groups / rows,
    )


def _around(
    estimate: float, joint: Joint, pull: Floats, reach: tuple[Floats, Floats], level: float
) -> Interval:
    """
    The rows of a cell are one weighted count; and of every class that has rows, some that pull as far as any of it
    could may exist without having been seen.

    Source: a weighted count as a count of its effective size, Dobson et al. 1991, Statistics in Medicine 10.
    """
    middle = float((joint.weight * pull).sum()) / joint.total
    held = joint.weight > 0
    weight, truth = joint.weight[held], joint.places[0][held]
    # rows that moved may be lighter than theirs by chance: a heavy one could have as well
    heavy = np.maximum(joint.square[held] / weight, joint.typical[truth])
    present = joint.by_truth(joint.weight) > 0
    down, up = ((side - middle)[present] * joint.typical[present] / joint.total for side in reach)
    return score_limits(
        estimate,
        weight / heavy,
        (pull[held] - middle) * heavy / joint.total,
        (min(0.0, float(down.min())), max(0.0, float(up.max()))),
        level,
    )
