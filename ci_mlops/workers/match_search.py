"""Search for the recipe of what a model was fitted on: plain columns first, then what the script did to them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:

    def sibling(name: str) -> Any: ...  # score.py puts it here: no module of ours takes a name of the team's


columns = sibling("match_columns")
workings = sibling("match_workings")
preparation = sibling("preparation")
row_keys = sibling("row_keys")

PATIENCE = 300.0
"""Seconds until no further hypothesis is tried."""
FEWEST_ALIGNED = 20
# it codes a target, or a column at a time: `codes` makes the same numbers
NOT_REPLAYED = ("LabelEncoder", "LabelBinarizer", "MultiLabelBinarizer")


class Found:
    def __init__(self, recipe: Any, objects: Any, done: Any, used: Any, share: float) -> None:
        self.recipe = recipe
        self.objects = objects
        self.done = done
        """Words of a closed list, and classes of transformers, for what was done outside the model."""
        self.used = used
        """Numbers of the transformers that were replayed."""
        self.share = share


class Search:
    """In one frame. `transformers`: (its number, what was noted of it, the object, its keys), in the order of their fits."""

    def __init__(self, frame: Any, sought: Any, transformers: Any, target: Any, id_column: Any) -> None:
        self.pool = sibling("match_pool").Pool(frame, target)
        self.sought = sought
        self.transformers = transformers
        self.id = id_column
        self.until = time.monotonic() + PATIENCE
        self.best: Any = (0.0, None)
        self._tried: dict[str, float] = {}

    def run(self) -> Any:
        plain = {name: self.pool.entry(name) for name in self.pool.raw}
        return (
            self._directly(plain)
            or self._by_value()
            or self._after_steps(plain)
            or self._derived(plain)
            or self._varied()
        )

    def _accept(self, inputs: Any) -> Any:
        mark = repr(inputs)
        if mark in self._tried or time.monotonic() > self.until:
            return None
        if not self._may_be(inputs):
            self._tried[mark] = 0.0
            return None
        share = self._tried[mark] = self.sought.share(self.pool, inputs)
        if share > self.best[0]:
            self.best = (share, inputs)
        return self._found(inputs, share) if share >= columns.ENOUGH else None

    def _may_be(self, inputs: Any) -> bool:
        """By the sample alone, which costs little; numbers of single precision may have been rounded."""
        if self.sought.shape["dtype"] == "float32" or len(inputs) != len(self.sought.codes):
            return True
        pairs = zip(inputs, self.sought.codes)
        return all(
            entry[1] is None or self.pool.holds(entry, codes) >= columns.ENOUGH for entry, codes in pairs
        )

    def _found(self, inputs: Any, share: float) -> Found:
        recipe, objects = self.pool.recipe(inputs, self.sought.shape)
        known = {number: item for number, _, item, _ in self.transformers}
        numbers = {id(item): number for number, item in known.items()}
        used = []
        done = []
        for step in recipe["steps"]:
            if step["do"] == "transform":
                item = objects[step["object"]]
                done.append(type(item).__name__)
                # from here on by its number among all that were fitted: so they are stored
                step["object"] = numbers[id(item)]
                used.append(step["object"])
            else:
                done.append(
                    {"part": "date", "equals": "get_dummies", "function": step.get("name", "")}.get(
                        step["do"], step["do"]
                    )
                )
        return Found(recipe, known if used else {}, list(dict.fromkeys(done)), used, share)

    def _directly(self, working: Any) -> Any:
        for inputs in columns.direct(self.pool, self.sought, working, self.id):
            found = self._accept(inputs)
            if found:
                return found
        return None

    def _by_value(self) -> Any:
        entries = self.pool.entries()
        # of few different rows any order of the columns makes some
        if not self.sought.rich or self.sought.count * len(entries) > columns.MANY_CELLS:
            return None
        inputs = columns.by_value(self.pool, self.sought, entries)
        return self._accept(inputs) if all(entry is not None for entry in inputs) else None

    def _after_steps(self, working: Any) -> Any:
        """Replay the fitted transformers in their order: each is proven by the rows that it was fitted on."""
        working = dict(working)
        for number, told, transformer, keys in self.transformers:
            if told.get("is_target") or told["class"].rsplit(".", 1)[-1] in NOT_REPLAYED:
                continue
            inputs = self._inputs_of(told, keys, working)
            if inputs is None:
                continue
            made = self._replayed(number, told, transformer, inputs)
            if made is None:
                continue
            self._put_in_place(working, inputs, made)
            for whole in columns.whole_steps(self.pool, self.sought):
                found = self._accept(whole)
                if found:
                    return found
        found = self._directly(working)
        return found or (self._by_value() if len(self.pool.entries()) > len(self.pool.raw) else None)

    def _put_in_place(self, working: Any, inputs: Any, made: int) -> None:
        """`frame[names] = transformer.transform(frame[names])`, and columns of names of its own."""
        outputs = self.pool.made[made]
        if len(outputs) == len(inputs) and not hasattr(outputs[0], "tocsr"):
            names = {entry: name for name, entry in working.items()}
            for place, entry in enumerate(inputs):
                if entry in names:
                    working[names[entry]] = (made, place)
        for place, name in enumerate(self.pool.names[made]):
            if name is not None:
                working[name] = (made, place)

    def _inputs_of(self, told: Any, keys: Any, working: Any) -> Any:
        wanted = columns.Sought(told, keys)
        for inputs in columns.direct(self.pool, wanted, working, self.id):
            if time.monotonic() > self.until:
                return None
            if wanted.share(self.pool, inputs) >= columns.ENOUGH:
                return inputs
        return None

    def _replayed(self, number: int, told: Any, transformer: Any, inputs: Any) -> Any:
        names = told.get("names") if told["kind"] == "frame" else None
        if told["kind"] == "text":
            names = "one"
        try:
            out = transformer.get_feature_names_out()
        except Exception:  # noqa: BLE001 - the team's class may raise anything; names are a convenience
            out = None
        if out is None or all(str(name).startswith("x") for name in out):
            out = [self.pool.names[step][place] if place is not None else None for step, place in inputs]
        try:
            made: int = self.pool.transform(transformer, inputs, names, [str(name) for name in out])
        except Exception:  # noqa: BLE001 - as above: a transformer that fails on these rows is not the way
            return None
        return made

    def _varied(self) -> Any:
        """As scripts have their frame before they fit: gaps filled, words as codes."""
        for working, _ in workings.workings(self.pool, self.sought):
            if time.monotonic() > self.until:
                return None
            found = self._directly(working) or self._after_steps(working)
            if found:
                return found
        return None

    def _derived(self, working: Any) -> Any:
        """
        Rows that can be told by the columns that are plain show what was done to the others: a value filled in, a
        mapping of words, a part of a date. The sample suggests it, the keys of all rows decide.
        """
        sought, pool = self.sought, self.pool
        if not sought.codes or sought.count * len(pool.raw) > columns.MANY_CELLS:
            return None
        inputs = columns.by_value(pool, sought, pool.entries())
        anchors = [place for place, entry in enumerate(inputs) if entry is not None]
        if not anchors or len(anchors) == sought.count:
            return None
        rows, samples = _aligned(pool, sought, inputs, anchors)
        if len(rows) < FEWEST_ALIGNED:
            return None
        names = sought.names or sought.frame_names or []
        working = dict(working)
        for place in range(sought.count):
            if inputs[place] is None:
                name = names[place] if len(names) == sought.count else None
                inputs[place] = self._explained(
                    name, sought.codes[place][samples], _values(sought.sample, place)[samples], rows
                )
                if inputs[place] is not None and name is not None:
                    working[name] = inputs[place]
        if all(entry is not None for entry in inputs):
            return self._accept(inputs)
        return self._after_steps(working)

    def _explained(self, name: Any, codes: Any, values: Any, rows: Any) -> Any:
        pool = self.pool
        order = sorted(pool.raw, key=lambda raw: (raw != name, str(raw) not in str(name)))
        for raw in order:
            entry = pool.entry(raw)
            for step in _suggested(pool.column(entry).iloc[rows], values):
                made = pool.derive(entry, **step)
                if (row_keys.codes_of(pool.column((made[0], 0)).iloc[rows])[0] == codes).all():
                    return made
        return None


def _aligned(pool: Any, sought: Any, inputs: Any, anchors: Any) -> Any:
    """(rows of the file, rows of the sample) that are the same row beyond doubt."""
    file_keys = row_keys.combined([row_keys.codes_of(pool.column(inputs[place]))[0] for place in anchors])
    keys = row_keys.combined([sought.codes[place] for place in anchors])
    known, first, count = np.unique(file_keys, return_index=True, return_counts=True)
    places = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    certain = (known[places] == keys) & (count[places] == 1)
    return first[places[certain]], np.flatnonzero(certain)


def _values(sample: Any, place: int) -> Any:
    column = sample.iloc[:, place] if hasattr(sample, "columns") else np.asarray(sample)[:, place]
    return np.asarray(column, dtype=object)


def _suggested(raw: Any, values: Any) -> Any:
    """Steps that may lead from these cells of the file to these values."""
    missing = pd.isna(raw).to_numpy()
    if missing.any() and not pd.isna(pd.Series(values)).any():
        filled = {_json(value) for value in values[missing].tolist()}
        if len(filled) == 1:
            yield {"do": "fill", "value": filled.pop()}
    if raw.dtype.kind in "iuf":
        for name in preparation.FUNCTIONS:
            yield {"do": "function", "name": name}
    elif raw.dtype.kind == "M" or (workings.is_text(raw) and _is_date(raw)):
        written = preparation.date_format(raw)
        for name in preparation.DATE_PARTS:
            yield {"do": "part", "name": name, **written}
    pairs = _pairs(raw, values)
    if pairs:
        yield {"do": "map", "pairs": pairs}


def _pairs(raw: Any, values: Any) -> Any:
    """What each word becomes, where it is always the same and there are few; JSON, sorted."""
    known: dict[Any, Any] = {}
    for given, value in zip(raw.tolist(), values.tolist()):
        cell = None if pd.isna(given) else _json(given)
        if known.setdefault(cell, _json(value)) != _json(value) or len(known) > workings.FEW_VALUES:
            return None
    if not 1 < len(known) <= len(values) // 4:
        return None
    return sorted(([cell, value] for cell, value in known.items()), key=repr)


def _is_date(raw: Any) -> bool:
    some = raw.dropna().astype(str).head(20)
    if not len(some) or not some.str.contains(r"\d[-/:.]\d").all():
        return False
    return bool(pd.to_datetime(some, errors="coerce").notna().all())


def _json(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
