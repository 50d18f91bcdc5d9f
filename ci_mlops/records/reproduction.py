"""A registered version that was trained again: how alike it came out, and what is likely to blame."""

from dataclasses import dataclass
from typing import Literal

from ci_mlops.records.verdict import Tool

REPRODUCTION_SCHEMA = "ci-mlops/reproduction/v1"

Likeness = Literal["bit_identical", "same_predictions", "statistically_equivalent", "different"]
"""
From the closest on. `same_predictions`: other files, and the same answer to every pinned row. `statistically_equivalent`:
no metric of the policy is shown to differ by more than its margin.
"""
Condition = Literal["again", "split", "estimator", "seeds", "hash_order", "threads", "everything"]
"""
Under what a training was tried: as it is, with random numbers of a fixed seed (for splits, for estimators, for all that
draws), with text hashed always alike, on one thread; all of it.
"""
Sameness = Literal["bits", "answers", "none", "failed"]
Kind = Literal["split", "estimator", "draws"]
"""Who draws: scikit-learn's splits and pandas' samples; the rest of scikit-learn; the team's own lines."""
CauseCode = Literal[
    "data",
    "environment",
    "code",
    "split",
    "estimator",
    "draws",
    "hash_order",
    "threads",
    "several",
    "files",
    "elsewhere",
    "unknown",
]
"""
What was found to differ (data, environment, code); what makes two trainings of today differ; `files`: something that is
written into the files at every training, and that no answer depends on. `elsewhere`: trainings of today are alike, and
nothing that was recorded differs. `unknown`: trainings of today differ, and nothing that was tried makes them alike.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedPackage:
    name: str
    before: str
    """Version that the model was trained with; empty: it was not installed."""
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedFile:
    path: str
    pinned: str
    """SHA-256, hex, of what the model was trained on."""
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What of the past could be had again, and what stood in for the rest."""

    commit: str
    is_same_code: bool
    """With the pins, environment and settings that were registered, its fingerprint is the registered one."""
    environment: str
    """Digest of the one that was registered."""
    environment_used: str
    why_environment: str = ""
    """Why it is not the same; empty: it is."""
    packages: tuple[ChangedPackage, ...] | None = ()
    """None: what was installed then is not known."""
    data: tuple[ChangedFile, ...] = ()
    """Training data that is not to be had as it was pinned: the model was trained on what lies there today."""

    @property
    def is_whole(self) -> bool:
        return self.is_same_code and not self.why_environment and not self.data


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """Where the training took random numbers without a seed; in the words of the team's own process."""

    kind: Kind
    what: str
    where: str
    """`train.py:6`"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    condition: Condition
    against: Literal["itself", "registered"] = "itself"
    """Two trainings under the condition, held against each other; or one, against the registered model."""
    trainings: int
    sameness: Sameness
    draws: tuple[Draw, ...] = ()
    """Seen in its trainings, be they seeded or not."""
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricDifference:
    """`improvement` is above zero where the new model is better, whatever the metric; `low` and `high` bound it."""

    metric: str
    slice: str | None
    higher_is_better: bool
    registered: float | None
    reproduced: float | None
    improvement: float | None
    low: float | None
    high: float | None
    margin: float = 0.0
    """How much worse a rule of the policy lets it be; here it bounds both sides."""

    @property
    def is_measured(self) -> bool:
        return self.low is not None and self.high is not None

    @property
    def is_within(self) -> bool:
        """Shown to differ by no more than the margin."""
        return self.low is not None and self.high is not None and max(-self.low, self.high) <= self.margin

    @property
    def is_beyond(self) -> bool:
        """Shown to differ by more than the margin."""
        if self.low is None or self.high is None:
            return False
        return self.low > self.margin or self.high < -self.margin


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What both models say of the pinned rows."""

    rows: int
    changed: int
    """Rows with another answer, be it in the last digit of a score."""
    decided: int | None = None
    """Rows that are decided otherwise; None: nothing is decided, as in a regression."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    code: CauseCode
    names: tuple[str, ...] = ()
    """Files, packages, lines of the training."""
    more: int = 0
    """Names that are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedEffect:
    """How far other seeds move a metric on all rows, measured like `MetricDifference`."""

    metric: str
    registered: float | None
    improvements: tuple[float, ...]
    """One of each training with other seeds, over the registered model; what can't be measured is left out."""

    @property
    def is_best(self) -> bool:
        """The registered model is better than every training with other seeds, of two at least."""
        return len(self.improvements) > 1 and max(self.improvements) < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeds:
    """The noise floor: what the recipe comes to where nothing but its seeds differs."""

    asked: int
    failed: int = 0
    failure: str = ""
    """Of the last one that failed."""
    unlike: int = 0
    """Trainings whose model is another than that of the plain one; 0: no seed that can be varied was heard."""
    effects: tuple[SeedEffect, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """All that a classification is made of."""

    registered: str
    """Digest of the model."""
    reproduced: str
    restored: Restored
    files: tuple[str, ...] = ()
    """Of the model's, that differ."""
    answers: Answers | None = None
    """None: nobody had to ask, as the files are the same."""
    differences: tuple[MetricDifference, ...] = ()
    trials: tuple[Trial, ...] = ()
    stopped: bool = False
    """More could have been tried, and was not to be."""
    seeds: Seeds | None = None
    """None: nobody asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduction:
    """`reproduction.json` is this record and nothing else."""

    schema: str = REPRODUCTION_SCHEMA
    model: str
    version: str
    likeness: Likeness
    reason: str
    """One sentence."""
    exit_code: int
    causes: tuple[Cause, ...]
    """The likeliest first; empty where the files are the same."""
    measured: Measured
    trainings: int
    """How often the model was trained for this."""
    unit: str = ""
    """Of a regression's target."""
    currency: str = ""
    evaluated_at: str = ""
    tool: Tool
