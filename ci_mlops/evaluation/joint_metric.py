"""How sure we are of a formula of a confusion matrix, whatever its classes and weights: delta method, with score limits."""

from math import sqrt
from typing import Protocol

import numpy as np

from ci_mlops.evaluation.intervals import Interval, poisson_limits, wilson
from ci_mlops.evaluation.joint import Joint
from ci_mlops.evaluation.metric import Measured
from ci_mlops.evaluation.rows import Floats

# where one octave of pulls ends and the next begins: at no number that shares of rows are likely to be
_EDGE = 1.37


class Formula(Protocol):
    """A function of the confusion matrix, shape (classes, classes) by truth and by what was said."""

    @property
    def name(self) -> str: ...

    def value(self, confusion: Floats) -> float | None: ...

    def slopes(self, confusion: Floats, rows: int) -> Floats:
        """By cell, per share of the rows; finite also where a class was never called."""

    def counted(self, rows: Floats) -> float:
        """Effective rows in its denominator; `rows` is a confusion matrix of these."""

    def share(self, confusion: Floats) -> tuple[float, float] | None:
        """(hits, of how many) where it is a plain share of rows."""

    def undefined(self, confusion: Floats, whose: str) -> tuple[str, bool]:
        """Why there is no value, and whether that is the model's doing."""


def measure_joint(formula: Formula, joint: Joint, level: float, *, alone: bool, same: bool) -> Measured:
    """`alone`: there is no champion; `same`: both models decide the same on every row."""
    sides = {whose: joint.confusion(whose) for whose in ("champion", "candidate")}
    values = {whose: formula.value(matrix) for whose, matrix in sides.items()}
    events = min(int(formula.counted(effective_rows(joint, whose)) + 1e-9) for whose in sides)
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
    rows = int(joint.rows.sum())
    slopes = {whose: formula.slopes(matrix, rows) for whose, matrix in sides.items()}
    own = _alone(formula, joint, after, slopes["candidate"], level)
    table = "weighted joint table" if joint.weighted else "joint table"
    if before is None:
        return Measured(
            events=events, candidate=after, candidate_interval=own, method=f"delta method on the {table}"
        )
    difference = after - before
    return Measured(
        events=events,
        champion=before,
        candidate=after,
        candidate_interval=own,
        difference=0.0 if same else difference,
        interval=(0.0, 0.0) if same else _paired(joint, slopes, difference, level),
        method="identical decisions" if same else f"delta method on the {table}",
        identical=same,
    )


def effective_rows(joint: Joint, whose: str) -> Floats:
    return joint.confusion(whose, joint.rows) * joint.evenness[:, None]


def _alone(formula: Formula, joint: Joint, value: float, slopes: Floats, level: float) -> Interval:
    effective = effective_rows(joint, "candidate")
    share = formula.share(effective)
    if share is not None and share[1] > 0:
        low, high = wilson(value * share[1], share[1], level)
        return min(low, value), max(high, value)
    truth, _, candidate = joint.places
    present = joint.by_truth(joint.weight) > 0
    reach = slopes[present].min(axis=1), slopes[present].max(axis=1)
    return _around(value, joint, slopes[truth, candidate], reach, level)


def _paired(joint: Joint, slopes: dict[str, Floats], difference: float, level: float) -> Interval:
    before, after = slopes["champion"], slopes["candidate"]
    truth, champion, candidate = joint.places
    present = joint.by_truth(joint.weight) > 0
    reach = (
        -_farthest(-after[present], -before[present]),
        _farthest(after[present], before[present]),
    )
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


def _around(
    estimate: float, joint: Joint, pull: Floats, reach: tuple[Floats, Floats], level: float
) -> Interval:
    """
    Rows that pull about equally are one weighted count, with its own score limits; and the kinds of rows that were
    not seen at all are a count of none, that pulls as far as any of them could.

    Source: MOVER, Zou & Donner 2008, Statistics in Medicine 27; a weighted count as a count of its effective size,
    Dobson et al. 1991, Statistics in Medicine 10.
    """
    middle = float((joint.weight * pull).sum()) / joint.total
    typical = joint.typical[joint.by_truth(joint.weight) > 0]
    nothing = poisson_limits(0, level)[1]
    lowest = float(((reach[0] - middle) * typical).min()) / joint.total
    highest = float(((reach[1] - middle) * typical).max()) / joint.total
    down, up = (nothing * min(0.0, lowest)) ** 2, (nothing * max(0.0, highest)) ** 2
    pulled = (pull - middle) / joint.total
    size = np.abs(pulled)
    octave = np.frexp(size * _EDGE)[1].astype(np.int64) * 2 + (pulled > 0)
    for key in np.unique(octave[(size > 0) & (joint.weight > 0)]).tolist():
        chosen = (octave == key) & (size > 0)
        first = float((size[chosen] * joint.weight[chosen]).sum())
        second = float((size[chosen] ** 2 * joint.square[chosen]).sum())
        if not second:
            continue
        count, scale = first * first / second, second / first
        low, high = poisson_limits(count, level)
        less, more = scale * (count - low), scale * (high - count)
        if key % 2 == 0:
            less, more = more, less
        down, up = down + less**2, up + more**2
    return estimate - sqrt(down), estimate + sqrt(up)
