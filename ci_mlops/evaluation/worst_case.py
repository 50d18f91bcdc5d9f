"""
Rules that hold, held once more as if the candidate were wrong on every row that it alone can't score.

Few lost rows of a common class can be more than all the mistakes on the others: one negative in a hundred hides most
false positives of a rare event. Of what has no worst value, as a number that is predicted, nothing can be said so.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ci_mlops.evaluation.gates import Held
from ci_mlops.records import Comparison, GateResult, Policy
from ci_mlops.records.custom_metric import custom_name
from ci_mlops.records.metric_names import of_one_class

_UNBOUNDED = ("log_loss",)
_OF_PROBABILITIES = ("brier", "ece")
MOST_CALLED = 10
"""Each is a walk over all rows."""


Place = tuple[int, str | None]
"""Number of a rule among all, and the slice that it is held on; a search that blocks is the rule after the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InDoubt:
    """The rules that hold and have a worst case, and nothing else to be measured."""

    policy: Policy
    numbers: tuple[int, ...]
    """Of these rules among all."""

    @property
    def of_probabilities(self) -> bool:
        """Whether scores must be probabilities to be asked these rules; of all others only their order counts."""
        return any(rule.metric in _OF_PROBABILITIES for rule in self.policy.gates)

    def place(self, gate: GateResult, *, of_all: bool = False) -> Place:
        """`of_all`: the gate is of all rules, not only of these."""
        number = gate.number if of_all else self.numbers[gate.number]
        # a search is held on whatever slices it finds
        return number, None if number == self.numbers[-1] else gate.slice


def rules_in_doubt(held: Held, policy: Policy) -> InDoubt | None:
    """None: there is none."""
    if policy.task == "regression":
        return None
    metrics = {gate.metric for gate in held.gates if gate.status == "held"}
    numbers = [
        number
        for number, rule in enumerate(policy.gates)
        if rule.metric in metrics and rule.metric not in _UNBOUNDED and custom_name(rule.metric) is None
    ]
    last = len(policy.gates)
    searched = any(gate.number == last and gate.status in ("held", "undecided") for gate in held.gates)
    if not numbers and not searched:
        return None
    rules = replace(
        policy,
        metrics=(),
        gates=tuple(policy.gates[number] for number in numbers),
        search=policy.search if searched else None,
    )
    return InDoubt(policy=rules, numbers=(*numbers, last))


def called_instead(policy: Policy, found: Comparison) -> Iterator[str | None]:
    """
    What all lost rows are called, of several classes: each that a rule is about, and those that the candidate calls
    most seldom, whose precision a few more rows spoil most. None: the next in the list, or the one way to be wrong.
    """
    yield None
    if found.confusion_table is None:
        return
    said = Counter(dict.fromkeys(range(len(policy.classes)), 0))
    for _, place, _, rows in found.confusion_table.cells:
        said[place] += rows
    rarest = [policy.classes[place] for place, _ in reversed(said.most_common())]
    ruled = [label for rule in policy.gates if (label := of_one_class(rule.metric)[1]) is not None]
    yield from dict.fromkeys((*ruled, *rarest[:MOST_CALLED]))


def not_held(worst: Held, asked: InDoubt) -> dict[Place, str]:
    """What is broken in such a reading, or undecided where that blocks; with what it says."""
    return {
        asked.place(gate): gate.reason
        for gate in worst.gates
        if gate.status == "broken" or (gate.status == "undecided" and gate.undecided == "block")
    }


def unread(held: Held, asked: InDoubt, why: str) -> dict[Place, str]:
    """No such reading can be made."""
    return {asked.place(gate, of_all=True): why for gate in held.gates if gate.number in asked.numbers}


def doubted(held: Held, asked: InDoubt, why: Mapping[Place, str], lost: int) -> Held:
    """What holds, and has a reason not to be shown to, is undecided."""
    rows = "row" if lost == 1 else f"{lost} rows"
    gates = tuple(
        replace(
            gate,
            status="undecided",
            # the candidate's own doing, as any value that it leaves undefined
            undecided="block",
            reason=f"{gate.reason}; but if the candidate is wrong on the {rows} that it can't score, "
            f"{why[asked.place(gate, of_all=True)]}",
        )
        if _may_be_doubted(gate, asked) and asked.place(gate, of_all=True) in why
        else gate
        for gate in held.gates
    )
    return replace(held, gates=gates)


def _may_be_doubted(gate: GateResult, asked: InDoubt) -> bool:
    # a search without a slice to look at is undecided, and only warns
    return gate.status == "held" or (gate.status == "undecided" and gate.number == asked.numbers[-1])
