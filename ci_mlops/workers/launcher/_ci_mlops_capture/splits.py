"""Watch how rows are parted: which row numbers, and whether the next run parts them alike."""

from __future__ import annotations

import functools
import sys
import weakref
from types import FunctionType, ModuleType
from typing import Any

from . import facts, frames, journal, numbering, script_line

# row numbers of what came out of a split: object -> (the object, its rows, rows of the whole)
_parts: dict[int, tuple[Any, Any, int]] = {}


class Split:
    def __init__(
        self, what: str, total: int, train: Any, test: Any, seeded: bool, stratified: bool, grouped: bool
    ) -> None:
        self.what, self.total, self.train, self.test = what, total, train, test
        self.seeded, self.stratified, self.grouped = seeded, stratified, grouped
        self.where = script_line.where()[0]

    def told(self) -> dict[str, Any]:
        return {
            "what": self.what,
            "where": self.where,
            "rows": self.total,
            "train": len(self.train),
            "seeded": self.seeded,
            "stratified": self.stratified,
            "grouped": self.grouped,
        }


def of_rows(rows: int) -> Any:
    """The last split whose train side is as long."""
    for split in reversed(journal.splits):
        if len(split.train) == rows:
            return split
    return None


def keep(split: Split) -> None:
    journal.splits.append(split)
    del journal.splits[: -journal.KEPT]


def patch_sklearn_model_selection__split(module: ModuleType) -> None:
    original = vars(module)["train_test_split"]
    if not frames.is_ours(original):
        module.train_test_split = parting(original)  # type: ignore[attr-defined]  # it has one
    for cls in vars(module).values():
        if isinstance(cls, type) and isinstance(vars(cls).get("split"), FunctionType):
            method = vars(cls)["split"]
            if not frames.is_ours(method) and cls.__module__ == module.__name__:
                setattr(cls, "split", folding(method))  # noqa: B010 - not known to be writable


def parting(original: Any) -> Any:
    @functools.wraps(original)
    def train_test_split(*arrays: Any, **options: Any) -> Any:
        rows = None if journal.elsewhere() else journal.attempt("a split", numbered, arrays)
        if rows is not None:
            # row numbers go along as one more array: the same random draw, and nothing else changes
            try:
                result = original(*arrays, rows, **options)
            except Exception:  # noqa: BLE001 - the script gets its own error, without our array in it
                rows = None
        if rows is None:
            return original(*arrays, **options)
        journal.attempt("a split", parted, arrays, result, options)
        return result[:-2]

    return frames.hidden(train_test_split)


def numbered(arrays: Any) -> Any:
    if not arrays or journal.depth.inside():
        return None
    return sys.modules["numpy"].arange(facts.rows_of(arrays[0]))


def parted(arrays: Any, result: Any, options: dict[str, Any]) -> None:
    train, test = result[-2:]
    numbering.parted(arrays, result[:-2], (train, test))
    total = facts.rows_of(arrays[0])
    known = _parts.get(id(arrays[0]))
    if known is not None and known[0]() is arrays[0]:
        # a part is parted again: count in the rows of the whole
        train, test, total = known[1][train], known[1][test], known[2]
    seeded = journal.seeded or options.get("random_state") is not None or options.get("shuffle") is False
    keep(Split("train_test_split", total, train, test, seeded, options.get("stratify") is not None, False))
    for place, part in enumerate(result[:-2]):
        try:
            _parts[id(part)] = (weakref.ref(part), train if place % 2 == 0 else test, total)
        except TypeError:  # a list
            continue
    for key in [key for key, (ref, _, _) in _parts.items() if ref() is None]:
        del _parts[key]


def folding(original: Any) -> Any:
    @functools.wraps(original)
    def split(self: Any, *args: Any, **kwargs: Any) -> Any:
        folds = original(self, *args, **kwargs)
        caller = sys._getframe(1).f_globals.get("__name__", "")  # noqa: SLF001 - the only way to the callers
        if journal.elsewhere() or journal.depth.inside() or caller.startswith("sklearn."):
            return folds
        return watched(self, folds, kwargs)

    return frames.hidden(split)


def watched(splitter: Any, folds: Any, options: dict[str, Any]) -> Any:
    name = type(splitter).__name__
    # a splitter that has no `shuffle` and a `random_state` always shuffles
    shuffles = bool(getattr(splitter, "shuffle", hasattr(splitter, "random_state")))
    seeded = journal.seeded or not shuffles or getattr(splitter, "random_state", None) is not None
    grouped = "Group" in name or options.get("groups") is not None
    held = None
    for fold in folds:
        if held is not None:
            # of the folds of one loop the last one is kept, with a copy by fit() of the one that it used
            journal.splits[:] = [one for one in journal.splits if one is not held]
        held = journal.attempt("a fold", folded, name, fold, seeded, "Stratified" in name, grouped)
        yield fold


frames.hidden(watched)


def folded(name: str, fold: Any, seeded: bool, stratified: bool, grouped: bool) -> Split:
    split = Split(name, len(fold[0]) + len(fold[1]), fold[0], fold[1], seeded, stratified, grouped)
    keep(split)
    return split


def patch_numpy_random(module: ModuleType) -> None:
    for name in ("seed", "set_state"):
        original = vars(module).get(name)
        if callable(original) and not frames.is_ours(original):
            setattr(module, name, seeding(original))


def seeding(original: Any) -> Any:
    @functools.wraps(original)
    def call(*args: Any, **kwargs: Any) -> Any:
        # a seed of None is no seed
        if args[:1] != (None,) and (args or kwargs):
            journal.seeded = True
        return original(*args, **kwargs)

    return frames.hidden(call)
