"""What the court judges by. It comes from the base branch, never from the change that is judged."""

from dataclasses import dataclass
from typing import Literal

from ci_mlops.records.cost import Cost
from ci_mlops.records.proof import OverlapPolicy
from ci_mlops.records.search import SearchRule
from ci_mlops.records.slices import Bins
from ci_mlops.records.threshold import Threshold

Task = Literal["classification", "regression"]
Severity = Literal["block", "warn"]
LimitKind = Literal["min", "max", "max_regression", "improve", "capacity"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """`min`/`max` bound the candidate itself; `max_regression` and `improve` bound its difference; `capacity` bounds its interval."""

    kind: LimitKind
    value: float | None = None
    """In the metric's own unit; None for `improve`."""
    confident: bool = False
    """Of `min` and `max`: the whole interval of the candidate must keep it, not its value alone."""

    @property
    def comparative(self) -> bool:
        return self.kind in ("max_regression", "improve")


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRule:
    metric: str
    limit: Limit
    slice: str | None = None
    """
    None: all rows. `"*"`: every slice. `"region"`: every value of a column. `"region & sex"`: every combination.
    `"region=north"`, `"region=north & sex=f"`: one.
    """
    severity: Severity = "block"
    undecided: Severity = "block"
    """What to do when the rows can't decide; the config fills in the default of the limit's kind."""
    where: str = ""
    """`ci-mlops.yml:21`, for annotations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """Blocking rules that may be broken or undecided until a day; what is None narrows nothing."""

    metric: str
    slice: str | None = None
    limit: LimitKind | Literal["search"] | None = None
    """`search`: of the search for slices, which no other waiver is about."""
    reason: str
    until: str
    """ISO date, the last day in UTC."""
    by: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    task: Task
    metrics: tuple[str, ...]
    gates: tuple[GateRule, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    cost: Cost | None = None
    slices: tuple[str, ...] = ()
    """Columns, and columns that are crossed: `region & sex`."""
    bins: tuple[Bins, ...] = ()
    """Of those of the columns that are numbers and cut."""
    search: SearchRule | None = None
    """For slices that got worse, whether they are declared or not."""
    positive: str | None = None
    """The label that is the event to be found, as `canonical_label` writes it. None: labels are 0 and 1."""
    names: tuple[tuple[str, str], ...] = ()
    """Label -> the word to show for it: `(("0", "malignant"), ("1", "benign"))`."""
    classes: tuple[str, ...] = ()
    """Three or more labels, as `canonical_label` writes them, in the order of `data.test.classes`; empty: binary."""
    multilabel: bool = False
    """A row may carry several of the `classes` at once, or none."""
    weight: str | None = None
    """Column of the test rows that says how much a row counts."""
    group: str | None = None
    """Column that names what rows are drawn together by, as a patient."""
    time: str | None = None
    """Column that says when a row was."""
    block: float | None = None
    """Seconds; rows of one such stretch of time are drawn together."""
    overlap: OverlapPolicy = "exclude"
    """What is done with test rows that a model's training data holds."""
    worn_out: int = 40
    """Merges that one pin of the test rows decides before it is called worn out."""
    columns: tuple[str, ...] = ()
    """Columns of the test rows that metrics of the team's own may ask for."""
    unit: str = ""
    """Unit of a regression's target."""
    threshold: Threshold | None = None
    """None: what each model decides by itself, or 0.5."""
    floor: int = 20
    """Fewest events in a metric's denominator for a decision."""
