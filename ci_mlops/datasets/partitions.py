"""
Predictions in partitions that whoever counts them reads for itself: a description goes to a worker, never rows.

Tables of the same rows in one order are cut into stretches. Others are joined by id: in memory while they are few, else in
buckets on disk that are a partition each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

from ci_mlops.datasets.dialect import known_format
from ci_mlops.datasets.id_order import in_one_order
from ci_mlops.datasets.prediction_file import PredictionFile, Truth
from ci_mlops.datasets.predictions import read_pairs
from ci_mlops.datasets.spill import spilled
from ci_mlops.datasets.tables import Stretch, count_rows, open_parquet
from ci_mlops.datasets.told import tables_of
from ci_mlops.errors import BadData
from ci_mlops.evaluation.rows import Rows
from ci_mlops.evaluation.walks import EXACT_ROWS
from ci_mlops.records import Policy

JOINED_ROWS = 4_000_000
"""So many rows are joined in memory."""
_BUCKET_ROWS = 1_000_000
# a row of a CSV file has an id, a prediction, a comma and the end of a line
_SHORTEST_ROW = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePartition:
    """Rows of the same ids; walked over as often as one likes."""

    truth: Truth
    candidate: PredictionFile
    champion: PredictionFile | None
    policy: Policy
    stretch: Stretch | None = None
    """None: the files whole, joined in memory where their rows are not in one order."""
    written_for: tuple[tuple[str, str], ...] = ()
    """Of files that we wrote: their paths, and those of the files that the rows are from."""

    def __iter__(self) -> Iterator[Rows]:
        try:
            yield from read_pairs(self.truth, self.candidate, self.champion, self.policy, self.stretch)
        except BadData as error:
            where = error.where
            for ours, theirs in self.written_for:
                where = where.replace(ours, theirs)
            raise BadData(error.what, where=where, mend=error.mend) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Partitions:
    parts: Sequence[FilePartition]
    most_rows: int
    """As many as there may be in all."""

    def __iter__(self) -> Iterator[FilePartition]:
        return iter(self.parts)

    def __len__(self) -> int:
        return len(self.parts)


@contextmanager
def partitioned(
    truth: Truth,
    candidate: PredictionFile,
    champion: PredictionFile | None,
    policy: Policy,
    *,
    parts: int = 1,
    joined_rows: int = JOINED_ROWS,
) -> Iterator[Partitions]:
    """
    About as many `parts` as asked for, of Parquet files; what is written on disk lasts as long as the `with`.

    Raises:
        BadData: as `paired_rows`, now or when they are walked over.
    """
    tables = tables_of(truth, candidate, champion, policy)
    rows = max(_most_rows(table.files) for table in tables)
    if all(known_format(file) == "parquet" for table in tables for file in table.files) and in_one_order(
        tables
    ):
        stretches = _stretches(tables[0].files, rows, parts)
        yield _partitions(truth, candidate, champion, policy, stretches, rows)
    elif rows <= joined_rows or _marked_by_row(candidate, champion):
        yield _partitions(truth, candidate, champion, policy, [None], rows)
    else:
        with TemporaryDirectory(prefix="ci-mlops-") as folder:
            buckets = max(parts, ceil(rows / min(_BUCKET_ROWS, joined_rows)))
            found = spilled(tables, truth, candidate, champion, Path(folder), buckets)
            yield Partitions(
                parts=[
                    FilePartition(
                        truth=own,
                        candidate=after,
                        champion=before,
                        policy=policy,
                        written_for=tuple(
                            (str(ours.files[0]), table.where)
                            for ours, table in zip((own, after, before), tables, strict=False)
                            if ours is not None
                        ),
                    )
                    for own, after, before in found
                ],
                most_rows=rows,
            )


def _marked_by_row(*models: PredictionFile | None) -> bool:
    """By the place of the truth's rows, which buckets don't keep."""
    return any(model is not None and model.trained_on is not None for model in models)


def _partitions(
    truth: Truth,
    candidate: PredictionFile,
    champion: PredictionFile | None,
    policy: Policy,
    stretches: Sequence[Stretch | None],
    rows: int,
) -> Partitions:
    parts = [
        FilePartition(truth=truth, candidate=candidate, champion=champion, policy=policy, stretch=stretch)
        for stretch in stretches
    ]
    return Partitions(parts=parts, most_rows=rows)


def _most_rows(files: Sequence[Path]) -> int:
    return sum(_rows(file) for file in files)


def _rows(file: Path) -> int:
    if known_format(file) == "parquet":
        with open_parquet(file) as parquet:
            return int(parquet.metadata.num_rows)
    most = file.stat().st_size // _SHORTEST_ROW
    # few enough, however short its rows are; a compressed one tells nothing by its size
    return most if most <= EXACT_ROWS and file.suffix == ".csv" else count_rows(file)


def _stretches(files: Sequence[Path], rows: int, parts: int) -> list[Stretch]:
    """About equal ones, that begin where a row group does: others would have to decode it as well."""
    starts = [0]
    for file in files:
        with open_parquet(file) as parquet:
            for group in range(parquet.num_row_groups):
                starts.append(starts[-1] + parquet.metadata.row_group(group).num_rows)
    wanted = [round(rows * part / parts) for part in range(1, parts)]
    edges = {min((abs(start - at), start) for start in starts)[1] for at in wanted}
    return list(pairwise(sorted({0, *edges, rows})))
