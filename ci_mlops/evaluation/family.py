"""What most families of metrics say of themselves; each says what differs."""

from dataclasses import dataclass
from typing import ClassVar, Self

from ci_mlops.evaluation.metric import ClassCount
from ci_mlops.evaluation.tally import Need, Term
from ci_mlops.records import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A `metric.Metric` but for `measure`: of decisions between classes, counted in the joint table."""

    name: str
    higher_is_better: bool = True
    task: str = "classification"
    need: Need = "decisions"
    term: Term | None = None
    cells: ClassVar[bool] = True
    ranks: ClassVar[bool] = False
    classes: ClassVar[ClassCount] = "two"
    weighs: ClassVar[bool] = True

    def bind(self, policy: Policy) -> Self:
        return self
