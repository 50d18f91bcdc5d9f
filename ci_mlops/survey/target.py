"""The target column, what kind of task it makes, and which of its labels is the event."""

import re
from dataclasses import dataclass
from typing import Any

from ci_mlops.records.labels import canonical_label
from ci_mlops.survey.clues import made_of, remade, target_clues
from ci_mlops.survey.estimators import task_of, task_of_objective
from ci_mlops.survey.facts import Facts
from ci_mlops.survey.guess import Guess
from ci_mlops.survey.tables import Column, Table, usable

_NAMES = [
    "target",
    "label",
    "y",
    "class",
    "outcome",
    "churn",
    "churned",
    "default",
    "defaulted",
    "is_fraud",
    "fraud",
    "response",
    "diagnosis",
    "species",
    "quality",
    "survived",
    "failure",
    "machine_failure",
    "price",
    "saleprice",
    "sale_price",
    "readmitted",
    "is_canceled",
    "canceled",
    "cancelled",
    "is_cancelled",
    "subscribed",
    "deposit",
    "category",
    "sentiment",
    "status",
    "demand",
    "consumption",
    "load",
    "sales",
]
_EVENTS = """yes true t y 1 churned churn default defaulted fraud fraudulent malignant m positive pos bad failed failure fail
sick disease readmitted canceled cancelled late spam attrited left exited charged\\ off subscribed died dead abnormal
anomaly high win won""".replace("\\ ", "_").split()
MOST_CLASSES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    guess: Guess
    positive: Any = None
    """As the script codes it; None where it says nothing."""
    positive_where: str = ""


def target_of(table: Table, facts: Facts | None) -> Target | None:
    if facts is not None:
        for clue in target_clues(facts):
            if clue.weight < 5:
                break
            column = _placed(table, clue.column)
            if column:
                positive = clue.positive if clue.positive is not None else remade(facts, str(clue.column))
                guess = Guess(
                    subject="target", value=column, why=f"{clue.how} in the script", where=clue.where
                )
                return Target(guess=guess, positive=positive, positive_where=clue.where)
            made = made_of(facts, clue.column) if isinstance(clue.column, str) else None
            column = _placed(table, made.column) if made else None
            if made and column:
                why = f"the script makes `{clue.column}` of it"
                guess = Guess(subject="target", value=column, why=why, where=made.where)
                return Target(guess=guess, positive=made.positive, positive_where=made.where)
    return _by_name(table, facts)


def task(column: Column | None, facts: Facts | None) -> Guess:
    if facts is not None:
        kinds = {kind: one for one in facts.models if (kind := task_of(one.name))}
        if len(kinds) == 1:
            (kind, one) = next(iter(kinds.items()))
            return Guess(subject="task", value=kind, why=f"`{one.name}`", where=one.where)
        for module in facts.values.modules:
            for text, where in _texts(module):
                if kind := task_of_objective(text):
                    return Guess(subject="task", value=kind, why=f"objective `{text}`", where=where)
    if column is not None and (not column.is_number or len(column.counts) <= 10):
        many = len(column.counts)
        return Guess(subject="task", value="classification", why=f"{many} different values", sure=many <= 2)
    return Guess(subject="task", value="regression", why="a number with many different values", sure=False)


def labels(column: Column) -> list[str]:
    """As the config compares them: `1`, `1.0` and `"1"` are one label."""
    found: dict[str, int] = {}
    for cell, times in column.counts.items():
        label = canonical_label(cell)
        found[label] = found.get(label, 0) + times
    return sorted(found, key=_in_order)


def positive(column: Column, target: Target, facts: Facts | None) -> Guess | None:
    """None where the labels are 0 and 1, which need no word."""
    both = labels(column)
    if both == ["0", "1"] or len(both) != 2:
        return None
    if target.positive is not None and (told := _same(target.positive, both)):
        return Guess(
            subject="positive", value=told, why="the script codes it as 1", where=target.positive_where
        )
    if facts is not None:
        for call, place in facts.calls:
            for word in call.keywords:
                if word.arg == "pos_label" and (told := _same(facts.values.known(word.value, place), both)):
                    where = place.module.where(call)
                    return Guess(subject="positive", value=told, why="`pos_label`", where=where)
    named = [label for label in both if re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_") in _EVENTS]
    if column.is_number:
        # 1 beside 2 says nothing; 1 beside -1 does
        named = ["1"] if both == ["-1", "1"] else []
    if len(named) == 1:
        return Guess(subject="positive", value=named[0], why="the name of an event", options=tuple(both))
    times = {
        label: sum(n for cell, n in column.counts.items() if canonical_label(cell) == label) for label in both
    }
    rarer = min(both, key=lambda label: (times[label], label))
    return Guess(
        subject="positive",
        value=rarer,
        why=f"the rarer one: {times[rarer]} of {sum(times.values())}",
        sure=False,
        options=tuple(both),
    )


def _by_name(table: Table, facts: Facts | None) -> Target | None:
    names = {
        re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_"): name for name in table.names if usable(name)
    }
    weak = (
        [
            clue
            for clue in target_clues(facts)
            if isinstance(clue.column, str) and clue.column in table.names and usable(clue.column)
        ]
        if facts
        else []
    )
    for word in _NAMES:
        if word in names:
            guess = Guess(
                subject="target", value=names[word], why="its name", where=table.path, sure=word in _NAMES[:5]
            )
            return Target(guess=guess)
    dropped = list(dict.fromkeys(str(clue.column) for clue in weak))
    if len(dropped) == 1:
        why = "the script drops this column alone"
        return Target(
            guess=Guess(subject="target", value=dropped[0], why=why, where=weak[0].where, sure=False)
        )
    return None


def _placed(table: Table, column: str | int) -> str | None:
    if isinstance(column, int):
        if isinstance(column, bool) or not -len(table.names) <= column < len(table.names):
            return None
        name = table.names[column]
    else:
        name = table.like(column) or ""
    return name if usable(name) else None


def _texts(module: Any) -> list[tuple[str, str]]:
    import ast

    return [
        (node.value, module.where(node))
        for node in module.nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 40
    ]


def _same(value: Any, both: list[str]) -> str | None:
    if not isinstance(value, str | int | float):
        return None
    label = canonical_label(value)
    return next((one for one in both if one == label or one.lower() == label.lower()), None)


def _in_order(label: str) -> tuple[bool, float, str]:
    try:
        return False, float(label), label
    except ValueError:
        return True, 0.0, label
