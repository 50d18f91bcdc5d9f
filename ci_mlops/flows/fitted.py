"""What every way to obtain a model shares: the record that it returns, the team's command, and how a failure is told."""

import json
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ci_mlops.environments.declaration import read_declaration
from ci_mlops.environments.unbounded import too_new
from ci_mlops.errors import BadConfig, TrainingFailed
from ci_mlops.flows.checkout import Checkout, training_of
from ci_mlops.flows.own_environment import CURRENT
from ci_mlops.flows.tools import Tools
from ci_mlops.ports import Environment, Finished
from ci_mlops.records import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    finished: Finished | None
    """None: nothing was trained."""
    model: Path
    """File or folder, to be copied byte for byte before `private` is removed."""
    findings: tuple[Finding, ...] = ()
    notices: tuple[str, ...] = ()
    """Sentences of ours that a reader of the verdict must not miss."""


def run_training(
    tools: Tools,
    environment: Environment,
    checkout: Checkout,
    output: Path,
    *,
    variables: Mapping[str, str] | None = None,
) -> Finished:
    """
    `train.run` in the config's folder, with the parameters and `variables` in its environment.

    Raises:
        TrainingFailed: it fails, hangs or is killed.
    """
    settings = training_of(checkout)
    if settings.run is None:
        raise BadConfig(
            "`train.run` is missing: something has to train the model",
            where=checkout.config.where("train"),
            mend="Add `run: python train.py`, or whatever trains.",
        )
    tools.say(f"{checkout.role}: training")
    log = log_of(checkout, output)
    finished = environment.run(
        settings.run,
        folder=checkout.folder,
        log=log,
        time_limit=settings.time_limit,
        variables={**parameters_of(checkout), **(variables or {})},
    )
    if finished.exit_code != 0:
        raise _with_cause(
            failed(f"training the {checkout.role}", finished, log), finished, environment, checkout
        )
    return finished


def _with_cause(
    error: TrainingFailed, finished: Finished, environment: Environment, checkout: Checkout
) -> TrainingFailed:
    """Where its environment is declared: that may be why, and it is where to run the command by hand."""
    declared = checkout.config.environment
    if declared == CURRENT:
        return error
    lines = read_declaration(checkout.folder, declared).requirements
    cause = too_new(finished.tail, lines, environment.packages())
    again = f"It ran in the environment of {declared}, whose Python `ci-mlops doctor --format json` names."
    return TrainingFailed(
        error.what, where=error.where, mend=" ".join(filter(None, (cause, error.mend, again)))
    )


def log_of(checkout: Checkout, output: Path) -> Path:
    return output / "logs" / f"train-{checkout.role}.log"


def parameters_of(checkout: Checkout) -> dict[str, str]:
    parameters = training_of(checkout).parameters
    return {f"CI_MLOPS_PARAM_{name.upper()}": _as_text(value) for name, value in parameters.items()}


def _as_text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


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
