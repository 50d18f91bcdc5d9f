"""What the target makes of the task: labels, columns with a role, metrics and rules."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING
from unicodedata import category

from ci_mlops.records.labels import canonical_label
from ci_mlops.records.metric_names import TASK_OF, canonical_metric
from ci_mlops.records.policy import Task
from ci_mlops.survey.columns import group_of, id_of, slices_of, smallest_slice, unit_of, weight_of
from ci_mlops.survey.estimators import WITHOUT_PROBABILITY
from ci_mlops.survey.facts import Facts
from ci_mlops.survey.guess import TOLD, Findings, Guess, Told
from ci_mlops.survey.margins import Rows, rules
from ci_mlops.survey.target import MOST_CLASSES, labels, positive, task

if TYPE_CHECKING:
    from ci_mlops.survey.data_guess import Rowset

MOST_METRICS = 7


def guess_policy(rows: Rowset, scripts: Sequence[Facts], told: Told, found: Findings) -> None:
    facts = scripts[-1] if scripts else None
    name = str(found.guesses["target"].value)
    column = rows.table.column(name)
    if told.task is not None:
        found.add(Guess(subject="task", value=told.task, why=TOLD))
    else:
        found.add(task(column, facts))
    kind: Task = found.guesses["task"].value
    several = labels(column) if column and kind == "classification" else []
    if kind == "classification" and column is not None:
        _labels(several, rows, facts, told, found)
    _roles(rows, name, facts, told, found)
    if kind == "regression":
        found.add(unit_of(name))
    _rules(rows, kind, several, scripts, found)


def _labels(several: list[str], rows: Rowset, facts: Facts | None, told: Told, found: Findings) -> None:
    column = rows.table.column(str(found.guesses["target"].value))
    assert column is not None  # noqa: S101 - the caller has it; tells mypy
    if told.positive is not None:
        found.add(Guess(subject="positive", value=canonical_label(told.positive), why=TOLD))
    elif any(not _speakable(label) for label in several[: MOST_CLASSES + 1]):
        what = f"`{column.name}` has labels with control characters, which a config can't name"
        found.lacks("target", what, "clean them from the data, or `--target COLUMN`")
    elif 2 < len(several) <= MOST_CLASSES:
        found.add(
            Guess(
                subject="classes", value=tuple(several), why=f"{len(several)} labels", where=rows.table.path
            )
        )
    elif len(several) > MOST_CLASSES:
        what = f"`{column.name}` has {len(several)} different values: too many for a classification by it"
        found.lacks("target", what, "`--target COLUMN`, or `--task regression`")
    else:
        found.add(positive(column, rows.target, facts))


def _roles(rows: Rowset, target: str, facts: Facts | None, told: Told, found: Findings) -> None:
    table = rows.table
    if told.id is not None:
        found.add(Guess(subject="id", value=told.id, why=TOLD))
    else:
        found.add(id_of(table, target))
    name = found.guesses["id"].value if "id" in found.guesses else None
    found.add(group_of(table, target, name, facts))
    found.add(weight_of(table, target, facts))
    taken = {
        target,
        *(str(found.guesses[one].value) for one in ("id", "group", "weight") if one in found.guesses),
    }
    found.add(slices_of(table, taken, rows.rows))


def _rules(rows: Rowset, kind: Task, several: list[str], scripts: Sequence[Facts], found: Findings) -> None:
    column = rows.table.column(str(found.guesses["target"].value))
    sliced = found.guesses["slices"].value if "slices" in found.guesses else ()
    event = found.guesses["positive"].value if "positive" in found.guesses else "1"
    events = None
    if column is not None and column.filled and kind == "classification":
        times = sum(count for cell, count in column.counts.items() if canonical_label(cell) == event)
        events = int(rows.rows * times / column.filled)
    counted = Rows(
        all=rows.rows,
        positives=events,
        smallest_slice=smallest_slice(rows.table, sliced, rows.rows),
        spread=column.spread if column is not None else 0.0,
    )
    many = kind == "classification" and len(several) > 2
    made = rules(
        counted, kind="multiclass" if many else kind, ranks=not many and _ranks(scripts), sliced=bool(sliced)
    )
    found.add(
        Guess(
            subject="gates",
            value=tuple(made),
            why=_basis(rows, events if kind == "classification" and not many else None),
        )
    )
    gated = [rule.metric for rule in made]
    shown = [] if many else _shown(scripts, kind)
    metrics = tuple(dict.fromkeys([*gated, *shown]))[:MOST_METRICS]
    found.add(
        Guess(subject="metrics", value=metrics, why="what the rules need, and what the script itself counts")
    )


def _basis(rows: Rowset, events: int | None) -> str:
    about = "" if rows.apart and rows.table.whole else "about "
    held = "" if rows.apart else " that neither model was trained on"
    told = f", {events} of them events" if events is not None else ""
    return f"{about}{rows.rows} rows{held}{told}"


def _ranks(scripts: Sequence[Facts]) -> bool:
    """Whether the model orders rows, by a probability or a decision function, beyond telling labels."""
    return any(facts.models or "roc_auc_score" in facts.used for facts in scripts)


def _is_probable(scripts: Sequence[Facts]) -> bool:
    """Whether it gives probabilities."""
    models = {used.name for facts in scripts for used in facts.models}
    told = any("predict_proba" in facts.used or _asks_probability(facts) for facts in scripts)
    return told or bool(models and not models & WITHOUT_PROBABILITY)


def _asks_probability(facts: Facts) -> bool:
    return any(
        word.arg == "probability" and isinstance(word.value, ast.Constant) and word.value.value is True
        for call, _ in facts.calls
        for word in call.keywords
    )


def _shown(scripts: Sequence[Facts], kind: Task) -> list[str]:
    names = [
        canonical_metric(name)
        for facts in scripts
        for name in sorted(facts.used)
        if name.endswith(("_score", "_error", "_loss", "_coef"))
    ]
    if kind == "classification" and not names:
        names = ["accuracy", "precision", "recall"]
    if kind == "regression":
        names += ["r2"]
    # `ndcg` needs to be told what a query is
    absent = {"expected_cost", "ndcg"}
    if not _is_probable(scripts):
        absent |= {"brier", "log_loss"}
    return [name for name in names if TASK_OF.get(name) == kind and name not in absent]


def _speakable(label: str) -> bool:
    return bool(label) and not any(category(letter) in ("Cc", "Cs") for letter in label)
