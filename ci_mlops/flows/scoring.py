"""One model says what it thinks of the test rows: by our worker, or by the team's own `predict` command."""

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ci_mlops import workers
from ci_mlops.config import Predict
from ci_mlops.datasets.features import Features
from ci_mlops.errors import BadData, TrainingFailed
from ci_mlops.flows.checkout import Role
from ci_mlops.flows.fitted import failed, read_answer
from ci_mlops.ports import Environment
from ci_mlops.records import Finding
from ci_mlops.records.policy import Task

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SCORE = Path(str(workers.__file__)).with_name("score.py")
_SCORE_LIMIT = 1800.0
_PARQUET = b"PAR1"
_CAST = re.compile(
    r"(str|object|bool|u?int\d+|float\d+|datetime64\[\w+\]) -> (str|bool|u?int\d+|float\d+|datetime64\[ns\])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """What is needed to ask one model."""

    role: Role
    model: Path
    folder: Path
    """Of the model's own code."""
    features: Features
    id: str | None
    predict: Predict | None
    log: Path
    private: Path
    """An empty folder for this model's answers alone."""
    task: Task = "classification"
    own_rows: bool = False
    """The test rows have a file of their own, that is no training data."""
    classes: tuple[str, ...] = ()
    """Labels that are known beforehand; a model without names of its own may mean them by their places."""
    target: str = ""
    """Which the rows come without."""
    multilabel: bool = False
    """A row may carry several of `classes`: the model has a column for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the worker brought back, row by row in the order of the features."""

    predictions: "NDArray[Any] | None"
    """None: a probability of the event alone, in `scores`."""
    scores: "NDArray[Any] | None"
    score_kind: str | None
    classes: tuple[str, ...] | None
    columns: tuple[str, ...]
    libraries: dict[str, str]
    seen: "NDArray[Any] | None" = None
    """Not 0: it was trained on this row, or on one that equals it; None: it has no record of its rows."""
    findings: tuple[Finding, ...] = ()


def ask_worker(environment: Environment, scoring: Scoring) -> Answers:
    """
    Raises:
        TrainingFailed: the model can't be loaded or used.
        BadData: it does not fit the test rows.
    """
    output, answer = scoring.private / "predictions.npz", scoring.private / "answer.json"
    features = scoring.features
    request = scoring.private / "request.json"
    request.write_text(
        json.dumps(
            {
                "model": str(scoring.model),
                "features": str(features.path),
                "delimiter": features.delimiter,
                "columns": list(features.columns),
                "id": scoring.id,
                "own_rows": scoring.own_rows,
                "task": scoring.task,
                "classes": list(scoring.classes) or None,
                "multilabel": scoring.multilabel,
                "output": str(output),
                "answer": str(answer),
            }
        ),
        encoding="utf-8",
    )
    finished = environment.run(
        [environment.python, str(_SCORE), str(request)],
        folder=scoring.folder,
        log=scoring.log,
        time_limit=_SCORE_LIMIT,
    )
    told = read_answer(answer)
    if "what" in told:
        missing = told.get("missing")
        if isinstance(missing, list) and scoring.target in missing:
            raise _fitted_on_target(scoring)
        kind = BadData if told.get("kind") == "data" else TrainingFailed
        raise kind(
            f"Scoring the {scoring.role}: {told['what']}",
            where=str(scoring.log),
            mend=str(told.get("mend", "")),
        )
    if finished.exit_code != 0 or not told:
        raise failed(f"scoring the {scoring.role}", finished, scoring.log)
    predictions, scores, seen = _arrays(output, scoring)
    classes = told.get("classes")
    return Answers(
        predictions=predictions,
        scores=scores,
        seen=seen,
        score_kind=told.get("score_kind"),
        classes=None if classes is None else tuple(str(name) for name in classes),
        columns=tuple(str(column) for column in told.get("columns", ())),
        libraries={str(name): str(version) for name, version in told.get("libraries", {}).items()},
        findings=_coerced(told.get("coerced", {}), scoring),
    )


def _fitted_on_target(scoring: Scoring) -> BadData:
    return BadData(
        f"Scoring the {scoring.role}: it was fitted on a frame that includes the target `{scoring.target}`, and rows to be "
        "scored have none",
        where=str(scoring.log),
        mend=f"Fit it on the features alone, `frame.drop(columns={scoring.target!r})`, and give it the target as `y`.",
    )


def _coerced(told: object, scoring: Scoring) -> tuple[Finding, ...]:
    """One for each kind of cast. The worker runs the team's code: only columns and types that are known are taken from it."""
    changes = told if isinstance(told, dict) else {}
    columns: dict[str, list[str]] = {}
    for name in scoring.features.columns:
        change = changes.get(name)
        if isinstance(change, str) and _CAST.fullmatch(change):
            columns.setdefault(change, []).append(name)
    return tuple(
        Finding(code="schema_coerced", role=scoring.role, names=tuple(names), count=len(names), detail=change)
        for change, names in sorted(columns.items())
    )


def _arrays(
    path: Path, scoring: Scoring
) -> "tuple[NDArray[Any] | None, NDArray[Any] | None, NDArray[Any] | None]":
    import numpy as np

    try:
        # never a pickle: what the team's code wrote is data to us
        with np.load(path, allow_pickle=False) as arrays:
            found = {name: arrays[name] for name in ("predictions", "scores", "seen") if name in arrays}
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise BadData(
            f"Scoring the {scoring.role}: its answers can't be read: {str(error).splitlines()[0]}",
            where=str(scoring.log),
            mend="Did the model's own code write to our files?",
        ) from error
    if "predictions" not in found and "scores" not in found:
        raise BadData(
            f"Scoring the {scoring.role}: its answers hold neither predictions nor scores",
            where=str(scoring.log),
            mend="Did the model's own code write to our files?",
        )
    return found.get("predictions"), found.get("scores"), found.get("seen")


def ask_command(environment: Environment, scoring: Scoring, predict: Predict) -> Path:
    """
    The table that the team's `predict` command wrote.

    Raises:
        TrainingFailed: the command fails, hangs, or writes nothing.
    """
    output = scoring.private / "predictions.csv"
    finished = environment.run(
        fill_in(predict.run, model=scoring.model, features=scoring.features.path, output=output),
        folder=scoring.folder,
        log=scoring.log,
        time_limit=predict.time_limit,
    )
    if finished.exit_code != 0:
        raise failed(f"scoring the {scoring.role}", finished, scoring.log)
    if not output.is_file() or output.stat().st_size == 0:
        raise TrainingFailed(
            f"Scoring the {scoring.role}: the `predict` command wrote nothing to {{output}}",
            where=str(scoring.log),
            mend="Let it write a CSV or Parquet file there: `id`, and `prediction` and/or `score`.",
        )
    with output.open("rb") as file:
        if file.read(len(_PARQUET)) == _PARQUET:
            return output.rename(output.with_suffix(".parquet"))
    return output


def fill_in(run: str | tuple[str, ...], **places: Path) -> str | list[str]:
    """Placeholders become paths, quoted where a shell will read them; other braces stay as they are."""

    def filled(text: str, *, quoted: bool) -> str:
        for name, path in places.items():
            text = text.replace(f"{{{name}}}", shlex.quote(str(path)) if quoted else str(path))
        return text

    return filled(run, quoted=True) if isinstance(run, str) else [filled(word, quoted=False) for word in run]
