"""The frozen words of the house: what rooms hand to each other."""

from ci_mlops.records.branch_policy import BranchPolicy
from ci_mlops.records.change import Change
from ci_mlops.records.changed import ChangedItem, ChangedPart
from ci_mlops.records.comparison import (
    Comparison,
    Confusion,
    ConfusionTable,
    Counted,
    Detectable,
    Grouping,
    LostPart,
    Measurement,
    Weighting,
)
from ci_mlops.records.cost import Capacity, Cost, CostReport, PriceColumn, SliceCost
from ci_mlops.records.custom_metric import CustomMetric
from ci_mlops.records.drill_summary import DrillSummary
from ci_mlops.records.ended_run import EndedRun, MergeRef, Proposal
from ci_mlops.records.environment import Package, ResolvedEnvironment
from ci_mlops.records.finding import Finding
from ci_mlops.records.flips import Flip, Flips
from ci_mlops.records.model import Contender, Model, TrainedModel
from ci_mlops.records.pin import FilePin, Lock
from ci_mlops.records.policy import GateRule, Limit, Policy, Waiver
from ci_mlops.records.promotion import Promotion, Stay
from ci_mlops.records.proof import FairnessProof, OverlapPolicy, TrainingOverlap
from ci_mlops.records.publication import Annotation, Picture, Publication, Published
from ci_mlops.records.registry import Registration, Version
from ci_mlops.records.threshold import Decided, Threshold, ThresholdReport
from ci_mlops.records.trail import Approval, AuditEvent, Condition, Entry, Fault
from ci_mlops.records.verdict import (
    SCHEMA,
    Failure,
    GateResult,
    Overlap,
    PolicySource,
    Skip,
    Tool,
    Verdict,
)
from ci_mlops.records.waiver import WaiverUse

__all__ = [
    "SCHEMA",
    "Annotation",
    "Approval",
    "AuditEvent",
    "BranchPolicy",
    "Capacity",
    "Change",
    "ChangedItem",
    "ChangedPart",
    "Comparison",
    "Condition",
    "Confusion",
    "ConfusionTable",
    "Contender",
    "Cost",
    "CostReport",
    "Counted",
    "CustomMetric",
    "Decided",
    "Detectable",
    "DrillSummary",
    "EndedRun",
    "Entry",
    "Failure",
    "FairnessProof",
    "Fault",
    "FilePin",
    "Finding",
    "Flip",
    "Flips",
    "GateResult",
    "GateRule",
    "Grouping",
    "Limit",
    "Lock",
    "LostPart",
    "Measurement",
    "MergeRef",
    "Model",
    "Overlap",
    "OverlapPolicy",
    "Package",
    "Picture",
    "Policy",
    "PolicySource",
    "PriceColumn",
    "Promotion",
    "Proposal",
    "Publication",
    "Published",
    "Registration",
    "ResolvedEnvironment",
    "Skip",
    "SliceCost",
    "Stay",
    "Threshold",
    "ThresholdReport",
    "Tool",
    "TrainedModel",
    "TrainingOverlap",
    "Verdict",
    "Version",
    "Waiver",
    "WaiverUse",
    "Weighting",
]
