"""What the court judges by. It comes from the base branch, never from the change that is judged."""

from dataclasses import dataclass
from typing import Literal

Task = Literal["classification", "regression"]
Severity = Literal["block", "warn"]
LimitKind = Literal["min", "max", "max_regression", "improve"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """`min`/`max` bound the candidate itself; `max_regression` and `improve` bound its difference."""

    kind: LimitKind
    value: float | None = None
    """In the metric's own unit; None for `improve`."""

    @property
    def comparative(self) -> bool:
        return self.kind in ("max_regression", "improve")


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRule:
    metric: str
    limit: Limit
    slice: str | None = None
    """None: all rows. `"*"`: every slice. `"region"`: every value of a column. `"region=north"`: one."""
    severity: Severity = "block"
    undecided: Severity = "block"
    """What to do when the rows can't decide; the config fills in the default of the limit's kind."""
    where: str = ""
    """`ci-mlops.yml:21`, for annotations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one decision costs, by what was true and what was said. Benefits are negative costs."""

    unit: str = ""
    false_negative: float = 0.0
    false_positive: float = 0.0
    true_positive: float = 0.0
    true_negative: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    task: Task
    metrics: tuple[str, ...]
    gates: tuple[GateRule, ...] = ()
    cost: Cost | None = None
    slices: tuple[str, ...] = ()
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
    columns: tuple[str, ...] = ()
    """Columns of the test rows that metrics of the team's own may ask for."""
    unit: str = ""
    """Unit of a regression's target."""
    floor: int = 20
    """Fewest events in a metric's denominator for a decision."""
