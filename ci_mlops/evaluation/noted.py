"""What is worked out of a block of rows once, and then counted for all rows and for every slice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ci_mlops.errors import BadData
from ci_mlops.evaluation.exact import BLOCK, Digits, digits_of, exact_product, sums_of
from ci_mlops.evaluation.rows import Floats, Ints, Predictions, Rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ci_mlops.evaluation.tally import Said, Term

    Flags = NDArray[np.bool_]

_LAST_BITS = 1e-9
# joint table of two classes, and three marks
_CELLS, _MARKS = 8, 8
_DECIDED, _SCORED, _STRAYED = 4, 2, 1

Sums = dict[tuple[str, int, int], list[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Of each group of rows; all but `joint` have shape (groups,)."""

    rows: Ints
    joint: Ints
    """Shape (groups, 8), see `Tally`; zeros for several classes."""
    differing_decisions: Ints
    differing_scores: Ints
    strayed: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    champion: Said | None
    candidate: Said
    codes: Ints
    """Shape (rows,): place in the joint table, then where the models differ."""
    digits: Mapping[tuple[str, int, int], Sequence[Digits]]
    """By the keys of `Tally.sums`."""

    def count(self, codes: Ints | None, groups: int) -> Counted:
        size = _CELLS * _MARKS
        places = self.codes if codes is None else codes * size + self.codes
        flat = np.bincount(places, minlength=groups * size)
        cells = flat.reshape(groups, _CELLS, _MARKS)
        marks = cells.sum(axis=1)
        decisions, scores, strayed = (
            marks[:, (np.arange(_MARKS) & bit) > 0].sum(axis=1) for bit in (_DECIDED, _SCORED, _STRAYED)
        )
        return Counted(
            rows=marks.sum(axis=1),
            joint=cells.sum(axis=2),
            differing_decisions=decisions,
            differing_scores=scores,
            strayed=strayed,
        )

    def sums(self, codes: Ints | None, groups: int) -> Sums:
        return {key: sums_of(digits, codes, groups) for key, digits in self.digits.items()}


def blocks(rows: Rows) -> Iterator[Rows]:
    """So many rows at a time as a core's cache holds: several times faster than all at once."""
    if len(rows) <= BLOCK:
        yield rows
        return
    for start in range(0, len(rows), BLOCK):
        chosen = slice(start, start + BLOCK)
        # whatever has one value a row
        arrays = {field.name: _part(getattr(rows, field.name), chosen) for field in fields(rows)}
        yield replace(
            rows,
            **arrays
            | {
                "candidate": _cut(rows.candidate, chosen),
                "champion": None if rows.champion is None else _cut(rows.champion, chosen),
                "slices": {
                    name: replace(column, codes=column.codes[chosen]) for name, column in rows.slices.items()
                },
            },
        )


def _part(value: Any, chosen: slice) -> Any:
    if isinstance(value, np.ndarray):
        return value[chosen]
    if isinstance(value, Mapping) and all(isinstance(column, np.ndarray) for column in value.values()):
        return {name: column[chosen] for name, column in value.items()}
    return value


def _cut(predictions: Predictions, chosen: slice) -> Predictions:
    scores = None if predictions.scores is None else predictions.scores[chosen]
    return Predictions(decisions=predictions.decisions[chosen], scores=scores)


def joint_codes(rows: Rows, *, binary: bool) -> Ints:
    """For `Noted.codes`."""
    champion, candidate = rows.champion or rows.candidate, rows.candidate
    decided = champion.decisions != candidate.decisions
    scored = differing_scores(champion, candidate)
    # two classes are told apart by any difference
    apart = decided if binary else _far(champion.decisions, candidate.decisions)
    marks = [decided, scored, apart | _strayed(champion, candidate, scored)]
    cell = [side == 1 for side in (rows.labels, champion.decisions, candidate.decisions)] if binary else []
    codes = np.zeros(len(rows), dtype=np.uint8)
    for flags in (*cell, *marks):
        codes <<= 1
        codes |= flags.view(np.uint8)
    return codes.astype(np.int64)


def differing_scores(champion: Predictions, candidate: Predictions) -> Flags:
    if champion.scores is None or candidate.scores is None:
        either = (champion.scores is None) != (candidate.scores is None)
        return np.full(len(candidate.decisions), either)
    return _of_row(champion.scores != candidate.scores)


def _strayed(champion: Predictions, candidate: Predictions, differing: Flags) -> Flags:
    """Sums that threads take in another order differ in their last bits; a decision that turns is a difference."""
    if champion.scores is None or candidate.scores is None:
        return differing
    return _of_row(_far(champion.scores, candidate.scores))


def _far(one: Floats, other: Floats) -> Flags:
    with np.errstate(invalid="ignore", over="ignore"):
        size = max(float(other.max(initial=0.0)), -float(other.min(initial=0.0)))
        # most rows are farther apart than any could be that are near
        far: Flags = np.abs(one - other) > _LAST_BITS * size + _LAST_BITS
        doubtful = ~far
        if doubtful.any():
            a, b = one[doubtful], other[doubtful]
            near = (np.abs(a - b) <= _LAST_BITS * np.abs(b) + _LAST_BITS) | (a == b)
            far[doubtful] = ~near
    return far


def _of_row(flags: Flags) -> Flags:
    """Of several classes a row has several scores."""
    return flags if flags.ndim == 1 else np.asarray(flags.any(axis=1), dtype=np.bool_)


def digits_of_terms(rows: Rows, terms: Sequence[Term]) -> dict[tuple[str, int, int], list[Digits]]:
    """Of the columns of each term, and of their products."""
    found: dict[tuple[str, int, int], list[Digits]] = {}
    squares = None if rows.weights is None else rows.weights * rows.weights
    for term in terms:
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is refused below, in words
            columns = [np.atleast_2d(column) for column in term.columns(rows)]
            factors = [column[0] for column in columns]
            if rows.weights is not None:
                columns = [np.vstack([exact_product(rows.weights, part) for part in c]) for c in columns]
        for j, column in enumerate(columns, start=1):
            # a value may be the sum of several floats
            found[term.name, 0, j] = [digit for part in column for digit in _digits(term, part)]
            with np.errstate(over="ignore", invalid="ignore"):
                right = factors[j - 1] if squares is None else squares * factors[j - 1]
                products = [left * right for left in factors[:j]]
            if squares is not None:
                found[term.name, -1, j] = _digits(term, right)
            for i, product in enumerate(products, start=1):
                found[term.name, i, j] = _digits(term, product)
    return found


def _digits(term: Term, values: Floats) -> list[Digits]:
    if not np.isfinite(values).all():
        raise BadData(
            f"{term.name} can't be computed: values so large that their squares overflow",
            mend="Look for placeholder values such as 1e300 in the labels and predictions.",
        )
    return digits_of(values)
