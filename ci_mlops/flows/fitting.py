"""The model of a checkout, in the way that `train.model` says."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from ci_mlops.flows.checkout import Checkout, training_of
from ci_mlops.flows.fitted import Fitted, failed, read_answer
from ci_mlops.flows.tools import Tools
from ci_mlops.ports import Environment
from ci_mlops.records.model import Source

__all__ = ["failed", "fit", "read_answer"]

Fit = Callable[[Tools, Environment, Checkout, Path, Path], Fitted]
_WAYS: dict[Source, str] = {
    "path": "ci_mlops.flows.fit_written",
    "callable": "ci_mlops.flows.fit_callable",
    "capture": "ci_mlops.flows.fit_captured",
    "mlflow": "ci_mlops.flows.fit_logged",
    "uri": "ci_mlops.flows.fit_prebuilt",
}


def fit(tools: Tools, environment: Environment, checkout: Checkout, output: Path, private: Path) -> Fitted:
    """
    `private`: an empty folder for this training, removed after the model was copied.

    Raises:
        TrainingFailed: the command fails, hangs or is killed, or there is no model, or more than one.
    """
    # a command pays for the way that it takes, and for no other
    way: Fit = import_module(_WAYS[training_of(checkout).model.kind]).fit
    return way(tools, environment, checkout, output, private)
