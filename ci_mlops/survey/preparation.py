"""What a script does to its rows before the model sees them, outside of the model itself."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from ci_mlops.survey.expressions import columns_of
from ci_mlops.survey.facts import Facts, Used
from ci_mlops.survey.guess import Guess, Notice
from ci_mlops.survey.tables import Table
from ci_mlops.survey.tree import TABLES
from ci_mlops.survey.values import last_name

_KEPT = (
    "The script prepares rows outside of the model, so it was proposed to keep the held-out rows as it prepared them, with "
    "the model (`prepared: true`): see the comment in ci-mlops.yml."
)
_LATER = frozenset(("predict", "predict_proba", "decision_function", "score"))
"""What is asked of a model that is trained already."""
_TEST = re.compile(r"(?i)test|valid|holdout|eval")
_LABELS = frozenset(("LabelEncoder", "LabelBinarizer"))
"""Mostly code the target; on a feature they are seen by what they are called with."""


def prepared_outside(facts: Facts, table: Table, target: str) -> Used | None:
    """The place that shows it: an encoder outside of a pipeline, or a column that the script makes or rewrites."""
    loose = [used for used in facts.loose if used.name not in _LABELS]
    for used in (*loose, *_transformed(facts, table, target)):
        return replace(used, name=f"`{used.name}`")
    return next(_columns_made(facts, table, target), None)


def prepared_before(scripts: Sequence[Facts], table: Table, target: str) -> Notice | None:
    """Rows that come to the training through files of a step before it: nobody can tell which ones they were."""
    trains = scripts[-1]
    for facts in scripts[:-1]:
        used = prepared_outside(facts, table, target)
        if used is None:
            continue
        files = [one.path for one in trains.reads if one.path.lower().endswith(TABLES)]
        tests = [path for path in files if _TEST.search(PurePosixPath(path).name)]
        others = [path for path in files if path not in tests]
        text = (
            f"{facts.module.path} prepares rows and hands them on in a file, so which rows of {table.path} the model was "
            f"fitted on may not be told from outside (then the verdict is exit 6). The way out: run {facts.module.path} in a step "
            f'before, and `ci-mlops init --force --run "python {trains.module.path}" --data {(others or ["FILE"])[0]} '
            f"--test {(tests or ['FILE'])[0]}`."
        )
        return Notice(text=text, where=used.where)
    return None


def keeping(guess: Guess, found: Used) -> tuple[Guess, Notice]:
    """The same source, with the rows kept that nobody else can prepare."""
    inner: dict[str, Any] = dict(guess.value["capture"]) if isinstance(guess.value, dict) else {}
    why = f"{guess.why}; rows are prepared outside of the model: {found.name} ({found.where})"
    kept = replace(guess, value={"capture": {**inner, "prepared": True}}, why=why)
    return kept, Notice(text=_KEPT, where=found.where)


def _transformed(facts: Facts, table: Table, target: str) -> Iterator[Used]:
    """`preparation.fit_transform(X)`, of anything but the labels."""
    for call, place in facts.calls:
        if last_name(call.func) == "fit_transform" and call.args:
            columns = {table.like(str(clue.column)) for clue in columns_of(facts, call.args[0], place)}
            if columns != {target}:
                yield Used(name="fit_transform", where=place.module.where(call))


def _columns_made(facts: Facts, table: Table, target: str) -> Iterator[Used]:
    """`df["age"] = 2026 - df["year"]`: of columns of the file, and not the target."""
    for module in facts.values.modules:
        for node in module.nodes:
            match node:
                case ast.Assign(targets=[ast.Subscript(value=held, slice=key)], value=value):
                    pass
                case _:
                    continue
            place = facts.values.place(module, node)
            if facts.values.known(held, place) is not None or _called(value) & _LATER:
                continue  # a dict of results, a column of answers
            name = facts.values.known(key, place)
            made_of = {
                column
                for clue in columns_of(facts, value, place)
                if isinstance(clue.column, str) and (column := table.like(clue.column))
            }
            of_rows = made_of - {target} or (target in made_of and _shifts(value))
            if of_rows and name != target:
                what = (
                    f"`{name}` is made by the script"
                    if isinstance(name, str)
                    else "columns are made by the script"
                )
                yield Used(name=what, where=module.where(node))


def _shifts(value: ast.expr) -> bool:
    """A lag of the target is a feature; its coding is not."""
    return bool(_called(value) & {"shift", "rolling", "diff", "expanding"})


def _called(value: ast.expr) -> set[str]:
    return {last_name(part.func) for part in ast.walk(value) if isinstance(part, ast.Call)}
