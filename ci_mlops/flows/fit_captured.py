"""`train.model: capture`: the team's command under our launcher; its model is kept, and its rows are proven to be the file's."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from ci_mlops import workers
from ci_mlops.datasets.dialect import format_of, read_dialect
from ci_mlops.errors import TrainingFailed
from ci_mlops.files.digest import file_digest
from ci_mlops.flows.checkout import Checkout, train_pins, training_of
from ci_mlops.flows.fitted import Fitted, failed, log_of, read_answer, run_training
from ci_mlops.flows.tools import Tools
from ci_mlops.ports import Environment
from ci_mlops.records import Finding
from ci_mlops.records.finding import FindingCode

_WORKERS = Path(str(workers.__file__)).parent
_LAUNCHER = _WORKERS / "launcher"
_MATCH = _WORKERS / "match.py"
_MATCH_LIMIT = 1800.0
_MENTIONED = 8
_LONGEST = 80
FOLDER = "captured"
WAYS_OUT = (
    "`train.model: {path: ...}` for what the script saves, `{callable: pkg.module:function}`, or `mlflow`."
)


def fit(tools: Tools, environment: Environment, checkout: Checkout, output: Path, private: Path) -> Fitted:
    raw = private / "raw"
    settings = training_of(checkout)
    capture = settings.model.capture
    request = private / "capture-request.json"
    request.write_text(
        json.dumps(
            {
                "into": str(raw),
                "variable": capture.variable if capture else None,
                "prepared": bool(capture and capture.prepared),
                "root": str(checkout.folder),
            }
        ),
        encoding="utf-8",
    )
    finished = run_training(
        tools,
        environment,
        checkout,
        output,
        variables={"PYTHONPATH": str(_LAUNCHER), "CI_MLOPS_CAPTURE": str(request)},
    )
    _look(read_answer(raw / "raw.json"), checkout, log_of(checkout, output))
    model = private / FOLDER
    findings = _matched(tools, environment, checkout, output, private, model)
    return Fitted(finished=finished, model=model, findings=findings)


def _look(told: Mapping[str, Any], checkout: Checkout, log: Path) -> None:
    """
    Raises:
        TrainingFailed: no one model was seen, and why.
    """
    where = f"{log}; {checkout.config.where('train', 'model')}"
    state = told.get("state")
    if state == "captured":
        return
    if state == "ambiguous":
        fitted = _dicts(told.get("fitted"))
        if told.get("why") == "native":
            raise _trains_a_booster(told, checkout, where)
        if told.get("why") == "unseen":
            raise TrainingFailed(
                f"Training the {checkout.role} saves a model whose fit was not seen: another process fitted it, or a cross "
                "validation. On which rows can't be told",
                where=where,
                mend=f"Fit the one that ships in the script itself: {WAYS_OUT}",
            )
        fits = (
            "copied a model and then fitted it again"
            if told.get("why") == "copies"
            else f"fitted {len(fitted)} models"
        )
        raise TrainingFailed(
            f"Training the {checkout.role} {fits}, and saves none: which one ships can't be told. "
            f"They are {_listed(fitted)}",
            where=where,
            mend="Name it: `train.model: {capture: {variable: NAME}}` where it is a variable of the script's top level; "
            "else let the script save the one that ships, or use `path` or `callable`.",
        )
    if state == "unsaved":
        raise TrainingFailed(
            f"Training the {checkout.role}: its model was seen, and can't be pickled",
            where=where,
            mend=f"It holds something of this process alone, as an open file or a lock. {WAYS_OUT}",
        )
    if state == "nothing":
        raise TrainingFailed(
            f"Training the {checkout.role}: no fitted model with scikit-learn's interface was seen",
            where=where,
            mend=f"A model of another library, or one that another process fits, can't be captured: {WAYS_OUT}",
        )
    raise TrainingFailed(
        f"Training the {checkout.role}: the command never ran under our launcher, or ended before it could write",
        where=where,
        mend="`python -I`, `-E` and `-S` ignore PYTHONPATH, and so does a container that the command starts: leave them "
        f"out. Else {WAYS_OUT}",
    )


def _trains_a_booster(told: Mapping[str, Any], checkout: Checkout, where: str) -> TrainingFailed:
    trained = [
        f"`{str(one.get('what', ''))[:_LONGEST]}` ({str(one.get('where', ''))[:_LONGEST]})"
        for one in _dicts(told.get("native"))
    ]
    return TrainingFailed(
        f"Training the {checkout.role} makes a native booster, which can't be captured: {', '.join(trained[:_MENTIONED])}",
        where=where,
        mend="Fit the library's estimator (`XGBClassifier`, `LGBMRegressor`, ...) in its place. If another model of the script "
        f"ships, save that one, or name it: `train.model: {{capture: {{variable: NAME}}}}`. Else {WAYS_OUT}",
    )


def _dicts(given: object) -> list[dict[str, Any]]:
    return [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []


def _listed(fitted: Sequence[Mapping[str, Any]]) -> str:
    """Each place once: a loop over folds fits there many times."""
    places = Counter(f"{_class(one)} ({str(one.get('where', ''))[:_LONGEST]}" for one in fitted)
    seen = [f"{place}{f', {count} times' if count > 1 else ''})" for place, count in places.items()]
    more = f", and {len(seen) - _MENTIONED} more" if len(seen) > _MENTIONED else ""
    return f"{', '.join(seen[:_MENTIONED])}{more}"


def _class(one: Mapping[str, Any]) -> str:
    return str(one.get("class", "")).rsplit(".", 1)[-1][:_LONGEST]


def _matched(
    tools: Tools, environment: Environment, checkout: Checkout, output: Path, private: Path, model: Path
) -> tuple[Finding, ...]:
    _refuse_changed_data(checkout)
    test, capture = checkout.config.data.test, training_of(checkout).model.capture
    log = output / "logs" / f"match-{checkout.role}.log"
    request, answer = private / "match-request.json", private / "match-answer.json"
    tables = [pin.path for pin in train_pins(checkout) if format_of(pin.path)]
    request.write_text(
        json.dumps(
            {
                "raw": str(private / "raw"),
                "into": str(model),
                "answer": str(answer),
                "train": [
                    [str(checkout.folder / path), _delimiter(checkout.folder / path)] for path in tables
                ],
                "target": test.target,
                "id": test.id,
                "group": test.group,
                "weight": test.weight,
                "slices": list(test.slices),
                "unproven": checkout.config.predict is not None,
                "prepared": bool(capture and capture.prepared),
            }
        ),
        encoding="utf-8",
    )
    tools.say(f"{checkout.role}: looking for the rows that it was fitted on")
    finished = environment.run(
        [environment.python, str(_MATCH), str(request)],
        folder=checkout.folder,
        log=log,
        time_limit=_MATCH_LIMIT,
    )
    told = read_answer(answer)
    if "what" in told:
        raise TrainingFailed(
            f"Training the {checkout.role}: {told['what']}", where=str(log), mend=str(told.get("mend", ""))
        )
    if finished.exit_code != 0 or not (model / "capture.json").is_file():
        raise failed(f"looking for the {checkout.role}'s rows", finished, log)
    return tuple(_finding(one, checkout) for one in _dicts(told.get("findings")) if one.get("code") in _CODES)


def _refuse_changed_data(checkout: Checkout) -> None:
    for pin in train_pins(checkout):
        path = checkout.folder / pin.path
        if not path.is_file() or file_digest(path) != pin.sha256:
            raise TrainingFailed(
                f"Training the {checkout.role} writes over {pin.path}, which is pinned: what the model was fitted on "
                "can't be told from it any more",
                where=checkout.config.where("data", "train"),
                mend="Let the script write what it prepares to a file of its own.",
            )


_CODES = get_args(FindingCode)


def _delimiter(path: Path) -> str | None:
    return read_dialect(path).delimiter if format_of(path.name) == "csv" else None


def _finding(told: Mapping[str, Any], checkout: Checkout) -> Finding:
    """Facts only: the team's process may have written anything."""

    def number(name: str) -> int | None:
        value = told.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None

    names = told.get("names")
    return Finding(
        code=told["code"],
        role=checkout.role,
        where=str(told.get("where", ""))[:_LONGEST],
        names=tuple(str(name)[:_LONGEST] for name in names[:_MENTIONED]) if isinstance(names, list) else (),
        count=number("count"),
        of=number("of"),
        detail="kept" if told.get("detail") == "kept" else "",
    )
