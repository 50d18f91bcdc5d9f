"""`train.model: capture`: the team's command under our launcher; its model is kept, and its rows are proven to be the file's."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from ci_mlops import workers
from ci_mlops.datasets.dialect import format_of, read_dialect
from ci_mlops.errors import TrainingFailed
from ci_mlops.files.digest import file_digest
from ci_mlops.flows.checkout import Checkout, train_pins, training_of
from ci_mlops.flows.fitted import Fitted, failed, log_of, read_answer, run_training
from ci_mlops.flows.tools import Tools
from ci_mlops.flows.uncaptured import dicts, look
from ci_mlops.ports import Environment
from ci_mlops.records import Finding
from ci_mlops.records.finding import FindingCode
from ci_mlops.records.slices import all_columns

_WORKERS = Path(str(workers.__file__)).parent
_LAUNCHER = _WORKERS / "launcher"
_MATCH = _WORKERS / "match.py"
_MATCH_LIMIT = 1800.0
_MENTIONED = 8
_LONGEST = 80
FOLDER = "captured"


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
    told = read_answer(raw / "raw.json")
    look(told, checkout, log_of(checkout, output))
    tools.say(f"{checkout.role}: {_kept(told)}; looking for the rows that it was fitted on")
    model = private / FOLDER
    findings = _matched(tools, environment, checkout, output, private, model)
    return Fitted(finished=finished, model=model, findings=findings)


def _kept(told: Mapping[str, Any]) -> str:
    """Which of its models, for who reads the log; the team's process wrote these words."""
    chosen = next(iter(dicts([told.get("chosen")])), {})
    name, where = (str(chosen.get(key, ""))[:_LONGEST] for key in ("class", "where"))
    words = f"its model is {name.rpartition('.')[2]} ({where})"
    return "".join(letter for letter in words if letter.isprintable())


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
                "slices": list(all_columns(test.cuts)),
                "unproven": checkout.config.predict is not None,
                "prepared": bool(capture and capture.prepared),
            }
        ),
        encoding="utf-8",
    )
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
    return tuple(_finding(one, checkout) for one in dicts(told.get("findings")) if one.get("code") in _CODES)


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
