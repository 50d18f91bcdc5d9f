"""From a model's answers to OUTPUT/predictions/<role>.parquet: the same columns whatever gave them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ci_mlops.datasets.alignment import TableColumns, in_step
from ci_mlops.datasets.label_sets import LabelSetCoding
from ci_mlops.datasets.tables import table_columns
from ci_mlops.errors import BadData
from ci_mlops.records import Finding
from ci_mlops.records.labels import canonical_label

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from ci_mlops.flows.scoring import Answers

_SHOWN = 10
_PLAIN = {"false": "0", "true": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicted:
    """`<role>.json` beside the predictions."""

    role: str
    model: str
    """Digest of the model that said this."""
    fingerprint: str
    test: str
    """Digest of the pinned test rows."""
    pin: Literal["base", "moved", "validation"] = "base"
    """`moved`: the rows that the change pins instead; for information. `validation`: what a threshold is chosen on."""
    rows: int
    task: str
    source: str
    """`worker` or `command`."""
    score_kind: str | None
    """`probability`, or `decision`: a score that orders rows and is no probability; None: no score."""
    classes: tuple[str, ...] | None
    columns: tuple[str, ...]
    """What the model was given; empty where a command chose by itself."""
    environment: str
    job: str
    seen: int | None = None
    """Rows that the model was trained on, or that equal such a row; None: not known."""
    unscored: int = 0
    """Rows that its script leaves out, so that it says nothing of them."""
    libraries: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    """What had to be done to the rows before the model took them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the answers are read for."""

    role: str
    task: str
    positive: str | None
    ids: pa.Array
    """Text, one per test row, in their order."""
    where: str
    classes: tuple[str, ...] = ()
    """Three or more labels of the policy; empty: two."""
    multilabel: bool = False
    """A row may carry several of them at once."""


def table_of_answers(answers: Answers, asked: Asked) -> pa.Table:
    """
    Raises:
        BadData: another number of rows, nothing or infinity for a row, numbers where classes are wanted.
    """
    import pyarrow as pa

    rows = len(asked.ids)
    if answers.seen is not None and answers.seen.shape != (rows,):
        raise misfit(asked, f"told of {answers.seen.shape} rows whether it has seen them, for {rows} rows")
    if answers.predictions is not None and answers.predictions.shape != (rows,):
        raise misfit(asked, f"gave predictions of shape {answers.predictions.shape} for {rows} rows")
    columns: dict[str, Any] = {"id": asked.ids}
    if answers.seen is not None:
        columns["seen"] = pa.array(answers.seen.astype(np.uint8))
    if asked.task == "regression":
        numbers = answers.scores if answers.predictions is None else answers.predictions
        columns["prediction"] = pa.array(finite(numbers, "predictions", asked))
        return pa.table(columns)
    if asked.classes:
        refuse_other_classes([canonical_label(name) for name in answers.classes or ()], "knows", asked)
    if answers.predictions is not None:
        columns["prediction"] = pa.array(_labels(answers.predictions, answers.classes, asked), pa.string())
    if answers.scores is not None:
        scores = finite(answers.scores, "scores", asked)
        known = answers.classes or ()
        if asked.classes:
            columns |= _class_columns(scores, known, answers.score_kind, asked)
        else:
            columns |= _score_columns(scores, known, asked)
    return pa.table(columns)


def _labels(values: NDArray[Any], classes: Sequence[str] | None, asked: Asked) -> list[str]:
    numbers = values.dtype.kind == "f"
    missing = (
        int(np.isnan(values).sum())
        if numbers
        else int(
            np.isin(values.astype(str), [w for w in ("nan", "None", "") if w not in asked.classes]).sum()
        )
    )
    if missing:
        raise misfit(asked, f"said nothing (NaN) for {missing} of {len(values)} rows")
    if numbers and classes is None and (values != np.round(values)).any():
        raise misfit(asked, "said numbers, not classes", "Is it a regression? Then `task: regression`.")
    kinds, places = np.unique(values, return_inverse=True)
    names = np.array([canonical_label(kind) for kind in kinds.tolist()], dtype=object)
    if asked.classes:
        refuse_other_classes(names.tolist(), "says", asked)
    return list(names[places])


def refuse_other_classes(labels: Sequence[str], does: str, asked: Asked) -> None:
    other = [label for label in labels if label not in asked.classes]
    if other:
        shown = ", ".join(repr(label) for label in other[:_SHOWN])
        more = f" and {len(other) - _SHOWN} more" if len(other) > _SHOWN else ""
        raise misfit(
            asked,
            f"{does} classes that are not in `data.test.classes`: {shown}{more}",
            f"`classes` lists {', '.join(asked.classes[:_SHOWN])}: add them there, or train without them.",
        )


def _class_columns(
    scores: NDArray[Any], classes: Sequence[str], kind: str | None, asked: Asked
) -> dict[str, NDArray[Any]]:
    """A column for each class of the policy; a model that does not know a class never expects it."""
    labels = [canonical_label(name) for name in classes]
    if scores.shape != (len(asked.ids), len(labels)):
        # such as a decision function of two classes, or one vote for each pair of classes
        if kind == "decision":
            return {}
        raise misfit(
            asked, f"gave scores of shape {scores.shape} for {len(asked.ids)} rows and {len(labels)} classes"
        )
    if kind == "decision" and len(labels) < len(asked.classes):
        return {}
    nothing = np.zeros(len(asked.ids))
    return {
        f"score_{label}": np.ascontiguousarray(scores[:, labels.index(label)]) if label in labels else nothing
        for label in asked.classes
    }


def _score_columns(scores: NDArray[Any], classes: Sequence[str], asked: Asked) -> dict[str, NDArray[Any]]:
    labels = [canonical_label(name) for name in classes]
    if asked.positive is None:
        # without `positive` the court knows 0 and 1, and reads false and true as these
        labels = [_PLAIN.get(label, label) for label in labels]
    rows = len(asked.ids)
    if scores.shape == (rows,) and not labels:
        # a probability and nothing else: of the event, or of 1 where the event is 0
        return {"score": 1 - scores if asked.positive == "0" else scores}
    if scores.shape == (rows,) and len(labels) == 2:
        # a decision function speaks for the second class; ours speaks for the event
        return {"score": -scores if labels[0] == (asked.positive or "1") else scores}
    if scores.shape != (rows, len(labels)):
        raise misfit(asked, f"gave scores of shape {scores.shape} for {rows} rows and {len(labels)} classes")
    return {f"score_{label}": np.ascontiguousarray(scores[:, place]) for place, label in enumerate(labels)}


def table_of_file(path: Path, asked: Asked, private: Path) -> tuple[pa.Table, str | None]:
    """
    The table of a `predict` command in the order of the test rows, and the kind of its scores.

    Raises:
        BadData: columns, rows or ids that don't fit; nothing or infinity for a row.
    """
    import pyarrow as pa

    title = f"the {asked.role}'s predictions"
    present = table_columns(path)
    scores = [name for name in present if name == "score" or name.startswith("score_")]
    if "prediction" not in present and (asked.task == "regression" or not scores):
        raise BadData(
            f"{title.capitalize()} have no column `prediction`; there are {', '.join(present)}",
            where=asked.where,
            mend="The `predict` command writes `id`, and `prediction` and/or `score` (or `score_<class>`).",
        )
    said = _in_order(path, present, scores, asked, private)
    columns: dict[str, Any] = {"id": asked.ids}
    if "prediction" in present:
        values = said.column("prediction").combine_chunks()
        if asked.multilabel:
            values = known_sets(values, asked)
        if values.null_count:
            raise misfit(asked, f"said nothing (NaN) for {values.null_count} of {len(values)} rows")
        array = values.to_numpy(zero_copy_only=False)
        if asked.task == "regression":
            columns["prediction"] = pa.array(finite(array, "predictions", asked))
        elif asked.multilabel:
            columns["prediction"] = values
        else:
            columns["prediction"] = pa.array(_labels(array.astype(str), (), asked), pa.string())
    kind = None
    for name in scores:
        numbers = finite(said.column(name).combine_chunks().to_numpy(zero_copy_only=False), name, asked)
        label = name.removeprefix("score_")
        if asked.classes and name != "score":
            refuse_other_classes([canonical_label(label)], "says", asked)
        columns[name if name == "score" else f"score_{canonical_label(label)}"] = numbers
        inside = bool(((numbers >= 0) & (numbers <= 1)).all())
        kind = "probability" if inside and kind != "decision" else "decision"
    return pa.table(columns), kind


def known_sets(values: pa.Array, asked: Asked) -> pa.Array:
    """Several labels a row, or none at all; what is neither is left as null."""
    import pyarrow as pa

    coding = LabelSetCoding(classes=asked.classes)
    unknown = np.isnan(coding.codes(values, asked.where))
    return pa.array(np.where(unknown, None, values.fill_null("").to_numpy(zero_copy_only=False)), pa.string())


def _in_order(
    path: Path, present: Sequence[str], scores: Sequence[str], asked: Asked, private: Path
) -> pa.Table:
    import pyarrow as pa
    from pyarrow import parquet

    reference = private / "ids.parquet"
    parquet.write_table(pa.table({"id": asked.ids}), reference)
    prediction = ("prediction",) if "prediction" in present else ()
    regression = asked.task == "regression"
    told = TableColumns(title="the test rows", files=(reference,), id="id", text=("id",))
    said = TableColumns(
        title=f"the {asked.role}'s predictions",
        files=(path,),
        id="id" if "id" in present else None,
        text=() if regression else prediction,
        numbers=(*(prediction if regression else ()), *scores),
    )
    batches = [batch for _, batch in in_step((told, said))]
    return pa.Table.from_batches(batches)


def finite(values: NDArray[Any] | None, what: str, asked: Asked) -> NDArray[Any]:
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise misfit(asked, f"gave {what} that are no numbers: {str(error).splitlines()[0]}") from error
    bad = ~np.isfinite(numbers)
    if bad.any():
        rows = int(bad.any(axis=1).sum()) if bad.ndim > 1 else int(bad.sum())
        raise misfit(asked, f"gave {what} that are NaN or infinite for {rows} of {len(numbers)} rows")
    return numbers


def misfit(asked: Asked, what: str, mend: str = "") -> BadData:
    return BadData(
        f"The {asked.role} {what}",
        where=asked.where,
        mend=mend or "Every test row needs one prediction: look at how the model treats missing values.",
    )


def write_table(table: pa.Table, path: Path) -> None:
    from pyarrow import parquet

    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    parquet.write_table(table, beside)
    beside.replace(path)
