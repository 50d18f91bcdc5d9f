"""Single rows that flipped, for a report that may show them: read again, from the rows that were judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from heapq import nsmallest
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ci_mlops.datasets.partitions import partitioned
from ci_mlops.datasets.prediction_file import PredictionFile, Truth
from ci_mlops.datasets.row_codes import text_hashes
from ci_mlops.datasets.tables import table_columns
from ci_mlops.evaluation.class_words import class_words
from ci_mlops.evaluation.flipped import Turned, kind_of_change, turned
from ci_mlops.evaluation.rows import Predictions, Rows
from ci_mlops.files.replacing import replace_file
from ci_mlops.flows.keeping import drop_flipped
from ci_mlops.records import Policy, Skip, Verdict
from ci_mlops.records.flipped import FlippedRow, FlippedRows, ShownRows, Told
from ci_mlops.report.flipped import FLIPPED, encode_flipped

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LONGEST = 200
"""Of what a cell holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What was compared, as it was heard."""

    truth: Truth
    candidate: PredictionFile
    champion: PredictionFile | None


def unshown(shown: ShownRows | None, truth: Truth) -> tuple[Skip, ...]:
    """Why no row is shown, though the policy allows it."""
    if shown is None:
        return ()
    there = table_columns(truth.files[0])
    lacking = [column for column in shown.columns if column not in there]
    if not lacking:
        return ()
    told = ", ".join(f"`{column}`" for column in lacking)
    return (
        Skip(
            what="flipped rows",
            reason=f"{truth.title} has no column {told}, which `report.flipped_rows` lists",
        ),
    )


def keep_flipped(
    verdict: Verdict, output: Path | None, shown: ShownRows | None, pair: Pair, policy: Policy
) -> None:
    """Beside the verdict; what an earlier run left there goes in any case."""
    if output is None:
        return
    drop_flipped(output)
    if shown is None or pair.champion is None or unshown(shown, pair.truth):
        return
    found = flipped_rows(verdict, shown, pair, pair.champion, policy)
    replace_file(output / FLIPPED, encode_flipped(found))


def flipped_rows(
    verdict: Verdict, shown: ShownRows, pair: Pair, champion: PredictionFile, policy: Policy
) -> FlippedRows:
    id_ = () if pair.truth.id is None else (pair.truth.id,)
    truth = replace(pair.truth, columns=tuple(dict.fromkeys((*shown.columns, *id_))), as_text=id_)
    held: list[_Ranked] = []
    seen = flipped = 0
    with partitioned(truth, pair.candidate, champion, policy) as partitions:
        for rows in (rows for part in partitions for rows in part):
            if rows.champion is None:
                continue
            found = turned(rows, rows.champion, policy)
            ids = rows.columns[id_[0]] if id_ else np.arange(seen, seen + len(rows)).astype(np.str_)
            held = nsmallest(
                shown.most, [*held, *_first(rows, rows.champion, found, ids, shown, policy)], key=_rank
            )
            seen, flipped = seen + len(rows), flipped + len(found.places)
    return FlippedRows(
        model=verdict.model,
        verdict_digest=verdict.verdict_digest,
        change=kind_of_change(policy),
        columns=shown.columns,
        rows=tuple(row for _, row in held),
        left_out=flipped - len(held),
    )


_Ranked = tuple[tuple[float, float, int], FlippedRow]


def _rank(one: _Ranked) -> tuple[float, float, int]:
    return one[0]


def _first(
    rows: Rows, champion: Predictions, found: Turned, ids: NDArray[Any], shown: ShownRows, policy: Policy
) -> Iterator[_Ranked]:
    """Of a batch those that matter most; ties go by a hash of the id, so the order of the rows decides nothing."""
    import pyarrow as pa

    hashes = text_hashes(pa.array(ids[found.places].tolist(), pa.string()))
    size = np.abs(found.change)
    for at in np.lexsort((hashes, -found.apart, -size))[: shown.most].tolist():
        place = int(found.places[at])
        rank = (-float(size[at]), -float(found.apart[at]), int(hashes[at]))
        yield rank, _told(rows, champion, place, float(found.change[at]), shown, policy)


def _told(
    rows: Rows, champion: Predictions, place: int, change: float, shown: ShownRows, policy: Policy
) -> FlippedRow:
    truth, before, after = (
        _decision(float(values[place]), policy)
        for values in (rows.labels, champion.decisions, rows.candidate.decisions)
    )
    return FlippedRow(
        truth=truth,
        champion=before,
        candidate=after,
        champion_score=_score(champion, place),
        candidate_score=_score(rows.candidate, place),
        change=change,
        values=tuple(_cell(rows.columns[column][place]) for column in shown.columns),
    )


def _decision(code: float, policy: Policy) -> Told:
    if policy.task == "regression":
        return code
    words = class_words(policy)
    if policy.multilabel:
        return ", ".join(word for at, word in enumerate(words) if int(code) >> at & 1) or "none"
    return words[int(code)]


def _score(said: Predictions, place: int) -> float | None:
    return float(said.scores[place]) if said.scores is not None and said.scores.ndim == 1 else None


def _cell(value: Any) -> Told:
    if isinstance(value, str):
        return f"{value[: _LONGEST - 1]}…" if len(value) > _LONGEST else str(value) or None
    number = float(value)
    if not isfinite(number):
        return None
    return int(number) if number.is_integer() else number
