"""The verdict and all that a reader needs to trust it. `verdict.json` is this record and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ci_mlops.records.change import Change
from ci_mlops.records.changed import ChangedPart
from ci_mlops.records.comparison import (
    Confusion,
    ConfusionTable,
    Counted,
    Detectable,
    Grouping,
    Measurement,
    Weighting,
)
from ci_mlops.records.cost import CostReport
from ci_mlops.records.custom_metric import CustomMetric
from ci_mlops.records.drill_summary import DrillSummary
from ci_mlops.records.finding import Finding
from ci_mlops.records.flips import Flips
from ci_mlops.records.model import Contender
from ci_mlops.records.pin import FilePin
from ci_mlops.records.policy import Limit, Policy, Severity, Waiver
from ci_mlops.records.proof import FairnessProof
from ci_mlops.records.search import Search
from ci_mlops.records.threshold import ThresholdReport
from ci_mlops.records.waiver import WaiverUse

SCHEMA = "ci-mlops/verdict/v1"

Outcome = Literal["passed", "blocked", "undecided", "not_applicable", "not_evaluated"]
Status = Literal["held", "broken", "undecided", "skipped"]
Isolation = Literal["none", "process", "job"]
Commenting = Literal["each", "one", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    metric: str
    slice: str | None
    rule: Limit
    severity: Severity
    undecided: Severity
    """What the rule says is to be done when the rows can't decide."""
    status: Status
    champion: float | None
    candidate: float | None
    improvement: float | None
    low: float | None
    high: float | None
    reason: str
    """One sentence, always there: why it holds, breaks, is undecided or is skipped."""
    where: str = ""
    number: int = 0
    """Which of the policy's rules this is; a rule over slices has a result for each."""

    waiver: Waiver | None = None
    """It would block, were it not for this."""

    @property
    def blocks(self) -> bool:
        if self.waiver is not None:
            return False
        return self.severity == "block" and (
            self.status == "broken" or (self.status == "undecided" and self.undecided == "block")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why nothing could be evaluated: never to be shown as a rejection."""

    what: str
    where: str
    mend: str
    exit_code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """Something that was left out, with its reason: nothing is skipped in silence."""

    what: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Test rows that a model was trained on, which are left out for both; None where that is unknown, with the reason."""

    champion: int | None
    candidate: int | None
    reason: str = ""
    excluded: int = 0
    """Rows that either model has seen."""
    duplicates: int = 0
    """Of these, rows that no split gave to a training, but that equal one that was."""
    champion_unscored: int = 0
    candidate_unscored: int = 0
    """Rows that the script of this model leaves out, as those that miss a value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySource:
    source: str
    """Where the policy was read: a commit, or `--config FILE`."""
    path: str = "ci-mlops.yml"
    edited: bool = False
    """The change edits the policy; its edits were not used."""
    edits: tuple[str, ...] = ()
    """One line per edit, `gates.recall.max_regression: 0.02 -> 0.15`."""
    rules: Policy | None = None
    """The policy that decided, whole: with it and with what was measured a reader can hold every rule again."""
    level: float | None = None
    """Confidence of the intervals, before slices are corrected for their number."""
    power: float | None = None
    """With which the smallest detectable regression is found."""
    digest: str = ""
    """Of the policy that decided, wherever it is written; empty: `compare` without a config."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    name: str = "ci-mlops"
    version: str
    python: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    schema: str = SCHEMA
    model: str
    task: str
    verdict: Outcome
    reason: str
    """One sentence."""
    exit_code: int
    unit: str = ""
    """Unit of a regression's target."""
    candidate: Contender | None = None
    champion: Contender | None = None
    change: Change | None = None
    rows: Counted | None = None
    identical: bool = False
    gates: tuple[GateResult, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    confusion: Confusion | None = None
    confusion_table: ConfusionTable | None = None
    flips: Flips | None = None
    """Decisions that differ; None: there is no champion, or nothing is decided."""
    weighting: Weighting | None = None
    grouping: Grouping | None = None
    cost: CostReport | None = None
    threshold: ThresholdReport | None = None
    curves: Mapping[str, list[float]] = field(default_factory=dict)
    """What is drawn, by name; which names there are is in docs/curves.md. Never a row: points and bars of ten rows at least."""
    slices: tuple[tuple[str, int], ...] = ()
    search: Search | None = None
    """For slices that got worse; None: none was asked for, or there is no champion."""
    overlap: Overlap | None = None
    proof: FairnessProof | None = None
    detectable: tuple[Detectable, ...] = ()
    policy: PolicySource | None = None
    custom_metrics: tuple[CustomMetric, ...] = ()
    """Metrics of the team's own that were asked, with the text that was run."""
    comment: Commenting = "each"
    """Whether it gets a comment of its own, a place in the one of all models, or none."""
    pictures: bool = True
    """Whether its comment may show one, where the platform takes pictures."""
    waivers: tuple[WaiverUse, ...] = ()
    drill: DrillSummary | None = None
    """What the same rules make of sabotaged champions, on the same rows."""
    isolation: Isolation = "none"
    """`none`: nothing of the team's was run (`compare`)."""
    pins: Mapping[str, tuple[FilePin, ...]] = field(default_factory=dict)
    environment: str | None = None
    """Digest of the candidate's environment."""
    fingerprint: str | None = None
    changed: tuple[ChangedPart, ...] = ()
    skips: tuple[Skip, ...] = ()
    notices: tuple[str, ...] = ()
    """Sentences of ours that a reader must not miss; never text of the team's code."""
    findings: tuple[Finding, ...] = ()
    """What was seen of how the models were made."""
    moved: tuple[Measurement, ...] = ()
    """For information: measured on the rows of a test pin that this change moves; no gate looks at them."""
    error: Failure | None = None
    for_information: str = ""
    """Why this decides nothing, whatever it says; empty: it decides."""
    next_stage: str | None = None
    """The stage that the model takes if this is merged; None without a registry."""
    evaluated_at: str = ""
    """RFC 3339, UTC."""
    timings: Mapping[str, float] = field(default_factory=dict)
    """Seconds by story; left out of the digest."""
    tool: Tool
    verdict_digest: str = ""
    """SHA-256 of the canonical JSON without `verdict_digest`, `timings`, `tool` and `evaluated_at`."""
