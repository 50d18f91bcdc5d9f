"""What is kept of the rows: counts and exact sums that merge by `+`, so partitions may come in any order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from ci_mlops.errors import BadData
from ci_mlops.evaluation.exact import exact_product, exact_sums
from ci_mlops.evaluation.joint import Joint, count_cells
from ci_mlops.evaluation.label_table import LabelTable, count_sets
from ci_mlops.evaluation.rows import Floats, Ints, Predictions, Rows

Need = Literal["decisions", "scores", "probabilities"]
ALL_ROWS = ""
# how far from 1 the probabilities of a row may add up: they may have been written with few digits
_ROUNDED = 1e-4
_LAST_BITS = 1e-9


class Term(Protocol):
    """Per-row quantities that a metric averages, see `MomentMetric`."""

    @property
    def name(self) -> str: ...

    def columns(self, rows: Rows) -> Sequence[Floats]:
        """Each of shape (rows,), or (2, rows) where a value is the sum of two floats, to keep what rounding drops."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """Rows kept whole for metrics that need their order."""

    labels: Floats
    champion: Floats | None
    candidate: Floats
    weights: Floats | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a model gave on all rows: decides which metrics are defined for it."""

    scores: bool
    probabilities: bool

    def offers(self, need: Need) -> bool:
        return {"decisions": True, "scores": self.scores, "probabilities": self.probabilities}[need]

    def __add__(self, other: "Said") -> "Said":
        return Said(
            scores=self.scores and other.scores, probabilities=self.probabilities and other.probabilities
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The state of one slice."""

    rows: int
    joint: Ints
    """
    Shape (8,): rows by `label * 4 + champion * 2 + candidate`; without a champion both are the candidate. Zeros for
    several classes, whose rows are in `table`.
    """
    differing_decisions: int
    differing_scores: int
    strayed: int
    """Rows where an answer differs by more than the last bits of a float."""
    champion: Said | None
    candidate: Said
    sums: Mapping[tuple[str, int, int], int]
    """
    (term, i, j) -> exact sum of column i times column j; column 0 is the constant 1. With weights, (term, 0, j) is
    the sum of weight times column j, and all others are sums with the weight's square: (term, -1, j) of column j.
    """
    ranked: tuple[Ranked, ...]
    table: Joint | None = None
    """Of several classes, or of rows with weights."""
    label_sets: LabelTable | None = None
    """Of rows that may carry several labels at once."""
    weighted: bool = False
    weight: int = 0
    """Exact sum of the weights, and of their squares; 0 without weights."""
    square: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            rows=self.rows + other.rows,
            joint=self.joint + other.joint,
            differing_decisions=self.differing_decisions + other.differing_decisions,
            differing_scores=self.differing_scores + other.differing_scores,
            strayed=self.strayed + other.strayed,
            champion=self.champion + other.champion if self.champion and other.champion else None,
            candidate=self.candidate + other.candidate,
            sums={key: self.sums[key] + other.sums[key] for key in self.sums},
            ranked=self.ranked + other.ranked,
            table=self.table + other.table if self.table and other.table else None,
            label_sets=self.label_sets + other.label_sets if self.label_sets and other.label_sets else None,
            weighted=self.weighted,
            weight=self.weight + other.weight,
            square=self.square + other.square,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the metrics at hand need to have kept."""

    cells: bool
    terms: tuple[Term, ...]
    ranks: bool
    classes: int = 2
    labels: int = 0
    """How many labels a row may carry at once; 0: it has one class."""


def tally(rows: Rows, plan: Plan) -> dict[str, Tally]:
    """The state of one partition: all rows under `ALL_ROWS`, and each slice under its name."""
    everywhere = np.zeros(len(rows), dtype=np.int64)
    result = {ALL_ROWS: _tally_groups(rows, plan, everywhere, 1)[0]}
    for column in rows.slices.values():
        groups = _tally_groups(rows, plan, column.codes, len(column.names))
        for name, group in zip(column.names, groups, strict=True):
            if name in result:
                raise BadData(
                    f"two slices are called {name}", mend="Rename one of the columns, or leave one out."
                )
            if group.rows:
                result[name] = group
    return result


def merge(states: Iterable[Mapping[str, Tally]]) -> dict[str, Tally]:
    total: dict[str, Tally] = {}
    for state in states:
        for name, part in state.items():
            total[name] = total[name] + part if name in total else part
    return total


def _tally_groups(rows: Rows, plan: Plan, codes: Ints, groups: int) -> list[Tally]:
    champion = rows.champion or rows.candidate
    counts = np.bincount(codes, minlength=groups)
    joint = np.zeros((groups, 8), dtype=np.int64)
    tables: list[Joint] | None = None
    if plan.cells and (plan.classes > 2 or rows.weights is not None):
        tables = count_cells(rows, plan.classes, codes, groups)
    if plan.cells and plan.classes == 2:
        cell = (rows.labels * 4 + champion.decisions * 2 + rows.candidate.decisions).astype(np.int64)
        joint = np.bincount(codes * 8 + cell, minlength=groups * 8).reshape(groups, 8)
    label_sets = count_sets(rows, plan.labels, codes, groups) if plan.labels else None
    decisions = _count(champion.decisions != rows.candidate.decisions, codes, groups)
    scores = _count(_differing_scores(champion, rows.candidate), codes, groups)
    strayed = _count(_strayed(champion, rows.candidate), codes, groups)
    sums = _sums(rows, plan.terms, codes, groups)
    weight = square = [0] * groups
    if rows.weights is not None:
        weight = exact_sums(rows.weights, codes, groups)
        square = exact_sums(rows.weights * rows.weights, codes, groups)
    return [
        Tally(
            rows=int(counts[group]),
            joint=joint[group],
            differing_decisions=int(decisions[group]),
            differing_scores=int(scores[group]),
            strayed=int(strayed[group]),
            champion=_said(rows.champion) if rows.champion else None,
            candidate=_said(rows.candidate),
            sums={key: totals[group] for key, totals in sums.items()},
            ranked=_ranked(rows, codes == group) if plan.ranks else (),
            table=tables[group] if tables is not None else None,
            label_sets=label_sets[group] if label_sets is not None else None,
            weighted=rows.weights is not None,
            weight=weight[group],
            square=square[group],
        )
        for group in range(groups)
    ]


def _sums(
    rows: Rows, terms: Sequence[Term], codes: Ints, groups: int
) -> dict[tuple[str, int, int], list[int]]:
    sums = {}
    squares = None if rows.weights is None else rows.weights * rows.weights
    for term in terms:
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is refused below, in words
            columns = [np.atleast_2d(column) for column in term.columns(rows)]
            if rows.weights is not None and squares is not None:
                plain = columns
                columns = [np.vstack([exact_product(rows.weights, part) for part in c]) for c in plain]
        for j, (right, *rest) in enumerate(columns, start=1):
            sums[term.name, 0, j] = _exact(term, right, codes, groups)
            for part in rest:
                more = _exact(term, part, codes, groups)
                sums[term.name, 0, j] = [a + b for a, b in zip(sums[term.name, 0, j], more, strict=True)]
            factors = [column[0] for column in (columns if squares is None else plain)]
            if squares is not None:
                sums[term.name, -1, j] = _exact(term, squares * factors[j - 1], codes, groups)
            for i, left in enumerate(factors[:j], start=1):
                with np.errstate(over="ignore", invalid="ignore"):
                    product = left * factors[j - 1]
                    product = product if squares is None else squares * product
                sums[term.name, i, j] = _exact(term, product, codes, groups)
    return sums


def _exact(term: Term, values: Floats, codes: Ints, groups: int) -> list[int]:
    if not np.isfinite(values).all():
        raise BadData(
            f"{term.name} can't be computed: values so large that their squares overflow",
            mend="Look for placeholder values such as 1e300 in the labels and predictions.",
        )
    return exact_sums(values, codes, groups)


def _ranked(rows: Rows, chosen: NDArray[np.bool_]) -> tuple[Ranked, ...]:
    if rows.candidate.scores is None:
        return ()
    champion = rows.champion.scores if rows.champion else None
    return (
        Ranked(
            labels=rows.labels[chosen],
            champion=None if champion is None else champion[chosen],
            candidate=rows.candidate.scores[chosen],
            weights=None if rows.weights is None else rows.weights[chosen],
        ),
    )


def _differing_scores(champion: Predictions, candidate: Predictions) -> NDArray[np.bool_]:
    if champion.scores is None or candidate.scores is None:
        either = (champion.scores is None) != (candidate.scores is None)
        return np.full(len(candidate.decisions), either)
    differing: NDArray[np.bool_] = champion.scores != candidate.scores
    # of several classes a row has several
    rows: NDArray[np.bool_] = np.asarray(differing.any(axis=tuple(range(1, differing.ndim))), dtype=np.bool_)
    return rows


def _strayed(champion: Predictions, candidate: Predictions) -> NDArray[np.bool_]:
    """Sums that threads take in another order differ in their last bits; a decision that turns is a difference."""
    apart: NDArray[np.bool_] = ~np.isclose(
        champion.decisions, candidate.decisions, rtol=_LAST_BITS, atol=_LAST_BITS
    )
    if champion.scores is None or candidate.scores is None:
        return apart | _differing_scores(champion, candidate)
    far = ~np.isclose(champion.scores, candidate.scores, rtol=_LAST_BITS, atol=_LAST_BITS)
    return apart | np.asarray(far.any(axis=tuple(range(1, far.ndim))), dtype=np.bool_)


def _count(flags: NDArray[np.bool_], codes: Ints, groups: int) -> Ints:
    return np.bincount(codes[flags], minlength=groups)


def _said(predictions: Predictions) -> Said:
    scores = predictions.scores
    if scores is None:
        return Said(scores=False, probabilities=False)
    inside = bool(np.all((scores >= 0) & (scores <= 1)))
    whole = scores.ndim == 1 or bool(np.all(np.abs(scores.sum(axis=1) - 1) <= _ROUNDED))
    return Said(scores=True, probabilities=inside and whole)
