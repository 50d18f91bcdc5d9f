"""What a drill found: sabotaged models, made of the champion, held against the team's own rules."""

from dataclasses import dataclass
from typing import Literal

from ci_mlops.records.comparison import Measurement
from ci_mlops.records.drill_summary import DrillSummary
from ci_mlops.records.policy import Severity
from ci_mlops.records.verdict import GateResult, Skip, Tool

DRILL_SCHEMA = "ci-mlops/drill/v1"

Intent = Literal["harm", "refusal", "harmless"]
"""What it is meant for: to be stopped, to be refused as bad data, to pass."""
Fate = Literal[
    "stopped",
    "refused",
    "not_stopped",
    "undecided",
    "warned",
    "unwatched",
    "allowed",
    "no_harm",
    "passed",
    "unproven",
    "blocked",
]
"""
`not_stopped`: shown to be worse than a blocking rule allows, and let through. `undecided`: worse, and these rows can't
show that it is more than the rule allows, which lets that pass. `warned`: only rules that warn are broken.
`unwatched`: harm that is shown, and no blocking rule is about it. `allowed`: harm within what the rules allow.
`no_harm`: these rows show none. `unproven`: better, and stopped by a rule that these rows can't decide.
`blocked`: nothing is wrong with it, and it is stopped.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sabotaged:
    """One sabotage, and what became of it."""

    name: str
    title: str
    """In our words; `about` belongs where `{}` stands."""
    about: str = ""
    """The slice or feature that it is about, in the team's words."""
    intent: Intent
    fate: Fate
    reason: str
    """One sentence."""
    changed: int | None = None
    """Rows whose decision or score differs from the champion's; None: refused before anything was read of it."""
    harmful: bool = False
    """Harm is shown beyond chance in something that is measured, a gated metric is lost, or it had to be refused."""
    effect: Measurement | None = None
    """In currency where costs are given, else in the metric of the first rule."""
    gates: tuple[GateResult, ...] = ()
    stopped_by: tuple[int, ...] = ()
    """Numbers of the policy's rules."""
    worse: tuple[str, ...] = ()
    """Metrics that are shown to be worse; with ` on SLICE`."""
    lost: tuple[str, ...] = ()
    """Metrics that can be measured of the champion, and no longer of this."""
    disagreements: tuple[str, ...] = ()
    """Where a gate says something else than a second reading of the same numbers: a fault of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrilledRule:
    number: int
    text: str
    severity: Severity
    where: str = ""
    stopped: tuple[str, ...] = ()
    """Names of the harmful sabotages that broke its limit, or came too near to it for these rows, be it only to warn."""
    alone: tuple[str, ...] = ()
    """Of these, those that no other rule stopped."""
    undefined: tuple[str, ...] = ()
    """Those that it stopped because its metric could not be measured of them, whatever its limit is."""
    decoration: bool = False
    """It blocks, there was harm, and its limit stopped none of it."""
    stops_champion: bool = False
    """It stops the champion itself, so that what it stops says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """`drill.json` is this record and nothing else."""

    schema: str = DRILL_SCHEMA
    model: str
    task: str
    source: str
    """Whose predictions were sabotaged."""
    rows: int
    unit: str = ""
    """Of a regression's target."""
    currency: str = ""
    metric: str
    """What `effect` is measured in."""
    champion: float | None
    """The champion's value of it."""
    summary: DrillSummary
    reason: str
    """One sentence."""
    doubts: tuple[str, ...] = ()
    """Sentences that a reader must not miss, and that do not fail a drill unless it is strict."""
    exit_code: int
    sabotages: tuple[Sabotaged, ...]
    rules: tuple[DrilledRule, ...]
    left_out: tuple[Skip, ...] = ()
    evaluated_at: str = ""
    tool: Tool
