"""`train.model: {path: ...}`: the command writes the model, today."""

from pathlib import Path

from ci_mlops.errors import TrainingFailed
from ci_mlops.flows.checkout import Checkout, training_of
from ci_mlops.flows.fitted import Fitted, log_of, run_training
from ci_mlops.flows.tools import Tools
from ci_mlops.ports import Environment

Stamps = dict[str, tuple[int, int, int]]


def fit(tools: Tools, environment: Environment, checkout: Checkout, output: Path, private: Path) -> Fitted:
    name = training_of(checkout).model.path
    assert name is not None  # noqa: S101 - `fitting` looked at the kind
    path = checkout.folder / name
    before = _stamps(path)
    finished = run_training(tools, environment, checkout, output)
    after = _stamps(path)
    if after and after != before:
        return Fitted(finished=finished, model=path)
    stale = " (what is there is older than this run)" if after else ""
    raise TrainingFailed(
        f"Training the {checkout.role} wrote no model to {name}{stale}",
        where=f"{log_of(checkout, output)}; {checkout.config.where('train', 'model', 'path')}",
        mend="Let `train.model.path` name what the command writes, relative to the config's folder.",
    )


def _stamps(path: Path) -> Stamps:
    """When each file of a model was last touched, so that one left by an earlier run is not taken for today's."""
    files = [path, *path.rglob("*")] if path.is_dir() else [path]
    return {
        str(file): (stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)
        for file in files
        if file.is_file() and (stat := file.stat())
    }
