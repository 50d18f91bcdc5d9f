"""From prediction files to rows in memory, with the guards that every prediction file passes."""

from dataclasses import replace

from ci_mlops.datasets.direction import Direction
from ci_mlops.datasets.label_order import LabelOrder
from ci_mlops.datasets.prediction_file import PredictionFile, Truth
from ci_mlops.datasets.predictions import paired_rows
from ci_mlops.errors import BadData
from ci_mlops.evaluation.drill.drill import Guard, Ring
from ci_mlops.evaluation.drill.joining import joined
from ci_mlops.evaluation.rows import Floats, Predictions, Rows
from ci_mlops.flows.court import metrics_of
from ci_mlops.records import Policy, Skip
from ci_mlops.records.custom_metric import custom_name

MOST_ROWS = 2_000_000
"""All rows lie in memory, and every metric is measured anew for each sabotage."""


def drilled_rules(policy: Policy) -> Policy:
    """
    Without the rules on the team's own metrics, whose functions are not run for every sabotage, and without the search
    for worse slices.
    """
    return replace(
        policy,
        search=None,
        metrics=tuple(name for name in policy.metrics if custom_name(name) is None),
        gates=tuple(rule for rule in policy.gates if custom_name(rule.metric) is None),
    )


def undrilled(policy: Policy) -> tuple[Skip, ...]:
    """What blocks, and is not tried by any sabotage."""
    if policy.search is None or policy.search.severity != "block":
        return ()
    why = "no sabotage is held to it: what it would stop is not known, and none of it is counted"
    return (Skip(what="Drill of the search for worse slices", reason=why),)


def ring_of(truth: Truth, champion: PredictionFile, policy: Policy) -> Ring:
    """
    Raises:
        BadData: predictions that don't fit the rows, or more rows than a drill is for.
    """
    rows = rows_of(truth, champion, policy)
    return Ring(rows=rows, policy=policy, metrics=metrics_of(policy), guard=guard_of(policy))


def rows_of(truth: Truth, said: PredictionFile, policy: Policy) -> Rows:
    parts: list[Rows] = []
    count = 0
    for part in paired_rows(truth, said, None, policy):
        count += len(part)
        if count > MOST_ROWS:
            raise BadData(
                f"more than {MOST_ROWS} rows are too many for a drill, which holds them in memory",
                where=str(said.path),
                mend="Drill with a part of the rows: `ci-mlops drill --predictions FILE`.",
            )
        parts.append(part)
    return joined(parts)


def guard_of(policy: Policy) -> Guard:
    def guard(said: Predictions, true: Floats) -> None:
        if policy.task == "regression":
            return
        if policy.multilabel:
            order = LabelOrder("the candidate", "", policy.classes)
            order.look(said, true)
            order.refuse_reversed()
            return
        direction = Direction("the candidate", "", classes=policy.classes)
        direction.look(said)
        direction.refuse_reversed()

    return guard
