"""Walks over the rows, partition by partition, in this process or in many: states that merge by `+`, in any order."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial, reduce
from typing import Any, TypeVar, cast

import numpy as np

from ci_mlops.evaluation.binned import (
    BinCounter,
    BinnedMetric,
    Histograms,
    Moves,
    Tables,
    Weigh,
    side_of,
    sum_moves,
    tables_of,
)
from ci_mlops.evaluation.binned_metric import Binned, Side
from ci_mlops.evaluation.binned_pulls import (
    Drawn,
    Pulls,
    Spot,
    binned_of_drawn,
    drawn_as,
    of_one_class,
    share_of,
    sum_pulls,
    unit_in_rows,
)
from ci_mlops.evaluation.bins import Scale
from ci_mlops.evaluation.cost_curve import CostCurves
from ci_mlops.evaluation.freed import keep_freed
from ci_mlops.evaluation.lost import Sums, plus
from ci_mlops.evaluation.metric import Metric
from ci_mlops.evaluation.noted import blocks
from ci_mlops.evaluation.rows import Remarks, Rows
from ci_mlops.evaluation.sketches import Sketches
from ci_mlops.evaluation.taken import Taken
from ci_mlops.evaluation.tally import ALL_ROWS, Plan, Tally, merge, tally

EXACT_ROWS = 1_000_000
"""So many rows are kept and put in order; more are counted in bins."""

Partition = Rows | Iterable[Rows]
"""Rows at hand, or what reads them wherever it is walked over: a worker is given the latter, and never rows."""
_State = TypeVar("_State", Histograms, Remarks, CostCurves, Sketches)
Map = Callable[..., Iterable[Any]]

keep_freed()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Rows that are left out, and what only all partitions together can tell."""

    missing: int = 0
    seen: int = 0
    unscored: int = 0
    lost: int = 0
    lost_sums: Sums = field(default_factory=dict)
    taken_sums: Sums = field(default_factory=dict)
    taken: Taken = field(default_factory=Taken)
    gone: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)
    remarks: Remarks | None = None

    def __add__(self, other: "LeftOut") -> "LeftOut":
        gone = dict(self.gone)
        for name, (lost, taken, kept) in other.gone.items():
            before = gone.get(name, (0, 0, 0))
            gone[name] = (before[0] + lost, before[1] + taken, before[2] + kept)
        return LeftOut(
            missing=self.missing + other.missing,
            seen=self.seen + other.seen,
            unscored=self.unscored + other.unscored,
            lost=self.lost + other.lost,
            lost_sums=plus(self.lost_sums, other.lost_sums),
            taken_sums=plus(self.taken_sums, other.taken_sums),
            taken=self.taken + other.taken,
            gone=gone,
            remarks=_plus(self.remarks, other.remarks),
        )


def _both(one: Remarks | None, other: Remarks | None) -> Remarks | None:
    return other if one is None else one if other is None else one + other


def left_out(rows: Rows) -> LeftOut:
    return LeftOut(
        missing=rows.missing_label,
        seen=rows.seen,
        unscored=rows.unscored,
        lost=rows.lost,
        lost_sums=rows.lost_sums,
        taken_sums=rows.taken_sums,
        taken=rows.taken or Taken(),
        gone=rows.gone,
        remarks=rows.remarks,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    left: LeftOut = field(default_factory=LeftOut)
    bins: Histograms | None = None
    curves: CostCurves | None = None
    sketches: Sketches | None = None

    def __add__(self, other: "Walked") -> "Walked":
        return Walked(
            tallies=merge((self.tallies, other.tallies)),
            left=self.left + other.left,
            bins=_plus(self.bins, other.bins),
            curves=_plus(self.curves, other.curves),
            sketches=_plus(self.sketches, other.sketches),
        )


def walk(
    partitions: Iterable[Partition], plan: Plan, metrics: Sequence[Metric], over: Map, exact_rows: int
) -> Walked:
    """
    Count all rows; once, or where they are too many to be kept and a metric asks for their order, twice. Then rows with
    weights, or in groups, are walked over three times.
    """
    ranked = [metric for metric in metrics if metric.ranks]
    binnable = plan.classes == 2 and all(getattr(metric, "bound", None) is not None for metric in ranked)
    if not (ranked and binnable and _most_rows(partitions) > exact_rows):
        return sum(over(partial(_count, plan=plan, scale=None), partitions), Walked())
    without = replace(plan, ranks=False)
    found = sum(over(partial(_count, plan=without, scale="probability"), partitions), Walked())
    everything = found.tallies.get(ALL_ROWS)
    if everything is None or everything.rows <= exact_rows:
        # few of the rows count after all
        return sum(over(partial(_count, plan=plan, scale=None), partitions), Walked())
    drawn = drawn_as(everything)
    scale: Scale = "any"
    if everything.candidate.probabilities and (everything.champion or everything.candidate).probabilities:
        scale = "probability"
    bins = found.bins
    if scale == "any" or drawn is not None:
        weigh = None if drawn is None else drawn.whole
        bins = reduce(_plus, over(partial(_count_bins, scale=scale, weigh=weigh), partitions), None)
    if bins is None or not bins.everything.any():
        # no scores, or no weight: what is to be said of that is said of rows
        return sum(over(partial(_count, plan=plan, scale=None), partitions), Walked())
    asked = cast(Sequence[BinnedMetric], ranked)
    if drawn is None:
        measured = _measured(bins, asked, partitions, scale, over)
    else:
        measured = _measured_as(drawn, bins, found.tallies, asked, partitions, scale, over)
    tallies = {
        name: replace(state, binned={metric: of[name] for metric, of in measured.items()})
        for name, state in found.tallies.items()
    }
    return replace(found, tallies=tallies)


def _most_rows(partitions: Iterable[Partition]) -> int:
    """An upper bound; 0 where nobody knows, or where the rows come by only once."""
    known = getattr(partitions, "most_rows", None)
    if known is not None:
        return int(known)
    if not isinstance(partitions, Sequence):
        return 0
    return sum(len(part) if isinstance(part, Rows) else _most_rows(part) for part in partitions)


def _rows(partition: Partition) -> Iterable[Rows]:
    return (partition,) if isinstance(partition, Rows) else partition


def _count(partition: Partition, *, plan: Plan, scale: Scale | None) -> Walked:
    tallies: dict[str, Tally] = {}
    left = LeftOut()
    bins = None if scale is None else BinCounter(scale)
    curves = None if plan.prices is None else CostCurves.of(plan.prices)
    sketches = None if plan.sketch is None else Sketches.of(plan.sketch)
    for rows in _rows(partition):
        left += left_out(rows)
        # all is counted of a block while a core's cache holds it; but what is counted by group is of the rows as a whole
        whole = rows.groups is not None or plan.loss is not None
        for part in (rows,) if whole else blocks(rows):
            if curves is not None:
                curves.add(part)
            if sketches is not None:
                sketches.add(part)
            tallies = merge((tallies, tally(part, plan)))
            if bins is not None:
                bins.add(part)
    counted = None if bins is None else bins.state
    return Walked(tallies=tallies, left=left, bins=counted, curves=curves, sketches=sketches)


def _count_bins(partition: Partition, *, scale: Scale, weigh: Weigh | None) -> Histograms | None:
    bins = BinCounter(scale, weigh)
    for rows in _rows(partition):
        bins.add(rows)
    return bins.state


def _moves(partition: Partition, *, scale: Scale, tables: Sequence[Tables]) -> list[Moves]:
    return sum_moves(_rows(partition), scale, tables)


def _plus(one: _State | None, other: _State | None) -> _State | None:
    return other if one is None else one if other is None else one + other


def _measured(
    bins: Histograms,
    metrics: Sequence[BinnedMetric],
    partitions: Iterable[Partition],
    scale: Scale,
    over: Map,
) -> dict[str, dict[str, Binned]]:
    """Metric -> slice -> what is known of it."""
    names = ["", *bins.slices]
    both = [name for name in names if bins[name][-1][0::2].any() and bins[name][-1][1::2].any()]
    sides: list[dict[str, list[Side]]] = [
        {name: [side_of(metric, counts) for counts in bins[name]] for name in both} for metric in metrics
    ]
    tables: list[Tables] = []
    moves: list[Moves] = []
    if "" in both and len(bins.everything) > 1:
        tables = [tables_of(of) for of in sides]
        found = over(partial(_moves, scale=scale, tables=tables), partitions)
        moves = reduce(lambda one, other: [a + b for a, b in zip(one, other, strict=True)], found)
    return {
        metric.name: {
            name: _binned(name, bins, of, (tables[at], moves[at]) if tables else None) for name in names
        }
        for at, (metric, of) in enumerate(zip(metrics, sides, strict=True))
    }


def _measured_as(
    drawn: Drawn,
    bins: Histograms,
    tallies: Mapping[str, Tally],
    metrics: Sequence[BinnedMetric],
    partitions: Iterable[Partition],
    scale: Scale,
    over: Map,
) -> dict[str, dict[str, Binned]]:
    """The same of rows that have weights, or are drawn together."""
    in_rows = {
        name: bins[name] * unit_in_rows(tally, drawn)
        for name, tally in tallies.items()
        if name in ("", *bins.slices)
    }
    shares = {name: share_of(tally) for name, tally in tallies.items()}
    both = [name for name, counts in in_rows.items() if counts[-1][0::2].any() and counts[-1][1::2].any()]
    sides = [
        {name: [side_of(metric, counts, shares[name]) for counts in in_rows[name]] for name in both}
        for metric in metrics
    ]
    tables: list[Tables] = []
    pulls: list[Pulls] = []
    if "" in both:
        tables = [tables_of(of) for of in sides]
        found = over(partial(_pulls, scale=scale, drawn=drawn, tables=tables), partitions)
        pulls = reduce(lambda one, other: [a + b for a, b in zip(one, other, strict=True)], found)
    return {
        metric.name: {
            name: binned_of_drawn(tally, drawn, of[name], Spot(name, tables[at], pulls[at]))
            if name in of
            else of_one_class(tally)
            for name, tally in tallies.items()
        }
        for at, (metric, of) in enumerate(zip(metrics, sides, strict=True))
    }


def _pulls(partition: Partition, *, scale: Scale, drawn: Drawn, tables: Sequence[Tables]) -> list[Pulls]:
    return sum_pulls(_rows(partition), scale, drawn, tables)


def _binned(
    name: str, bins: Histograms, sides: Mapping[str, Sequence[Side]], moved: tuple[Tables, Moves] | None
) -> Binned:
    squares, rows = np.zeros(2), np.zeros(2, dtype=np.int64)
    if moved is not None and name in sides:
        table, moves = moved
        own = moves.slices[:, table.places[name]] if name else moves.everything
        squares, rows = own[0].astype(np.float64) * table.units[name] ** 2, own[1].astype(np.int64)
    counts = bins[name][-1]
    pulled = counts * sides[name][-1].pulls ** 2 if name in sides else np.zeros(2)
    return Binned(
        sides=sides.get(name, ()),
        rows=np.array([counts[0::2].sum(), counts[1::2].sum()], dtype=np.float64),
        own=np.array([pulled[0::2].sum(), pulled[1::2].sum()]),
        squares=squares,
        moved=rows,
        bins=len(counts) // 2,
    )
