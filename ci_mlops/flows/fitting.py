"""Run the training of a checkout, and find the model that it wrote today."""

import json
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ci_mlops import workers
from ci_mlops.errors import TrainingFailed
from ci_mlops.flows.checkout import Checkout, train_pins, training_of
from ci_mlops.flows.tools import Tools
from ci_mlops.ports import Environment, Finished

_FIT = Path(str(workers.__file__)).with_name("fit.py")
Stamps = dict[str, tuple[int, int, int]]


def fit(
    tools: Tools, environment: Environment, checkout: Checkout, output: Path, private: Path
) -> tuple[Finished, Path]:
    settings = training_of(checkout)
    log = output / "logs" / f"train-{checkout.role}.log"
    tools.say(f"{checkout.role}: training")
    variables = _parameters(settings.parameters)
    before = _stamps(checkout.folder / settings.model.path) if settings.model.path else {}
    finished = None
    if settings.run is not None:
        finished = environment.run(
            settings.run,
            folder=checkout.folder,
            log=log,
            time_limit=settings.time_limit,
            variables=variables,
        )
        if finished.exit_code != 0:
            raise failed(f"training the {checkout.role}", finished, log)
    if settings.model.callable:
        return _call(environment, checkout, log, private, variables)
    assert finished is not None  # noqa: S101 - the config refuses `path` without `run`
    assert settings.model.path is not None  # noqa: S101 - the config wants exactly one source
    return finished, _fresh(checkout.folder / settings.model.path, before, settings.model.path, checkout, log)


def _call(
    environment: Environment, checkout: Checkout, log: Path, private: Path, variables: Mapping[str, str]
) -> tuple[Finished, Path]:
    settings = training_of(checkout)
    into = private / "fitted"
    into.mkdir()
    answer = private / "answer.json"
    request = private / "request.json"
    request.write_text(
        json.dumps(
            {
                "callable": settings.model.callable,
                "train": [str(checkout.folder / pin.path) for pin in train_pins(checkout)],
                "into": str(into),
                "answer": str(answer),
            }
        ),
        encoding="utf-8",
    )
    finished = environment.run(
        [environment.python, str(_FIT), str(request)],
        folder=checkout.folder,
        log=log.with_name(f"fit-{checkout.role}.log") if settings.run else log,
        time_limit=settings.time_limit,
        variables=variables,
    )
    told = read_answer(answer)
    if "what" in told:
        raise TrainingFailed(
            f"Training the {checkout.role}: {told['what']}", where=str(log), mend=str(told.get("mend", ""))
        )
    if finished.exit_code != 0:
        raise failed(f"training the {checkout.role}", finished, log)
    return finished, next(iter(into.iterdir()))


def read_answer(path: Path) -> dict[str, Any]:
    """What a worker says; nothing where it was killed. The team's code may have written anything there."""
    try:
        answer = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return answer if isinstance(answer, dict) else {}


def failed(doing: str, finished: Finished, log: Path) -> TrainingFailed:
    last = f"; its last lines:\n{finished.tail}" if finished.tail else ", and printed nothing"
    code = finished.exit_code
    number = -code if code < 0 else code - 128
    if number in {int(known) for known in signal.Signals}:
        mend = (
            "Mostly the machine ran out of memory." if number == signal.SIGKILL else "The log may tell why."
        )
        return TrainingFailed(
            f"{doing.capitalize()}: the command was killed by {signal.Signals(number).name}{last}",
            where=str(log),
            mend=mend,
        )
    return TrainingFailed(
        f"{doing.capitalize()}: the command ended with exit code {code}{last}",
        where=str(log),
        mend="Run the command by hand in the config's folder: it must end with 0.",
    )


def _stamps(path: Path) -> Stamps:
    """When each file of a model was last touched, so that one left by an earlier run is not taken for today's."""
    files = [path, *path.rglob("*")] if path.is_dir() else [path]
    return {
        str(file): (stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)
        for file in files
        if file.is_file() and (stat := file.stat())
    }


def _fresh(path: Path, before: Stamps, name: str, checkout: Checkout, log: Path) -> Path:
    after = _stamps(path)
    if after and after != before:
        return path
    stale = " (what is there is older than this run)" if after else ""
    raise TrainingFailed(
        f"Training the {checkout.role} wrote no model to {name}{stale}",
        where=f"{log}; {checkout.config.where('train', 'model', 'path')}",
        mend="Let `train.model.path` name what the command writes, relative to the config's folder.",
    )


def _parameters(parameters: Mapping[str, Any]) -> dict[str, str]:
    return {f"CI_MLOPS_PARAM_{name.upper()}": _as_text(value) for name, value in parameters.items()}


def _as_text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
