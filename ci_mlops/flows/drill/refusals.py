"""Sabotages of the file itself: what must be refused as bad data, and never be scored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ci_mlops.datasets.prediction_file import PredictionFile, Truth
from ci_mlops.datasets.predictions import paired_rows
from ci_mlops.datasets.tables import read_columns, table_columns
from ci_mlops.errors import BadData
from ci_mlops.evaluation.drill.fate import refused, scored
from ci_mlops.evaluation.drill.sabotage import Sabotage, unchanged
from ci_mlops.records import Policy
from ci_mlops.records.drill import Sabotaged

if TYPE_CHECKING:
    import pyarrow as pa

_EVERY = 20


def file_sabotages(
    truth: Truth, champion: PredictionFile, policy: Policy, private: Path
) -> Iterator[Sabotaged]:
    """`private`: an empty folder."""
    table = _table(champion, policy)
    for sabotage, spoil in _WAYS:
        place = private / f"{sabotage.name}.parquet"
        _write(spoil(table, policy), place)
        file = replace(champion, title="the candidate", path=place, parts=(), label=None)
        try:
            for _ in paired_rows(truth, file, None, policy):
                pass
        except BadData as error:
            # which ids they are is nothing for a report
            yield refused(sabotage, error.what.partition(", first ")[0])
        else:
            yield scored(sabotage)


def _table(champion: PredictionFile, policy: Policy) -> pa.Table:
    import pyarrow as pa

    asked = champion.columns(policy)
    names = [name for name in table_columns(champion.files[0]) if name in ("id", *asked.text, *asked.numbers)]
    text = ("id", *asked.text)
    return pa.Table.from_batches(list(read_columns(champion.files, names, as_text=text)))


def _without_some(table: pa.Table, policy: Policy) -> pa.Table:
    """NaN, or nothing where it is text, in every twentieth row of all that the model said."""
    import pyarrow as pa
    from pyarrow import compute, types

    hit = pa.array(np.arange(table.num_rows) % _EVERY == 0)
    for at, name in enumerate(table.column_names):
        if name in ("id", "seen", "label"):
            continue
        column = table.column(name)
        # of rows that carry several labels, an empty cell says that this one carries none
        text = "NA" if policy.multilabel else None
        nothing = pa.scalar(float("nan") if types.is_floating(column.type) else text, column.type)
        table = table.set_column(at, name, compute.if_else(hit, nothing, column))
    return table


def _of_other_rows(table: pa.Table, _: Policy) -> pa.Table:
    import pyarrow as pa

    at = table.column_names.index("id")
    others = [f"other-{one}" for one in table.column("id").to_pylist()]
    return table.set_column(at, "id", pa.array(others, pa.string()))


def _write(table: pa.Table, place: Path) -> None:
    from pyarrow import parquet

    parquet.write_table(table, place)


_WAYS: tuple[tuple[Sabotage, Callable[[pa.Table, Policy], pa.Table]], ...] = (
    (
        Sabotage(name="nan", title="NaN in one answer of 20", intent="refusal", apply=unchanged),
        _without_some,
    ),
    (
        Sabotage(name="other-rows", title="Stale: answers for other rows", intent="refusal", apply=unchanged),
        _of_other_rows,
    ),
)
