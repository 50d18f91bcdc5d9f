"""What is kept of the rows: counts and exact sums that merge by `+`, so partitions may come in any order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

from ci_mlops.errors import BadData
from ci_mlops.evaluation.buckets import Buckets, count_buckets
from ci_mlops.evaluation.exact import exact_sums
from ci_mlops.evaluation.joint import Joint, count_cells
from ci_mlops.evaluation.label_table import LabelTable, count_sets
from ci_mlops.evaluation.noted import Noted, blocks, digits_of_terms, joint_codes
from ci_mlops.evaluation.row_loss import RowLoss
from ci_mlops.evaluation.row_order import KeepsOrder, Ranked
from ci_mlops.evaluation.rows import Floats, Ints, Predictions, Rows, SliceColumn
from ci_mlops.evaluation.searched import Searched, searched_sums
from ci_mlops.evaluation.sketches import Kind
from ci_mlops.records import Cost

if TYPE_CHECKING:
    from ci_mlops.evaluation.binned_metric import Binned

Need = Literal["decisions", "scores", "probabilities"]
ALL_ROWS = ""
# how far from 1 the probabilities of a row may add up: they may have been written with few digits
_ROUNDED = 1e-4


class Term(Protocol):
    """Per-row quantities that a metric averages, see `MomentMetric`."""

    @property
    def name(self) -> str: ...

    # a term whose `crossed` is False needs no products of two of its columns, but only their squares

    def columns(self, rows: Rows) -> Sequence[Floats]:
        """Each of shape (rows,), or (2, rows) where a value is the sum of two floats, to keep what rounding drops."""


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


# no slots: see `KeepsOrder`
@dataclass(frozen=True, kw_only=True)
class Tally(KeepsOrder):
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
    buckets: Buckets | None = None
    """Of rows that are drawn together; None: every row is drawn alone."""
    label_sets: LabelTable | None = None
    """Of rows that may carry several labels at once."""
    weighted: bool = False
    weight: int = 0
    """Exact sum of the weights, and of their squares; 0 without weights."""
    square: int = 0
    binned: Mapping[str, "Binned"] = field(default_factory=dict)
    """Metrics of order that were measured on bins, by name; set once all rows are counted."""
    searched: Mapping[str, Searched] = field(default_factory=dict)
    """Of all rows only: the slices that are looked through for worse ones."""

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
            buckets=self.buckets + other.buckets if self.buckets and other.buckets else None,
            label_sets=self.label_sets + other.label_sets if self.label_sets and other.label_sets else None,
            weighted=self.weighted,
            weight=self.weight + other.weight,
            square=self.square + other.square,
            searched={
                name: self.searched[name] + other.searched[name]
                if name in self.searched and name in other.searched
                else self.searched.get(name) or other.searched[name]
                for name in (*self.searched, *(name for name in other.searched if name not in self.searched))
            },
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the metrics at hand need to have kept."""

    cells: bool
    terms: tuple[Term, ...]
    ranks: bool
    classes: int = 2
    loss: RowLoss | None = None
    """What worse slices are searched by; None: they are not."""
    prices: Cost | None = None
    """What decisions cost at every threshold is counted too; None: it is not."""
    sketch: Kind | None = None
    """What is counted to be drawn."""
    labels: int = 0
    """How many labels a row may carry at once; 0: it has one class."""


def tally(rows: Rows, plan: Plan) -> dict[str, Tally]:
    """The state of one partition: all rows under `ALL_ROWS`, and each slice under its name."""
    state = merge(_tally(part, plan) for part in blocks(rows))
    if rows.groups is not None:
        state = _with_buckets(state, rows, plan)
    if plan.loss is not None:
        searched = searched_sums(rows, plan.loss)
        state[ALL_ROWS] = replace(state[ALL_ROWS], searched=searched)
    return state


def _with_buckets(state: Mapping[str, Tally], rows: Rows, plan: Plan) -> dict[str, Tally]:
    """Of the partition as a whole: in each of its blocks most groups would be met again."""
    everywhere = SliceColumn(codes=np.zeros(len(rows), dtype=np.int64), names=(ALL_ROWS,))
    classes = plan.classes if plan.cells else 0
    found = dict(state)
    for column in (everywhere, *rows.slices.values()):
        counted = count_buckets(rows, classes, plan.terms, column.codes, len(column.names))
        for name, buckets in zip(column.names, counted, strict=True):
            if name in found:
                found[name] = replace(found[name], buckets=buckets)
    return found


def _tally(rows: Rows, plan: Plan) -> dict[str, Tally]:
    noted = Noted(
        champion=_said(rows.champion) if rows.champion else None,
        candidate=_said(rows.candidate),
        codes=joint_codes(rows, binary=plan.cells and plan.classes == 2),
        digits=digits_of_terms(rows, plan.terms),
    )
    result = {ALL_ROWS: _tally_groups(rows, plan, noted, None, 1)[0]}
    for column in rows.slices.values():
        groups = _tally_groups(rows, plan, noted, column.codes, len(column.names))
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


def _tally_groups(rows: Rows, plan: Plan, noted: Noted, codes: Ints | None, groups: int) -> list[Tally]:
    """`codes` None: all rows are one group."""
    counted = noted.count(codes, groups)
    joint = counted.joint if plan.cells and plan.classes == 2 else np.zeros_like(counted.joint)
    tables: list[Joint] | None = None
    if plan.cells and (plan.classes > 2 or rows.weights is not None or rows.groups is not None):
        tables = count_cells(rows, plan.classes, _group_of_each(rows, codes), groups)
    label_sets = count_sets(rows, plan.labels, _group_of_each(rows, codes), groups) if plan.labels else None
    sums = noted.sums(codes, groups)
    ranked = _ranked(rows, codes, groups, scores=plan.cells) if plan.ranks else [()] * groups
    weight = square = [0] * groups
    if rows.weights is not None:
        weight = exact_sums(rows.weights, codes, groups)
        square = exact_sums(rows.weights * rows.weights, codes, groups)
    return [
        Tally(
            rows=int(counted.rows[group]),
            joint=joint[group],
            differing_decisions=int(counted.differing_decisions[group]),
            differing_scores=int(counted.differing_scores[group]),
            strayed=int(counted.strayed[group]),
            champion=noted.champion,
            candidate=noted.candidate,
            sums={key: totals[group] for key, totals in sums.items()},
            ranked=ranked[group],
            table=tables[group] if tables is not None else None,
            label_sets=label_sets[group] if label_sets is not None else None,
            weighted=rows.weights is not None,
            weight=weight[group],
            square=square[group],
        )
        for group in range(groups)
    ]


def _group_of_each(rows: Rows, codes: Ints | None) -> Ints:
    return np.zeros(len(rows), dtype=np.int64) if codes is None else codes


def _ranked(rows: Rows, codes: Ints | None, groups: int, *, scores: bool) -> list[tuple[Ranked, ...]]:
    """`scores`: what orders the rows is a score; else a number that was predicted."""
    before, after = (
        None if side is None else side.scores if scores else side.decisions
        for side in (rows.champion, rows.candidate)
    )
    if after is None:
        return [()] * groups
    # of few groups in 16 bits, which are sorted by counting: five times as fast
    narrow = codes if codes is None or groups > 1 << 16 else codes.astype(np.uint16)
    order = slice(None) if narrow is None else np.argsort(narrow, kind="stable")
    ends = [len(rows)] if codes is None else np.cumsum(np.bincount(codes, minlength=groups)).tolist()
    columns = {
        "labels": rows.labels,
        "champion": before,
        "candidate": after,
        "weights": rows.weights,
        "groups": rows.groups,
        "entities": rows.entities,
    }
    ordered = {name: None if column is None else column[order] for name, column in columns.items()}
    return [
        (Ranked(**{name: None if c is None else c[start:end] for name, c in ordered.items()}),)  # type: ignore[arg-type]  # labels and candidate are always there
        for start, end in pairwise([0, *ends])
    ]


def _said(predictions: Predictions) -> Said:
    scores = predictions.scores
    if scores is None:
        return Said(scores=False, probabilities=False)
    inside = bool(scores.min(initial=0.0) >= 0 and scores.max(initial=1.0) <= 1)
    whole = scores.ndim == 1 or bool(np.all(np.abs(scores.sum(axis=1) - 1) <= _ROUNDED))
    return Said(scores=True, probabilities=inside and whole)
