"""Which sabotages there are for a task and its rows, in the order in which they are told."""

from collections.abc import Callable, Iterator

import numpy as np

from ci_mlops.evaluation.drill import binary, classes, numbers
from ci_mlops.evaluation.drill.label_sets import LabelSets
from ci_mlops.evaluation.drill.sabotage import CHAMPION, EVERY, UNSCORED, Flags, Sabotage, at, where
from ci_mlops.evaluation.drill.scatter import dealt
from ci_mlops.evaluation.rows import Predictions, Rows, SliceColumn
from ci_mlops.records import Policy

MOST_SLICES = 10


def sabotages_for(rows: Rows, policy: Policy) -> tuple[Sabotage, ...]:
    """`rows.candidate` is the champion."""
    slices = tuple(_broken_slices(rows, policy))[:MOST_SLICES]
    if policy.multilabel:
        # no metric of label sets reads scores, so that leaving them out does no harm
        sets = LabelSets(rows, policy)
        return (*EVERY, *sets.harmful(), *slices, CHAMPION, *sets.harmless)
    family = numbers if policy.task == "regression" else classes if policy.classes else binary
    scores = () if policy.task == "regression" else (UNSCORED,)
    return (*EVERY, *family.HARMFUL, *slices, *scores, CHAMPION, *family.HARMLESS)


def _broken_slices(rows: Rows, policy: Policy) -> Iterator[Sabotage]:
    """Of each column the value with the most rows that has enough events; a smaller one would say nothing more."""
    for name, column in rows.slices.items():
        code = _largest(rows, column, policy)
        yield _none(name, policy) if code is None else _broken(column, code, policy)


def _none(name: str, policy: Policy) -> Sabotage:
    """To be told as left out, never in silence."""
    kinds = {"regression": "of its own", "sets": "that carry a label"}.get(_kind(policy), "of two classes")
    why = f"no value of it has {policy.floor} rows {kinds}"
    return Sabotage(name="slice", title="Broken slice of {}", about=name, intent="harm", apply=lambda _: why)


def _broken(column: SliceColumn, code: int, policy: Policy) -> Sabotage:
    done, breaking = _WAYS[_kind(policy)]

    def apply(rows: Rows) -> Predictions:
        return breaking(rows, column.codes == code)

    return Sabotage(
        name="slice", title=f"Answers {done} on {{}}", about=column.names[code], intent="harm", apply=apply
    )


def _largest(rows: Rows, column: SliceColumn, policy: Policy) -> int | None:
    size = len(column.names)
    counts = np.bincount(column.codes, minlength=size)
    enough = counts >= policy.floor
    if policy.multilabel:
        enough = np.bincount(column.codes[rows.labels != 0], minlength=size) >= policy.floor
    elif policy.task == "classification":
        kinds = [
            np.bincount(column.codes[rows.labels == label], minlength=size) >= policy.floor
            for label in np.unique(rows.labels)
        ]
        enough = np.sum(kinds, axis=0) >= 2
    if not enough.any():
        return None
    return int(np.where(enough, counts, -1).argmax())


def _dealt_within(rows: Rows, inside: Flags) -> Predictions:
    places = np.arange(len(rows))
    within = np.flatnonzero(inside)
    places[within] = within[dealt(len(within))]
    return at(rows.candidate, places)


def _kind(policy: Policy) -> str:
    if policy.multilabel:
        return "sets"
    return "regression" if policy.task == "regression" else "several" if policy.classes else "two"


_WAYS: dict[str, tuple[str, Callable[[Rows, Flags], Predictions]]] = {
    "two": ("inverted", lambda rows, inside: where(inside, binary.inverted(rows), rows.candidate)),
    "several": (
        "given the next class",
        lambda rows, inside: where(inside, classes.passed_on(rows), rows.candidate),
    ),
    "regression": ("shuffled", _dealt_within),
    "sets": ("shuffled", _dealt_within),
}
