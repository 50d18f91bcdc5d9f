"""Hand all rows to a function of the team's in a child of ours, and read the numbers that it brings back."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ci_mlops import workers
from ci_mlops.config.custom_function import CustomFunction
from ci_mlops.datasets.all_rows import AllRows
from ci_mlops.environments.our_python import run_here
from ci_mlops.errors import TrainingFailed
from ci_mlops.evaluation.label_table import bits_of
from ci_mlops.evaluation.replicates import parts_of
from ci_mlops.evaluation.rows import Floats, Ints, Predictions
from ci_mlops.flows.custom_answers import Asked, Place, Said, read_said, unmeasured
from ci_mlops.flows.fitted import read_answer
from ci_mlops.records import Policy

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WORKER = Path(str(workers.__file__)).with_name("custom_metric.py")
_PLACES = "places.npz"


class Room:
    """The rows as files, written once for all functions."""

    def __init__(self, folder: Path, found: AllRows, policy: Policy) -> None:
        self._folder = folder
        self._policy = policy
        self._rows = found.rows
        self.models = {"candidate": found.rows.candidate}
        if found.rows.champion is not None:
            self.models["champion"] = found.rows.champion
        self.places = tuple(_places(found))
        self._shared = {"truth": self._labels(found.rows.labels), **found.rows.columns}
        if found.rows.weights is not None:
            self._shared["weight"] = found.rows.weights
        self._files: dict[str, str] = {}
        arrays = {
            f"{kind}_{at}": values
            for at, place in enumerate(self.places)
            for kind, values in (("rows", place.rows), ("parts", place.part))
        }
        np.savez(folder / _PLACES, **arrays)  # type: ignore[arg-type]  # numpy's stub takes any name for `allow_pickle`

    def ask(self, function: CustomFunction, text: bytes, *, log: Path, time_limit: float) -> Said:
        name = function.name
        lacking = self._lacking(function)
        if lacking:
            return unmeasured(self.places, lacking)
        source = self._folder / "source.py"
        source.write_bytes(text)
        answer, values = self._folder / "answer.json", self._folder / "values.npz"
        for path in (answer, values):
            path.unlink(missing_ok=True)
        request = self._folder / "request.json"
        request.write_text(
            json.dumps(
                {
                    "source": str(source),
                    "shown": name.path,
                    "function": name.function,
                    "arrays": str(self._folder),
                    "given": self._given(function),
                    "sides": {
                        model: self._of_model(function, said, model) for model, said in self.models.items()
                    },
                    "rows": len(self._rows),
                    "places": _PLACES,
                    "parts": [place.parts for place in self.places],
                    "answer": str(answer),
                    "values": str(values),
                }
            ),
            encoding="utf-8",
        )
        empty = self._folder / "empty"
        empty.mkdir(exist_ok=True)
        try:
            ended = run_here(_WORKER, request, folder=empty, log=log, time_limit=time_limit)
        except TrainingFailed:
            return unmeasured(
                self.places, f"`{name.function}` was killed: mostly the machine ran out of memory"
            )
        if ended.timed_out:
            found: dict[str, Any] = {"fault": {"what": "late", "seconds": round(time_limit)}}
        else:
            found = read_answer(answer) or {"fault": {"code": ended.finished.exit_code}}
        differing = self._differing(function)
        asked = Asked(name=name, places=self.places, models=tuple(self.models), differing=differing)
        return read_said(found, values, asked)

    def _differing(self, function: CustomFunction) -> "NDArray[np.bool_]":
        """Rows of which the two models say something else, in what the function is given."""
        differ = np.zeros(len(self._rows), dtype=np.bool_)
        champion, candidate = self._rows.champion, self._rows.candidate
        if champion is None:
            return differ
        if "prediction" in function.asks:
            differ |= champion.decisions != candidate.decisions
        if self._scores_are_given(function) and champion.scores is not None and candidate.scores is not None:
            apart = champion.scores != candidate.scores
            differ |= apart.any(axis=tuple(range(1, apart.ndim)))
        return differ

    def _lacking(self, function: CustomFunction) -> str:
        own = f"`{function.name.function}`"
        for model, said in self.models.items():
            if said.scores is None and {"score", "scores"} & set(function.needs):
                return f"the {model} gives no scores, and {own} needs them"
        # where the champion has none either it may do without; else leaving them out would choose what is measured
        champion = self.models.get("champion")
        given = champion is not None and champion.scores is not None
        if given and self.models["candidate"].scores is None and {"score", "scores"} & set(function.asks):
            return f"the candidate gives no scores, and of the champion {own} is given them"
        return ""

    def _given(self, function: CustomFunction) -> dict[str, str]:
        columns = function.columns(tuple(self._rows.columns))
        asked = [name for name in self._shared if name in function.asks or name in columns]
        return {name: self._file(f"given {name}", self._shared[name]) for name in asked}

    def _of_model(self, function: CustomFunction, said: Predictions, model: str) -> dict[str, str]:
        given = {}
        if "prediction" in function.asks:
            given["prediction"] = self._file(f"{model} prediction", self._labels(said.decisions))
        if self._scores_are_given(function) and said.scores is not None:
            name = "scores" if self._policy.classes else "score"
            given[name] = self._file(f"{model} {name}", said.scores)
        return given

    def _scores_are_given(self, function: CustomFunction) -> bool:
        """To both models or to none: else they would be measured in two ways."""
        name = "scores" if self._policy.classes else "score"
        return name in function.asks and all(said.scores is not None for said in self.models.values())

    def _labels(self, codes: Floats) -> "NDArray[Any]":
        if self._policy.task == "regression":
            return codes
        if self._policy.multilabel:
            return bits_of(codes, len(self._policy.classes)).astype(np.int64)
        whole = codes.astype(np.int64)
        return np.array(self._policy.classes)[whole] if self._policy.classes else whole

    def _file(self, title: str, values: "NDArray[Any]") -> str:
        if title not in self._files:
            self._files[title] = f"{len(self._files)}.npy"
            np.save(self._folder / self._files[title], values, allow_pickle=False)
        return self._files[title]


def _places(found: AllRows) -> list[Place]:
    everything = np.arange(len(found.rows), dtype=np.int64)
    places = [_place("", everything, found)]
    for column in found.rows.slices.values():
        for code, name in enumerate(column.names):
            rows = np.flatnonzero(column.codes == code)
            if len(rows):
                places.append(_place(name, rows, found))
    return places


def _place(name: str, rows: Ints, found: AllRows) -> Place:
    part, parts, units = parts_of(found.units[rows], whole=not name)
    return Place(name=name, rows=rows, part=part, parts=parts, units=units)
