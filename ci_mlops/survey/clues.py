"""Which columns a script takes as its target, and which value it takes as the event."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ci_mlops.survey.expressions import Clue, columns_of
from ci_mlops.survey.facts import Facts
from ci_mlops.survey.modules import own_bindings
from ci_mlops.survey.values import Place, last_name

_Y = re.compile(
    r"(y|Y|target|targets|labels?|outcome|response)(_?(all|raw|full|train|tr|true|data|encoded|enc))?"
)
_TARGET_NAME = re.compile(
    r"(?i)(target|label|outcome|response)(_?(col|column|name|variable|var|field|feature))*|(y|dependent)_?(col|column|name|var|variable)"
)
_FEATURES_NAME = re.compile(r"(?i)(x|features?|inputs?)(_?(all|raw|full|data|df|cols|columns|names))?")


def target_clues(facts: Facts) -> list[Clue]:
    """Strongest first; a column may be there several times."""
    found: list[Clue] = []
    for expression, place, weight, how in _target_expressions(facts):
        columns = {clue.column: clue for clue in columns_of(facts, expression, place)}
        if len(columns) == 1:
            found += [replace(clue, weight=weight, how=how) for clue in columns.values()]
    found += _of_names(facts)
    found += _of_dropped(facts)
    return sorted(found, key=lambda clue: -clue.weight)


def made_of(facts: Facts, column: str) -> Clue | None:
    """`df["late"] = (df["days"] > 30)`: the one column of the file that a column of the script's own is made of."""
    for module in facts.values.modules:
        for node in module.nodes:
            if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Subscript):
                continue
            place = facts.values.place(module, node)
            if facts.values.known(node.targets[0].slice, place) != column:
                continue
            columns = {clue.column: clue for clue in columns_of(facts, node.value, place)}
            columns.pop(column, None)
            if len(columns) == 1:
                return next(iter(columns.values()))
    return None


def remade(facts: Facts, column: str) -> Any:
    """The event of a column that the script codes in place: `df["y"] = df["y"].map({"yes": 1, "no": 0})`."""
    for module in facts.values.modules:
        for node in module.nodes:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
                place = facts.values.place(module, node)
                if facts.values.known(node.targets[0].slice, place) == column:
                    for clue in columns_of(facts, node.value, place):
                        if clue.column == column and clue.positive is not None:
                            return clue.positive
    return None


def _target_expressions(facts: Facts) -> Iterator[tuple[ast.expr, Place, int, str]]:
    for call, place in facts.calls:
        for expression, weight, how in _learnt(call):
            yield expression, place, weight, how
    for module in facts.values.modules:
        scopes = [(module.bindings, Place(module))]
        scopes += [(own_bindings(one), Place(module, one)) for one in module.functions.values()]
        for names, place in scopes:
            for name, bound in names.items():
                for expression in bound if _Y.fullmatch(name) else ():
                    yield expression, place, 8, f"`{name}`"


def _learnt(call: ast.Call) -> Iterator[tuple[ast.expr, int, str]]:
    """What a call is given as the truth."""
    name = last_name(call.func)
    number = {"train_test_split": 1, "fit": 1, "cross_val_score": 2, "cross_validate": 2}.get(name)
    if number is not None and len(call.args) > number:
        how = "the second part of the split" if name == "train_test_split" else f"what `{name}` learns"
        yield call.args[number], 10, how
    for word in call.keywords:
        if (name, word.arg) in (("fit", "y"), ("Dataset", "label"), ("DMatrix", "label"), ("Pool", "label")):
            yield word.value, 10, f"what `{name}` learns"
        elif word.arg == "stratify":
            yield word.value, 5, "what the split is stratified by"


def _of_names(facts: Facts) -> Iterator[Clue]:
    """`TARGET = "churn"`, a setting or an option of that name."""
    for module in facts.values.modules:
        scopes = [(module.bindings, Place(module))]
        scopes += [(own_bindings(one), Place(module, one)) for one in module.functions.values()]
        named = [(name, bound, place) for names, place in scopes for name, bound in names.items()]
        for name, bound, place in named:
            if _TARGET_NAME.fullmatch(name):
                for expression in bound:
                    text = facts.values.text(expression, place)
                    if text:
                        yield Clue(column=text, where=module.where(expression), weight=7, how=f"`{name}`")
        for node in module.nodes:
            match node:
                case ast.Attribute(attr=name) if _TARGET_NAME.fullmatch(name):
                    pass
                case ast.Subscript(slice=ast.Constant(value=str() as name)) if _TARGET_NAME.fullmatch(name):
                    pass
                case _:
                    continue
            text = facts.values.text(node, facts.values.place(module, node))
            if text:
                yield Clue(column=text, where=module.where(node), weight=7, how=f"`{name}`")


def _of_dropped(facts: Facts) -> Iterator[Clue]:
    for module in facts.values.modules:
        for node in module.nodes:
            if not isinstance(node, ast.Call) or last_name(node.func) != "drop":
                continue
            place = facts.values.place(module, node)
            given = [
                *node.args[:1],
                *(word.value for word in node.keywords if word.arg in ("columns", "labels")),
            ]
            for expression in given:
                dropped = facts.values.known(expression, place)
                for column in dropped if isinstance(dropped, list) else [dropped]:
                    if isinstance(column, str):
                        yield Clue(column=column, where=module.where(node), weight=2, how="it is dropped")
