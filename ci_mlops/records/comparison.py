"""What was measured: both models on the same rows, and how sure we are of the difference."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ci_mlops.records.cost import CostReport
from ci_mlops.records.flips import Flips
from ci_mlops.records.search import Search

Word = Literal["better", "worse", "same", "unclear"]
LostKind = Literal["class", "column", "errors"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """
    One metric on all rows or on one slice.

    `improvement` is above zero where the candidate is better, whatever the metric; `low` and `high` bound it.
    What is undefined is None, and `reason` says why.
    """

    metric: str
    slice: str | None
    rows: int
    events: int
    """Rows in the metric's denominator: positives for recall, all rows for accuracy."""
    higher_is_better: bool
    champion: float | None
    candidate: float | None
    candidate_low: float | None = None
    candidate_high: float | None = None
    improvement: float | None = None
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    """Confidence of `low` and `high`; above 0.95 where slices are corrected for their number."""
    method: str = ""
    reason: str = ""
    identical: bool = False
    """Both models say the same on every row that the metric looks at: no interval is needed."""
    fault: bool = False
    """The models' own doing that it can't be measured (no scores, nothing called positive), not a lack of rows."""

    @property
    def word(self) -> Word:
        """`unclear`: no difference that these rows can show."""
        if self.low is None or self.high is None:
            return "unclear"
        if self.low > 0:
            return "better"
        if self.high < 0:
            return "worse"
        return "same" if self.identical or self.low == self.high else "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """Counts of one model's decisions; `positive` and `negative` are the words to show."""

    positive: str
    negative: str
    champion: tuple[int, int, int, int] | None
    """(true negative, false positive, false negative, true positive)."""
    candidate: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfusionTable:
    """Counts of both models' decisions between three or more classes."""

    classes: tuple[str, ...]
    """The words to show, in the order of the policy's `classes`."""
    cells: tuple[tuple[int, int, int | None, int], ...]
    """(true class, class that was said, rows of the champion, rows of the candidate); empty cells are not listed."""
    left_out: int = 0
    """Cells that hold rows and are not listed, the smallest ones, where there are too many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighting:
    """Rows that do not all count alike."""

    column: str
    total: float
    """Sum of the weights."""
    effective_rows: float
    """As many rows of one weight would tell as much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """Rows that are drawn together, as those of one patient: what is counted to be sure are groups, not rows."""

    column: str
    units: float
    """As many groups of one size would tell as much; more than a thousand are told as a thousand."""
    block: float | None = None
    """Seconds, where the column is one of times, and rows of one such stretch are a group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LostPart:
    """How much of what rules count lies in the rows of `Counted.lost`."""

    kind: LostKind
    """Rows of a class; the sum of a column, as of weights and amounts; the champion's losses, 1 for a wrong decision."""
    column: str = ""
    label: str = ""
    """Rows of which class (`positives`, `rows of bug`); empty: of all."""
    rows: int
    """How many it is of, lost and compared; of a classifier's losses, its errors."""
    lost: float
    total: float
    """In the compared rows too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Which rows were compared, and which could not be."""

    compared: int
    missing_label: int = 0
    """Rows left out for both models, because nobody knows what is true."""
    positives: int | None = None
    distinct_ids: bool = True
    seen: int = 0
    """Rows left out for both models, because one of them was trained on them."""
    unscored: int = 0
    """Others left out for both, because one of them can't score them: its script drops such rows."""
    lost: int = 0
    """Of these, rows that the candidate can't score, and the champion can where there is one."""
    lost_parts: tuple[LostPart, ...] = ()
    """What lies in the lost rows."""
    taken: int = 0
    """Of `seen`, rows that the candidate alone was trained on: without it they would have been compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detectable:
    """The smallest regression that these rows would find with 80 % power, per gate."""

    metric: str
    slice: str | None
    regression: float | None
    """None: these rows would find none, and `reason` says why."""
    reason: str = ""
    margin: float | None = None
    """Of the rule, where it allows a regression."""
    rows_needed: int | None = None
    """Rows like these with which the rule's margin could be shown with 80 % power; None without a margin above zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The court's evidence, before any rule is held against it."""

    rows: Counted
    identical: bool
    """Every prediction and score of both models is the same."""
    measurements: tuple[Measurement, ...]
    alike: bool = False
    """The same, but for the last bits of floats."""
    confusion: Confusion | None = None
    confusion_table: ConfusionTable | None = None
    flips: Flips | None = None
    weighting: Weighting | None = None
    grouping: Grouping | None = None
    gone: tuple[tuple[str, int, int, int], ...] = ()
    """Slice, of the searched ones too; its rows of `Counted.lost`, of `Counted.taken`, and those that are compared."""
    taken_parts: tuple[LostPart, ...] = ()
    """What lies in the rows of `Counted.taken`, as `Counted.lost_parts`."""
    behind_on_taken: float = 0.0
    """Standard errors by which the candidate is further behind on rows that it alone was trained on (`Counted.taken`)."""
    unlike_on_taken: float = 0.0
    """Standard errors by which the champion's loss on these rows differs from that on the compared ones."""
    cost: CostReport | None = None
    curves: Mapping[str, list[float]] = field(default_factory=dict)
    """What decisions would cost at every threshold, and what else is drawn: see docs/curves.md."""
    slices: tuple[tuple[str, int], ...] = ()
    """Slice (`region=north`) -> rows."""
    search: Search | None = None
