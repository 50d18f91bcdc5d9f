"""Columns that can be made of a file, each with how: what a recipe is taken from. A sibling of score.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:

    def sibling(name: str) -> Any: ...  # score.py puts it here: no module of ours takes a name of the team's


preparation = sibling("preparation")
row_keys = sibling("row_keys")


class Pool:
    """Columns that can be made of the file's. An entry: (step, place)."""

    def __init__(self, frame: Any, target: Any) -> None:
        self.frame = frame
        self.labels = frame[target] if target in frame.columns else None
        self.raw = [name for name in frame.columns if name != target]
        self.steps: list[Any] = []
        self.made: list[Any] = [[frame[name] for name in self.raw]]
        self.names: list[Any] = [list(self.raw)]
        self.objects: list[Any] = []
        self._known: dict[Any, Any] = {}
        self._values: dict[Any, Any] = {}
        self._texts: dict[Any, Any] = {}

    def entry(self, name: Any) -> Any:
        """The file's own column of that name."""
        return (0, self.raw.index(name))

    def texts(self, name: Any) -> Any:
        """The different values of the file's own column, as text."""
        if name not in self._texts:
            self._texts[name] = set(self.frame[name].drop_duplicates().astype(str))
        return self._texts[name]

    def column(self, entry: Any) -> Any:
        """Of an entry without a place the one matrix that its step makes."""
        return self.made[entry[0]][entry[1] or 0]

    def values(self, entry: Any) -> Any:
        """Codes of its different values, sorted."""
        if entry not in self._values:
            self._values[entry] = np.unique(row_keys.codes_of(self.column(entry))[0])
        return self._values[entry]

    def holds(self, entry: Any, codes: Any) -> float:
        """Share of these codes that its values have."""
        known = self.values(entry)
        places = np.minimum(np.searchsorted(known, codes), len(known) - 1)
        return float((known[places] == codes).mean())

    def entries(self) -> Any:
        """Single columns of the file, then of what transformers make; not what was only tried."""
        return [
            (step, place)
            for step, columns in enumerate(self.made)
            if not step or self.steps[step - 1]["do"] == "transform"
            for place in range(len(columns))
            if not hasattr(columns[place], "tocsr")
        ]

    def derive(self, entry: Any, **step: Any) -> Any:
        """The entry that this step makes of another; made once."""
        step = {**step, "inputs": [list(entry)]}
        mark = repr(sorted(step.items()))
        if mark not in self._known:
            made = preparation.derived(step, self.column(entry))
            self._known[mark] = self._add(step, [made], [self.names[entry[0]][entry[1]]])
        return (self._known[mark], 0)

    def transform(self, transformer: Any, entries: Any, names: Any, out: Any) -> Any:
        """The step that a fitted transformer makes of entries."""
        step = {
            "do": "transform",
            "object": len(self.objects),
            "names": names,
            "inputs": [list(entry) for entry in entries],
        }
        made, _ = preparation.transformed(transformer, [self.column(entry) for entry in entries], names)
        self.objects.append(transformer)
        return self._add(step, made, out if out is not None and len(out) == len(made) else [None] * len(made))

    def _add(self, step: Any, made: Any, names: Any) -> Any:
        self.steps.append(step)
        self.made.append(made)
        self.names.append(list(names))
        return len(self.steps)

    def recipe(self, inputs: Any, shape: Any) -> Any:
        """JSON, with the steps and columns that it needs and no other; and the objects of its steps."""
        needed = {step for step, _ in inputs}
        for number in range(len(self.steps), 0, -1):
            if number in needed:
                needed |= {step for step, _ in self.steps[number - 1]["inputs"]}
        kept = sorted(needed - {0})
        used = [self.steps[number - 1]["inputs"] for number in kept] + [inputs]
        places = sorted({place for given in used for step, place in given if step == 0})
        columns = {place: new for new, place in enumerate(places)}
        numbers = {number: new + 1 for new, number in enumerate(kept)}

        def moved(given: Any) -> Any:
            return [[0, columns[place]] if step == 0 else [numbers[step], place] for step, place in given]

        steps, objects = [], []
        for number in kept:
            step = dict(self.steps[number - 1], inputs=moved(self.steps[number - 1]["inputs"]))
            if step["do"] == "transform":
                objects.append(self.objects[step["object"]])
                step["object"] = len(objects) - 1
            steps.append(step)
        recipe: dict[str, Any] = {
            "columns": [self.raw[place] for place in places],
            "steps": steps,
            "x": {**shape, "inputs": moved(inputs)},
        }
        if not isinstance(self.raw[0], str):
            # a file without names: columns by their places, which take a file as wide
            recipe["width"] = len(self.raw)
        return recipe, objects
