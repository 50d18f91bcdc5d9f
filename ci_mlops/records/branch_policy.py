"""What a branch asks of a pull request on Azure DevOps."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchPolicy:
    kind: Literal["build", "status"]
    """build: a run of the pipeline begins for every pull request. status: what the run says is required."""
    branch: str
    pipeline: int = 0
    """Of a build: the number of its definition."""
    genre: str = ""
    name: str = ""
    """Of a status: `ci-mlops` and `gate/<model>`."""
    blocking: bool = True
    resets: bool = True
    """New changes make it due again."""
    narrowed: bool = False
    """It holds for some paths alone."""
