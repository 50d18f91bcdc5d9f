"""One model of one checkout: known by its fingerprint, or trained now."""

import json
import signal
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from ci_mlops import workers
from ci_mlops.config import Config, Train
from ci_mlops.datasets.digest import data_digest
from ci_mlops.errors import BadConfig, BadData, TrainingFailed
from ci_mlops.flows import store
from ci_mlops.flows.code import code_digest, code_files
from ci_mlops.flows.fingerprint import Parts, fingerprint, fingerprint_parts
from ci_mlops.flows.project import LOCK
from ci_mlops.flows.tools import Tools
from ci_mlops.ports import Environment, Finished
from ci_mlops.records import FilePin, Lock, TrainedModel

Role = Literal["candidate", "champion"]
_FIT = Path(str(workers.__file__)).with_name("fit.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """The code and settings that one model is made of."""

    role: Role
    folder: Path
    config_name: str
    config: Config
    lock: Lock
    commit: str | None
    job: str = ""
    notices: tuple[str, ...] = ()
    """What a reader of the verdict must not miss."""


def training_of(checkout: Checkout) -> Train:
    if checkout.config.train is None:
        raise BadConfig(
            "ci-mlops.yml does not say how the model is trained",
            where=f"{checkout.config_name} train",
            mend="Add `train: {run: ..., model: {path: ...}}`.",
        )
    return checkout.config.train


def parts_of(checkout: Checkout, environment: Environment) -> Parts:
    settings = training_of(checkout)
    source = settings.model.model_dump(exclude_none=True)
    files = code_files(checkout.folder, leave_out=_not_code(checkout), inputs=settings.inputs or ())
    if settings.inputs and not files:
        raise BadConfig(
            f"`train.inputs` matches no file: {', '.join(settings.inputs)}",
            where=checkout.config.where("train", "inputs"),
            mend="Name files, folders or globs of code, relative to the config's folder.",
        )
    return fingerprint_parts(
        code=code_digest(files),
        train_data=f"sha256:{data_digest(_train_pins(checkout))}",
        environment=environment.digest(),
        run=settings.run,
        source=source,
        parameters=settings.parameters,
    )


def _train_pins(checkout: Checkout) -> tuple[FilePin, ...]:
    pins = checkout.lock.data.get("train", ())
    if not pins:
        raise BadData(
            "No training data is pinned", where=LOCK, mend="`ci-mlops pin`, then commit ci-mlops.lock."
        )
    return pins


def _not_code(checkout: Checkout) -> set[PurePosixPath]:
    pinned = {PurePosixPath(pin.path) for pins in checkout.lock.data.values() for pin in pins}
    model = training_of(checkout).model.path
    written = {PurePosixPath(model)} if model else set()
    return pinned | written | {PurePosixPath(checkout.config_name), PurePosixPath(LOCK)}


def make_model(
    tools: Tools, environment: Environment, checkout: Checkout, parts: Parts, output: Path
) -> TrainedModel:
    """Into `output/models/<role>`, from the cache if the fingerprint is known there, else by training."""
    mark = fingerprint(parts)
    kept = tools.cache / "models" / mark
    place = output / "models" / checkout.role
    try:
        known = store.get(kept)
    except BadData as damage:
        tools.say(f"notice: a damaged model in the cache was dropped: {damage.what}")
        store.drop(kept)
        known = None
    if known is not None:
        card, model = known
        tools.say(f"{checkout.role}: fingerprint {mark[:8]} is known, not trained again")
        card = _reused(card, checkout)
        store.put(card, model, place)
        return card
    with tempfile.TemporaryDirectory(prefix="ci-mlops-") as private:
        finished, written = _train(tools, environment, checkout, output, Path(private))
        copied = store.copy_model(written, Path(private, "copy"))
        card = TrainedModel(
            role=checkout.role,
            name=checkout.config.model,
            model=copied,
            fingerprint=mark,
            origin="trained",
            commit=checkout.commit,
            environment=environment.digest(),
            parts=parts,
            seconds=finished.seconds,
            peak_memory=finished.peak_memory,
            job=checkout.job,
            notices=checkout.notices,
        )
        source = Path(private, "copy", copied.path)
        store.put(card, source, kept)
        store.put(card, source, place)
    return card


def _reused(card: TrainedModel, checkout: Checkout) -> TrainedModel:
    return TrainedModel(
        role=checkout.role,
        name=checkout.config.model,
        model=card.model,
        fingerprint=card.fingerprint,
        origin="reused",
        commit=checkout.commit,
        environment=card.environment,
        parts=card.parts,
        job=checkout.job,
        notices=checkout.notices,
    )


def _train(
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
                "train": [str(checkout.folder / pin.path) for pin in _train_pins(checkout)],
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


Stamps = dict[str, tuple[int, int, int]]


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
