"""Metrics of decisions: formulas of the confusion matrix."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, TypeVar

import numpy as np

from ci_mlops.evaluation.intervals import Interval, tango, wilson
from ci_mlops.evaluation.joint import Cell, Joint
from ci_mlops.evaluation.joint_metric import interval_alone, measure_joint
from ci_mlops.evaluation.metric import ClassCount, Measured, Metric, slope
from ci_mlops.evaluation.rows import Floats
from ci_mlops.evaluation.score_limits import score_limits
from ci_mlops.evaluation.tally import Need, Tally, Term
from ci_mlops.records import Policy

Cells = tuple[int, int, int, int]
"""(true negative, false positive, false negative, true positive)."""
Count = TypeVar("Count", int, float)
Four = tuple[Count, Count, Count, Count]
# of (label * 4 + champion * 2 + candidate): where champion and candidate differ
_DIFFERING = (1, 2, 5, 6)


def cells_of(tally: Tally) -> tuple[Cells, Cells]:
    """Confusion counts of champion and candidate, out of the joint table."""
    champion, candidate = _margins(tally.joint.tolist())
    return champion, candidate


def _margins(t: Sequence[Count]) -> tuple[Four[Count], Four[Count]]:
    champion = (t[0] + t[1], t[2] + t[3], t[4] + t[5], t[6] + t[7])
    candidate = (t[0] + t[2], t[1] + t[3], t[4] + t[6], t[5] + t[7])
    return champion, candidate


@dataclass(frozen=True, slots=True, kw_only=True)
class CellMetric:
    """Any formula of the four cells; its interval comes by the delta method on the joint table."""

    name: str
    formula: Callable[..., complex]
    """(tn, fp, fn, tp) -> value; of the same value for shares as for counts, and made of arithmetic alone."""
    events: Callable[[Count, Count, Count, Count], Count]
    """Rows that the formula's denominator rests on."""
    higher_is_better: bool = True
    task: str = "classification"
    need: Need = "decisions"
    term: Term | None = None
    several: Metric | None = None
    """What stands for it where there are more than two classes, if anything does."""
    cells: ClassVar[bool] = True
    ranks: ClassVar[bool] = False
    classes: ClassVar[ClassCount] = "two"
    weighs: ClassVar[bool] = True

    def bind(self, policy: Policy) -> Metric:
        return self.several.bind(policy) if policy.classes and self.several is not None else self

    def measure(self, tally: Tally, level: float) -> Measured:
        try:
            table = tally.table
            if table is not None and (table.weighted or tally.buckets is not None):
                same = tally.differing_decisions == 0
                return measure_joint(
                    _Weighted(metric=self),
                    table,
                    level,
                    alone=tally.champion is None,
                    same=same,
                    buckets=tally.buckets,
                )
            return self._measure(tally, level)
        except OverflowError:
            return Measured(events=tally.rows, reason=f"{self.name} is too large to be computed")

    def _measure(self, tally: Tally, level: float) -> Measured:
        champion, candidate = cells_of(tally)
        events = min(self.events(*champion), self.events(*candidate))
        value = self.value(candidate)
        if tally.champion is None:
            return Measured(
                events=events,
                candidate=value,
                candidate_interval=None if value is None else self._alone(candidate, level),
                method=self._method_alone(),
                reason="" if value is not None else self.undefined("candidate"),
                fault=value is None and self.both_classes(candidate),
            )
        before = self.value(champion)
        if value is None or before is None:
            return Measured(
                events=events,
                champion=before,
                candidate=value,
                reason=self.undefined("candidate" if value is None else "champion"),
                fault=value is None and self.both_classes(candidate),
            )
        same = tally.differing_decisions == 0
        return Measured(
            events=events,
            champion=before,
            candidate=value,
            candidate_interval=self._alone(candidate, level),
            difference=value - before,
            interval=(0.0, 0.0) if same else self._paired(tally, level),
            method="identical decisions" if same else self._method(),
            identical=same,
        )

    def share(self, cells: Four[float]) -> tuple[float, float] | None:
        """(hits, of how many) where it is a plain share of rows."""
        return None

    def value(self, cells: Four[float]) -> float | None:
        try:
            return complex(self.formula(*cells)).real
        except ZeroDivisionError:
            return None

    @staticmethod
    def both_classes(cells: Four[float]) -> bool:
        """With rows of both classes, only what the model said can leave a metric undefined."""
        return cells[0] + cells[1] > 0 and cells[2] + cells[3] > 0

    def undefined(self, whose: str) -> str:
        return f"{self.name} of the {whose} is undefined: its denominator is zero"

    def slopes(self, cells: Sequence[float]) -> list[float]:
        rows = sum(cells)
        return slope(self.formula, [count / rows for count in cells])

    def _alone(self, cells: Cells, level: float) -> Interval:
        """With score limits, as of weights: a kind of mistake that these rows do not hold is not one that can't be."""
        # a champion who says the same: (truth, said, said)
        joint = {truth * 4 + said * 3: Cell(cells[truth * 2 + said]) for truth in (0, 1) for said in (0, 1)}
        table = Joint(
            classes=2, weighted=False, cells={code: held for code, held in joint.items() if held.rows}
        )
        return interval_alone(_Weighted(metric=self), table, level)

    def _paired(self, tally: Tally, level: float) -> Interval:
        """
        Delta method on the joint table with score limits: a kind of difference that these rows hold nothing of is not
        one that can't be, and pulls as far as such rows would.
        """
        joint = tally.joint.tolist()
        # slopes a little off the corners of the table, where a formula can be flat or torn
        nudged = [count + (0.5 if cell in _DIFFERING else 0.0) for cell, count in enumerate(joint)]
        before, after = (self.slopes(cells) for cells in _margins(nudged))
        # row (y, a, b) lies in the champion's cell 2y + a and the candidate's cell 2y + b
        pull = np.array(
            [after[2 * y + b] - before[2 * y + a] for y in (0, 1) for a in (0, 1) for b in (0, 1)]
        )
        pull = (pull - float((tally.joint * pull).sum()) / tally.rows) / tally.rows
        could = pull[list(_DIFFERING)]
        champion, candidate = (complex(self.formula(*cells)).real for cells in cells_of(tally))
        reach = min(0.0, float(could.min())), max(0.0, float(could.max()))
        return score_limits(candidate - champion, tally.joint.astype(np.float64), pull, reach, level)

    def _method(self) -> str:
        return "delta method on the joint table"

    def _method_alone(self) -> str:
        return "delta method"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weighted:
    """The same formula, of sums of weights."""

    metric: CellMetric

    @property
    def name(self) -> str:
        return self.metric.name

    def value(self, confusion: Floats) -> float | None:
        return self.metric.value(_four(confusion))

    def slopes(self, confusion: Floats, rows: float) -> Floats:
        # a little off the corners, as without weights
        nudged = confusion + 0.5 * confusion.sum() / rows
        return np.array(self.metric.slopes(_four(nudged))).reshape(2, 2)

    def counted(self, rows: Floats) -> float:
        return float(self.metric.events(*_four(rows)))

    def share(self, confusion: Floats) -> tuple[float, float] | None:
        return self.metric.share(_four(confusion))

    def silent(self, confusion: Floats) -> str:
        # of two classes it is undefined then
        return ""

    def undefined(self, confusion: Floats, whose: str) -> tuple[str, bool]:
        return self.metric.undefined(whose), self.metric.both_classes(_four(confusion))


def _four(confusion: Floats) -> Four[float]:
    tn, fp, fn, tp = confusion.ravel().tolist()
    return tn, fp, fn, tp


_NAMES = ("tn", "fp", "fn", "tp")
_WHOLE_TRUTH = ({"tn", "fp"}, {"fn", "tp"}, set(_NAMES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Proportion(CellMetric):
    """A share of rows. Where both models share the denominator, Tango's score interval; Wilson for one model."""

    formula: Callable[..., complex] = field(init=False)
    events: Callable[[Count, Count, Count, Count], Count] = field(init=False)
    hits: tuple[str, ...]
    of: tuple[str, ...]

    def __post_init__(self) -> None:
        hits = [_NAMES.index(name) for name in self.hits]
        of = [_NAMES.index(name) for name in self.of]
        object.__setattr__(
            self, "formula", lambda *cells: sum(cells[i] for i in hits) / sum(cells[i] for i in of)
        )
        object.__setattr__(self, "events", lambda *cells: sum(cells[i] for i in of))

    def share(self, cells: Four[float]) -> tuple[float, float]:
        count = dict(zip(_NAMES, cells, strict=True))
        return sum(count[name] for name in self.hits), sum(count[name] for name in self.of)

    @property
    def _shared(self) -> bool:
        return set(self.of) in _WHOLE_TRUTH

    def _alone(self, cells: Cells, level: float) -> Interval:
        count = dict(zip(_NAMES, cells, strict=True))
        return wilson(sum(count[n] for n in self.hits), sum(count[n] for n in self.of), level)

    def _paired(self, tally: Tally, level: float) -> Interval:
        if not self._shared:
            return CellMetric._paired(self, tally, level)  # noqa: SLF001 - super() does not work with slots
        gained = lost = rows = 0
        for index, count in enumerate(tally.joint.tolist()):
            truth, before, after = index >> 2, (index >> 1) & 1, index & 1
            if _NAMES[2 * truth + before] not in self.of:
                continue
            hit_before = _NAMES[2 * truth + before] in self.hits
            hit_after = _NAMES[2 * truth + after] in self.hits
            rows += count
            gained += count * (hit_after and not hit_before)
            lost += count * (hit_before and not hit_after)
        return tango(gained, lost, rows, level)

    def _method(self) -> str:
        return "Tango score interval" if self._shared else CellMetric._method(self)  # noqa: SLF001 - as above

    def _method_alone(self) -> str:
        return "Wilson score interval"
