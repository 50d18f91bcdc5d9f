"""The training command: is what it names there? It is run only where that is wished."""

import os
import re
import shlex
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ci_mlops.config import Config, Train
from ci_mlops.errors import CiMlopsError
from ci_mlops.flows.checkout import parts_of
from ci_mlops.flows.doctor.check import Check, fine, not_tried, problem, problems_of
from ci_mlops.flows.doctor.patient import Patient
from ci_mlops.flows.own_environment import environment_of
from ci_mlops.flows.project import open_project
from ci_mlops.flows.train import head_checkout, workplace_of
from ci_mlops.flows.training import make_model

_CODE = 6
LONGEST = 600.0
"""Seconds that a try may take."""
_SCRIPT = re.compile(r"[\w./-]+\.(?:py|sh|bash|R|r|jl|ipynb)")
_SET = re.compile(r"[A-Za-z_]\w*=")
_SHELL = (
    "cd",
    ".",
    "source",
    "export",
    "set",
    "test",
    "[",
    "[[",
    "(",
    "{",
    "if",
    "for",
    "while",
    "!",
    "eval",
    "exec",
)


def look(patient: Patient) -> Iterator[Check]:
    config = patient.config
    assert config is not None  # noqa: S101 - the story asks for it
    train = config.train
    if train is None:
        yield problem(
            "training",
            "The config does not say how the model is trained.",
            exit_code=2,
            where=config.where("train"),
            mend="Add `train: {run: ..., model: {path: ...}}`.",
        )
        return
    yield from _command(patient, config, train)
    if train.model.callable:
        yield _module(patient, config, train.model.callable)
    if not patient.wishes.train:
        yield not_tried(
            "training.run", "The training was not run.", mend="`ci-mlops doctor --train` runs it."
        )
        return
    yield from _run(patient, train)


def _command(patient: Patient, config: Config, train: Train) -> Iterator[Check]:
    if train.run is None:
        return
    where = config.where("train", "run")
    words = _words(train.run)
    if not words:
        yield problem("training.command", "`train.run` is no command.", exit_code=2, where=where)
        return
    first = words[0]
    if first in _SHELL:
        yield fine("training.command", f"`{first}` is a word of the shell.")
    elif _is_found(patient, first):
        yield fine("training.command", f"`{first}` is found.")
    else:
        yield problem(
            "training.command",
            f"`{first}` is not found.",
            exit_code=_CODE,
            where=where,
            mend="Install it in a step before, or name it by its path from the config's folder.",
        )
    if words[0] == "cd":
        return  # paths are then relative to somewhere else
    for script in dict.fromkeys(word for word in words[1:] if _SCRIPT.fullmatch(word)):
        if (patient.folder / script).exists():
            yield fine("training.script", f"{script} is there.")
        else:
            yield problem(
                "training.script",
                f"{script} is not there.",
                exit_code=_CODE,
                where=where,
                mend="Paths are relative to the config's folder.",
            )


def _words(run: str | tuple[str, ...]) -> list[str]:
    try:
        words = shlex.split(run, comments=True) if isinstance(run, str) else list(run)
    except ValueError:
        # a mark that is not closed: the shell will say so
        words = run.split() if isinstance(run, str) else list(run)
    while isinstance(run, str) and words and _SET.match(words[0]):
        words.pop(0)
    return words


def _is_found(patient: Patient, word: str) -> bool:
    if "/" in word:
        place = patient.folder / word
        return place.is_file() and os.access(place, os.X_OK)
    declared = patient.config is not None and patient.config.environment != "current"
    if word in ("python", "python3") and (declared or patient.instruments.environ.get("CI_MLOPS_PYTHON")):
        return True  # the environment's own
    found = shutil.which(word, path=patient.instruments.environ.get("PATH"))
    # a tool of a declared environment is found when that is made
    return found is not None or declared


def _module(patient: Patient, config: Config, named: str) -> Check:
    module = named.partition(":")[0]
    place = patient.folder.joinpath(*module.split("."))
    where = config.where("train", "model", "callable")
    if place.with_suffix(".py").is_file() or (place / "__init__.py").is_file():
        return fine("training.callable", f"`{module}` is a module of this folder.")
    return not_tried(
        "training.callable",
        f"`{module}` is no module of this folder ({where}): whether the environment has it is seen when it is called.",
        mend="`ci-mlops doctor --train`",
    )


def _run(patient: Patient, train: Train) -> Iterator[Check]:
    name = "training.run"
    limit = min(train.time_limit, LONGEST)
    try:
        project = open_project(patient.tools, patient.config_path)
        short = train.model_copy(update={"time_limit": limit})
        checkout = head_checkout(project)
        tools = patient.tools
        environment = environment_of(tools, project, checkout)
        parts = parts_of(checkout, environment)
        apart = workplace_of(tools, project, checkout)
        hurried = checkout.config.model_copy(update={"train": short})
        with tempfile.TemporaryDirectory(prefix="ci-mlops-") as private:
            card = make_model(
                tools, environment, replace(checkout, config=hurried), parts, Path(private), apart=apart
            )
    except CiMlopsError as error:
        yield from problems_of(name, error)
        return
    how = "is known by its fingerprint" if card.origin == "reused" else f"took {card.seconds:.1f} s"
    yield fine(name, f"The training {how}; its model has {card.model.size / 1e6:.1f} MB.")
