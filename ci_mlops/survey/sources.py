"""Which data files the training reads, and which rows are there to be compared on."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from ci_mlops.survey.facts import Facts, Touched
from ci_mlops.survey.tables import Table
from ci_mlops.survey.tree import TABLES, Tree
from ci_mlops.survey.values import Place

Look = Callable[[str], Table | None]
"""A path -> the table there; None where it can't be read."""
_TEST = re.compile(r"(?i)(^|[^a-z])(test|holdout|hold_out|heldout|eval|evaluation)([^a-z]|$)")
_VALID = re.compile(r"(?i)(^|[^a-z])(valid|val|validation|dev)([^a-z]|$)")
_TRAIN = re.compile(r"(?i)(^|[^a-z])(train|training)([^a-z]|$)")
_MADE = re.compile(
    r"(?i)submission|predict|forecasts?\.|metrics|scores?[._]|results?[._]|output|report|importance|sample_sub|dictionary"
)
UNREADABLE = (".xlsx", ".xls", ".npy", ".npz", ".json", ".jsonl", ".feather", ".pkl", ".h5", ".db", ".sqlite")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Data files of the training, and those that look like test rows."""

    train: tuple[Touched, ...]
    test: tuple[Touched, ...]
    absent: tuple[Touched, ...] = ()
    """Read by the script, not in the repository."""
    sure: bool = True


def found_data(tree: Tree, chain: Sequence[Facts], made: Collection[str] = ()) -> Found:
    """
    From the scripts' reads; else their options, constants and settings; else whatever tables there are.

    Args:
        tree: The repository.
        chain: The scripts that are run, in their order.
        made: Files that are known to be written on the way.
    """
    absent: tuple[Touched, ...] = ()
    if chain:
        written = {*made, *(one.path for facts in chain for one in facts.writes)}
        read = [one for facts in chain for one in facts.reads if one.path not in written]
        there = [inner for one in read for inner in _expanded(tree, one)]
        absent = tuple(one for one in read if not any(_expanded(tree, one)))
        for source in (there, [one for facts in chain for one in _mentioned(tree, facts)]):
            kept = [one for one in source if one.path not in written and not _MADE.search(_name(one.path))]
            if kept:
                return _sorted(tree, kept, absent, sure=True)
    whatever = [
        Touched(path=path, where=path)
        for path in tree.tables
        if not _MADE.search(_name(path)) and not re.match(r"tests?/", path)
    ]
    return _sorted(tree, whatever, absent, sure=len(whatever) == 1)


def siblings(tree: Tree, train: tuple[Touched, ...]) -> list[Touched]:
    """Test rows that lie beside the training rows and are not read by the script."""
    folders = {PurePosixPath(one.path).parent for one in train}
    named = any(_TRAIN.search(_name(one.path)) for one in train)
    return [
        Touched(path=path, where=path)
        for path in tree.tables
        if named
        and PurePosixPath(path).parent in folders
        and _TEST.search(_name(path))
        and not _MADE.search(_name(path))
    ]


def unreadable(facts: Facts) -> Touched | None:
    """Data in a form that we can't read."""
    return next((one for one in facts.reads if one.path.lower().endswith(UNREADABLE)), None)


def _sorted(tree: Tree, read: list[Touched], absent: tuple[Touched, ...], *, sure: bool) -> Found:
    once = list({one.path: one for one in reversed(read)}.values())[::-1]
    test = [one for one in once if _TEST.search(_name(one.path)) and not _TRAIN.search(_name(one.path))]
    held = [one for one in once if _VALID.search(_name(one.path)) and one not in test]
    train = [one for one in once if one not in test and one not in held]
    if not train:
        return Found(train=tuple(once), test=(), absent=absent, sure=sure)
    if any(_TRAIN.search(_name(one.path)) for one in train) and not sure:
        train = [one for one in train if _TRAIN.search(_name(one.path))]
        sure = len(train) == 1
    # validation rows steer the training, so test rows come before them
    return Found(
        train=tuple([*train, *held] if test else train), test=tuple(test or held), absent=absent, sure=sure
    )


def _expanded(tree: Tree, one: Touched) -> Iterator[Touched]:
    """A file, or the tables that a pattern or a folder means."""
    if tree.holds(one.path):
        if one.path.lower().endswith(TABLES):
            yield one
    elif "*" in one.path and any(PurePosixPath(path).match(one.path) for path in tree.tables):
        yield one


def _mentioned(tree: Tree, facts: Facts) -> Iterator[Touched]:
    """Paths of tables that stand in constants, options and settings, whoever reads them."""
    import ast

    for module in facts.values.modules:
        for node in module.nodes:
            place = Place(module, module.owners.get(node))
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts = [node.value]
            elif isinstance(node, ast.Call | ast.BinOp | ast.Attribute | ast.Subscript):
                value = facts.values.known(node, place)
                texts = list(_strings(value, 0))
            else:
                continue
            for text in texts:
                if text.lower().endswith(TABLES) and len(text) < 300:
                    for one in facts.located(text, module, module.where(node)):
                        yield from _expanded(tree, one)


def _strings(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif depth < 4 and isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner, depth + 1)


def _name(path: str) -> str:
    return PurePosixPath(path).name
