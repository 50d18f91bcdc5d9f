"""What a run has around it, and what it leaves behind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Repository:
    """`branch` None: a plain folder, which is copied."""

    folder: Path
    name: str
    branch: str | None = None


@dataclass(frozen=True, kw_only=True)
class Agent:
    """A machine and the service that it works for."""

    work: Path
    repositories: Mapping[str, Repository]
    environ: Mapping[str, str]
    """What the machine itself has set: PATH, HOME, an image's variables."""
    variables: Mapping[str, str]
    """What the service sets for this run: Build.Reason and its like."""
    token: str
    approvals: Mapping[str, bool] = field(default_factory=dict)
    """Environment -> what its approver answered; one that is not here does not exist."""
    attempts: Mapping[str, int] = field(default_factory=dict)
    cancel_at: str = ""
    """Somebody cancels the run when a line of the log holds this."""
    time_limit: float = 240


@dataclass(frozen=True, kw_only=True)
class Issue:
    kind: str
    message: str
    file: str = ""
    line: str = ""


@dataclass(frozen=True, kw_only=True)
class Step:
    job: str
    name: str
    result: str
    exit_code: int = 0


@dataclass(kw_only=True)
class Ran:
    """All that a page of results would show."""

    artifacts: Path
    lines: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    summaries: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    attached: list[Path] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """Logging commands that a restriction kept from doing anything."""
    unresolved: list[str] = field(default_factory=list)
    jobs: dict[str, str] = field(default_factory=dict)
    stages: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    """Job -> `step.variable` -> value."""
    asked: list[str] = field(default_factory=list)
    """Environments whose approver was asked."""
    canceled: bool = False

    @property
    def log(self) -> str:
        return "\n".join(self.lines)

    @property
    def summary(self) -> str:
        return "\n".join(self.summaries)

    @property
    def result(self) -> str:
        if self.canceled:
            return "Canceled"
        ends = set(self.jobs.values())
        return (
            "Failed"
            if "Failed" in ends
            else "SucceededWithIssues"
            if "SucceededWithIssues" in ends
            else "Succeeded"
        )

    def exit_code(self, title: str) -> int:
        """Of the last step that is called so."""
        return [step.exit_code for step in self.steps if step.name == title][-1]

    def errors(self) -> list[Issue]:
        return [issue for issue in self.issues if issue.kind == "error"]

    def warnings(self) -> str:
        return " ".join(issue.message for issue in self.issues if issue.kind == "warning")
