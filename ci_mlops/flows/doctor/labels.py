"""The target: does it hold the labels or numbers that the config says?"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ci_mlops.config import Config
from ci_mlops.datasets.tables import NOTHING, read_columns
from ci_mlops.flows.doctor.check import Check, fine, problem, warning
from ci_mlops.records.labels import SET_SEPARATOR, canonical_label

DATA = 4
FEW = 20
_PLAIN = {"0", "1", "false", "true"}


def cells_of(files: tuple[Path, ...], column: str) -> Counter[str | None]:
    values: Counter[str | None] = Counter()
    for batch in read_columns(files, (column,), as_text=(column,)):
        values.update(batch.column(0).to_pylist())
    return values


def target(config: Config, files: tuple[Path, ...]) -> Iterator[Check]:
    test = config.data.test
    where = config.where("data", "test", "target")
    if config.task == "regression":
        yield from _number(test.target, files, where)
        return
    cells = cells_of(files, test.target)
    labels: Counter[str] = Counter()
    missing = 0
    for cell, count in cells.items():
        if test.multilabel and not (cell or "").strip():
            continue
        if cell is None or cell.strip() in NOTHING:
            missing += count
        elif test.multilabel:
            labels.update(dict.fromkeys(map(canonical_label, cell.split(SET_SEPARATOR)), count))
        else:
            labels[canonical_label(cell)] += count
    if missing:
        yield warning(
            "data.target",
            f"{missing:,} test rows have no label; they are left out for both models.",
            where=where,
        )
    if test.classes:
        yield from _classes(config, labels)
    else:
        yield from _event(config, labels, where)


def _classes(config: Config, labels: Counter[str]) -> Iterator[Check]:
    where = config.where("data", "test", "classes")
    named = [canonical_label(name) for name in config.data.test.classes]
    unnamed = sorted(label for label in labels if label not in named)
    absent = [name for name in named if name not in labels]
    if unnamed:
        yield problem(
            "data.classes",
            f"The test rows have labels that `classes` does not name: {_some(unnamed)}.",
            exit_code=DATA,
            where=where,
            mend="Name them all, or mend the rows.",
        )
    if absent:
        yield warning(
            "data.classes",
            f"No test row is of class {_some(absent)}: nothing is measured for it.",
            where=where,
            mend="Pin rows that have every class, or take it out of `classes`.",
        )
    if not unnamed and not absent:
        yield fine("data.classes", f"All {len(named)} classes occur: {_counts(labels)}.")


def _event(config: Config, labels: Counter[str], where: str) -> Iterator[Check]:
    positive = config.data.test.positive
    if positive is None and not set(labels) <= _PLAIN:
        yield problem(
            "data.positive",
            f"The labels are {_some(sorted(labels))}, and nothing says which one is the event to be found.",
            exit_code=DATA,
            where=where,
            mend='Name it: `positive: "..."`, spelt as in the data.',
        )
        return
    event = positive if positive is not None else "1"
    found = sum(
        count for label, count in labels.items() if label == event or (positive is None and label == "true")
    )
    where = config.where("data", "test", "positive")
    if len(labels) > 2:
        yield problem(
            "data.positive",
            f"The target has {len(labels)} labels: {_counts(labels)}.",
            exit_code=DATA,
            where=where,
            mend="Name them all with `classes: [...]` in place of `positive`.",
        )
    elif not found:
        yield problem(
            "data.positive",
            f"No test row has the label {event!r}; there are {_counts(labels)}.",
            exit_code=DATA,
            where=where,
            mend="Spell it as in the data, or pin rows in which it occurs.",
        )
    elif found < FEW:
        yield warning(
            "data.positive",
            f"Only {found} test rows are {event!r}; {FEW} are needed before recall and its kin are judged.",
            where=where,
            mend="Pin more rows.",
        )
    else:
        yield fine(
            "data.positive", f"{found:,} of {sum(labels.values()):,} labelled test rows are {event!r}."
        )


def _number(column: str, files: tuple[Path, ...], where: str) -> Iterator[Check]:
    from pyarrow import types

    batch = next(read_columns(files, (column,)))
    if types.is_string(batch.schema.field(0).type):
        yield problem(
            "data.target",
            f"`{column}` holds text, and a regression needs numbers.",
            exit_code=DATA,
            where=where,
            mend="Name the column that is predicted, or `task: classification`.",
        )
    else:
        yield fine("data.target", f"`{column}` holds numbers.")


def _some(names: list[str]) -> str:
    return ", ".join(repr(name) for name in names[:5]) + (", ..." if len(names) > 5 else "")


def _counts(labels: Counter[str]) -> str:
    told = ", ".join(f"{label!r} {count:,}" for label, count in labels.most_common(5))
    return told + (", ..." if len(labels) > 5 else "")
