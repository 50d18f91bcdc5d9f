"""
A model whose rows can't be made from the file: what is kept of it where at least the rows are known by their labels.

`raw_rows.npy`: keys of the raw rows that it has seen. `prepared.npy`: the rows that it was asked about and has not
seen, as the script prepared them, where the config wants them kept. A sibling of score.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:

    def sibling(name: str) -> Any: ...  # score.py puts it here: no module of ours takes a name of the team's


asked = sibling("match_asked")
lineage = sibling("match_lineage")
prepared_rows = sibling("prepared_rows")
raw_rows = sibling("raw_rows")

SEEN, ROWS = "raw_rows.npy", "prepared.npy"
WAY_OUT = (
    "`train.model: {capture: {prepared: true}}`, which keeps the rows that the script asks the model about with it, as "
    "the script prepared them"
)


class Lineage:
    """`why`: empty, or why the rows of the file that it was fitted on are not known."""

    def __init__(self, request: Any, raw: Any, told: Any, sample: Any, frames: Any, keys: Any) -> None:
        self.request, self.told, self.sample, self.keys = request, told, sample, keys
        self.claims = lineage.Claims(raw)
        evaluated = raw / "evaluated.npy"
        self.watched = (
            np.load(evaluated, allow_pickle=False) if evaluated.is_file() else np.empty(0, np.uint64)
        )
        self.proven, self.why = lineage.prove(self.claims, told["chosen"], sample, frames, request["target"])
        self.columns = raw_rows.columns_of(self.proven.frame, request["target"]) if self.proven else []
        self.held: Any = None

    def look_for_held_out(self, refused: Any) -> None:
        """Raises `refused`: there is no row on which this model could be judged."""
        leaked = target_among(self.sample, self.claims.y, self.told["chosen"])
        if leaked is not None:
            raise refused(
                "model",
                f"{leaked} is the target itself in every row that was looked at, which no model may be given",
                "Leave it out of the features.",
            )
        self.held = asked.held_out(
            self.proven, self.claims, self.keys, self.watched, self.sample, self.columns
        )
        if not len(self.held.keys):
            raise refused("model", *self._nothing_left())

    def _nothing_left(self) -> tuple[str, str]:
        held = self.held
        if held.watched and held.watched >= held.asked:
            what = (
                f"All {held.watched} rows that the script holds out were watched while the model was fitted (`eval_set`, for "
                "early stopping), so it has seen them: no row is left to compare"
            )
            return (
                what,
                "Stop early on a part of the training rows, and ask the model about rows that no fit was given.",
            )
        if held.strange:
            what = (
                f"{held.strange} rows that the model was asked about have an index that is not the file's, or were not the "
                "same each time: which rows of the file they are can't be told"
            )
            return (
                what,
                "Keep the index of the data frame in the test rows too: no `reset_index` after the split.",
            )
        return (
            "The script asks the model about no row that it was not fitted on, so none was prepared to compare with",
            "Let it hold rows out and ask about them: `predict`, `predict_proba` or `score`.",
        )

    def card(self) -> Any:
        """For capture.json."""
        name = self.proven.way.name
        return {"columns": self.columns, "by": "row numbers" if name is None else str(name)}

    def write(self, into: Any, refused: Any) -> None:
        raw = raw_rows.keys_of(self.proven.frame, self.columns)
        seen = raw[np.concatenate([self.proven.rows, self.proven.beside])]
        also = self.held.also_seen if self.held else np.empty(0, np.uint64)
        np.save(into / SEEN, np.unique(np.concatenate([seen, also])))
        if self.held:
            try:
                prepared_rows.write(into / ROWS, self.held.keys, stacked(self.held.parts, self.held.places))
            except ValueError as error:
                raise refused(
                    "model",
                    f"The rows that the script prepared can't be kept: {error}",
                    "Prepare inside a Pipeline, or give a `predict:` command.",
                ) from error

    def findings(self) -> Any:
        said = sibling("match_findings")
        if self.proven is None:
            return said.unproven_findings(self.told)
        frame = self.proven.frame
        fitted = np.isin(np.arange(len(frame)), self.proven.rows)
        known = said.lineage_findings(self.told, frame, fitted, self.request)
        return known if self.held is None else [self._prepared(), *known]

    def _prepared(self) -> Any:
        """At the top of a report: this model alone can't score a new row."""
        steps = [one["class"].rsplit(".", 1)[-1] for one in self.told["transformers"] if not one["is_target"]]
        return {
            "code": "prepared_outside",
            "where": self.told["chosen"]["where"],
            "names": list(dict.fromkeys(steps)),
            "count": len(self.held.keys),
            "of": None,
            "detail": "kept",
        }


def target_among(sample: Any, y: Any, chosen: Any) -> str | None:
    """A feature that is one-to-one with the labels: what was prepared outside is not seen to be made of them."""
    if hasattr(sample["X"], "tocsr"):
        return None
    labels = np.unique(y[np.asarray(sample["positions"])], return_inverse=True)[1].reshape(-1)
    names = chosen["names"] or chosen["frame_names"] or []
    for place, codes in enumerate(sibling("row_keys").codes_of(sample["X"])):
        kinds, values = np.unique(codes, return_inverse=True)
        pairs = len(np.unique(np.column_stack([labels, values.reshape(-1)]), axis=0))
        # nearly every value of a measured number is there once, and then says nothing of what it is made of
        if 1 < len(kinds) == labels.max() + 1 == pairs and len(kinds) * 4 <= len(codes):
            return f"`{names[place]}`" if place < len(names) else f"Column {place + 1} of the features"
        if pairs == len(kinds) and _same_numbers(sample["X"], place, y[np.asarray(sample["positions"])]):
            return f"`{names[place]}`" if place < len(names) else f"Column {place + 1} of the features"
    return None


def _same_numbers(x: Any, place: int, y: Any) -> bool:
    column = x.iloc[:, place] if hasattr(x, "columns") else np.asarray(x).reshape(len(y), -1)[:, place]
    try:
        return bool(len(set(y)) > 1 and (column.astype(np.float64) == y.astype(np.float64)).all())
    except (TypeError, ValueError):
        return False


def stacked(parts: Any, places: Any) -> Any:
    """The rows at (part, place), in this order."""
    used = np.unique(places[:, 0])
    starts = {}
    rows, count = [], 0
    for part in used.tolist():
        wanted = places[places[:, 0] == part, 1]
        rows.append(parts[part].iloc[wanted] if hasattr(parts[part], "iloc") else parts[part][wanted])
        starts[part] = count
        count += len(wanted)
    order = np.empty(count, dtype=np.int64)
    order[np.argsort(places[:, 0], kind="stable")] = np.arange(count)
    if hasattr(rows[0], "tocsr"):
        from scipy.sparse import vstack  # type: ignore[import-untyped]  # it ships no types

        return vstack([one.tocsr() for one in rows]).tocsr()[order]
    if hasattr(rows[0], "iloc"):
        import pandas as pd

        # parts of one frame have one type each; a category keeps its list where all agree on it
        return pd.concat(rows, ignore_index=True).iloc[order]
    return np.concatenate(rows)[order]
