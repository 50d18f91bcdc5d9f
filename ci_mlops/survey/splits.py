"""Where a script holds rows out of its training, and how many."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ci_mlops.survey.estimators import FOLDS, SPLITS
from ci_mlops.survey.values import Place, Values, dotted_name, last_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    share: float | None
    """Of the rows that are held out; None where only running it would tell."""
    rows: int | None
    seeded: bool
    where: str
    by: str


def splits(values: Values, calls: Sequence[tuple[ast.Call, Place]]) -> Iterator[Split]:
    everywhere = any(dotted_name(call.func) in ("np.random.seed", "numpy.random.seed") for call, _ in calls)
    for call, place in calls:
        name = last_name(call.func)
        if name not in SPLITS | FOLDS and not (name == "sample" and _keyword(call, "frac")):
            continue
        told = {word.arg: values.known(word.value, place) for word in call.keywords if word.arg}
        seed = told.get("random_state")
        seeded = everywhere or ("random_state" in told and seed is not None) or told.get("shuffle") is False
        # a seed that only running it would tell is a seed all the same
        word = _keyword(call, "random_state")
        seeded = seeded or (word is not None and not isinstance(word, ast.Constant))
        share, rows = _held_out(name, told)
        yield Split(share=share, rows=rows, seeded=seeded, where=place.module.where(call), by=name)
    yield from _slicings(values)


def _slicings(values: Values) -> Iterator[Split]:
    """`df.iloc[:cut]`, `X[:n]` and dates held against a cut-off, where the name says what it makes."""
    for module in values.modules:
        for node in module.nodes:
            if not isinstance(node, ast.Assign) or not isinstance(
                node.value, ast.Subscript | ast.Tuple | ast.Call
            ):
                continue
            names = {part.id.lower() for part in ast.walk(node.targets[0]) if isinstance(part, ast.Name)}
            cuts = any(isinstance(part, ast.Slice | ast.Compare) for part in ast.walk(node.value))
            if cuts and any(re.search(r"test|valid|holdout|hold_out", name) for name in names):
                yield Split(share=None, rows=None, seeded=True, where=module.where(node), by="slicing")


def _held_out(name: str, told: dict[str, object]) -> tuple[float | None, int | None]:
    for key, turned in (("test_size", False), ("train_size", True), ("frac", True)):
        value = told.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or key not in told:
            continue
        if isinstance(value, float) and 0 < value < 1:
            share = 1 - value if turned else value
            return (min(share, 1 - share) if key == "frac" else share), None
        if isinstance(value, int) and value >= 1 and not turned:
            return None, value
    if name in SPLITS and "test_size" not in told and "train_size" not in told:
        return (0.25 if name == "train_test_split" else 0.1), None
    return None, None


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((word.value for word in call.keywords if word.arg == name), None)
