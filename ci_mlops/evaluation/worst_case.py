"""
Rules that hold, held once more as if the candidate were wrong on every row that it alone can't score.

Few lost rows of a common class can be more than all the mistakes on the others: one negative in a hundred hides most
false positives of a rare event. Of what has no worst value, as a number that is predicted, nothing can be said so.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from ci_mlops.evaluation.gates import Held
from ci_mlops.records import Comparison, Policy
from ci_mlops.records.custom_metric import custom_name
from ci_mlops.records.metric_names import of_one_class

_UNBOUNDED = ("log_loss",)
MOST_CALLED = 10
"""Each is a walk over all rows."""


def gates_in_doubt(held: Held, policy: Policy) -> Policy | None:
    """The rules that hold and have a worst case, and nothing else to be measured; None: there is none."""
    if policy.task == "regression":
        return None
    metrics = {
        gate.metric for gate in held.gates if gate.status == "held" and gate.number < len(policy.gates)
    }
    gates = tuple(
        rule
        for rule in policy.gates
        if rule.metric in metrics and rule.metric not in _UNBOUNDED and custom_name(rule.metric) is None
    )
    return replace(policy, metrics=(), gates=gates, search=None) if gates else None


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


Place = tuple[int, str | None]
"""Number of a rule, and the slice that it is held on."""


def broken(worst: Held) -> dict[Place, str]:
    """In such a reading, with what it says."""
    return {(gate.number, gate.slice): gate.reason for gate in worst.gates if gate.status == "broken"}


def unread(held: Held, asked: Policy, why: str) -> dict[Place, str]:
    """No such reading can be made."""
    metrics = {rule.metric for rule in asked.gates}
    return {(gate.number, gate.slice): why for gate in held.gates if gate.metric in metrics}


def doubted(held: Held, why: Mapping[Place, str], lost: int) -> Held:
    """What holds, and has a reason not to be shown to, is undecided."""
    rows = "row" if lost == 1 else f"{lost} rows"
    gates = tuple(
        replace(
            gate,
            status="undecided",
            # the candidate's own doing, as any value that it leaves undefined
            undecided="block",
            reason=f"{gate.reason}; but if the candidate is wrong on the {rows} that it can't score, "
            f"{why[gate.number, gate.slice]}",
        )
        if gate.status == "held" and (gate.number, gate.slice) in why
        else gate
        for gate in held.gates
    )
    return replace(held, gates=gates)
