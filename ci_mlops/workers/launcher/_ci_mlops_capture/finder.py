"""
Patch a module right after it is executed, in the submodule that defines the name: every alias is then right.

Nothing is imported that the script does not import.
"""

from __future__ import annotations

import importlib
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

# module -> the submodule of ours whose `patch_<module with _>` hooks it
WATCHED = {
    "sklearn.base": "fits",
    "catboost.core": "fits",
    "sklearn.model_selection._validation": "fits",
    "sklearn.model_selection._split": "splits",
    "numpy.random": "splits",
    "pandas.core.frame": "lineage",
    "joblib.numpy_pickle": "saves",
    "pickle": "saves",
    "copy": "saves",
    "cloudpickle.cloudpickle": "saves",
    "dill._dill": "saves",
    "skops.io._persist": "saves",
    "mlflow.sklearn": "saves",
    "mlflow.xgboost": "saves",
    "mlflow.lightgbm": "saves",
    "mlflow.catboost": "saves",
    "xgboost.core": "saves",
    "lightgbm.basic": "saves",
    "xgboost.training": "native",
    "lightgbm.engine": "native",
    "skl2onnx.convert": "saves",
    "traceback": "frames",
}


def install() -> None:
    for name in WATCHED:
        module = sys.modules.get(name)
        if module is not None:
            patch(module)
    sys.meta_path.insert(0, Finder())


def patch(module: ModuleType) -> None:
    """A failure is noted and the script goes on, as everywhere."""
    try:
        ours = importlib.import_module("." + WATCHED[module.__name__], __package__)
        getattr(ours, "patch_" + module.__name__.replace(".", "_"))(module)
    except Exception as error:  # noqa: BLE001 - nothing of ours may reach the script
        from . import journal

        journal.note("hooking " + module.__name__, error)


class Finder:
    def __init__(self) -> None:
        self.asked: set[str] = set()

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name not in WATCHED or name in self.asked:
            return None
        self.asked.add(name)
        try:
            spec = found_by_the_others(self, name, path, target)
        finally:
            self.asked.discard(name)
        if spec is not None and hasattr(spec.loader, "exec_module"):
            loader: Any = Loader(spec.loader)
            spec.loader = loader
        return spec


def found_by_the_others(ours: Finder, name: str, path: Any, target: Any) -> ModuleSpec | None:
    for finder in list(sys.meta_path):
        if finder is not ours and hasattr(finder, "find_spec"):
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                return spec
    return None


class Loader:
    """The module's own loader, and then the patch; it is gone from the module before its code runs."""

    def __init__(self, own: Any) -> None:
        self.own = own

    def __getattr__(self, name: str) -> Any:
        return getattr(self.own, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        made: ModuleType | None = self.own.create_module(spec)
        return made

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self.own
        if module.__spec__ is not None:
            module.__spec__.loader = self.own
        self.own.exec_module(module)
        patch(module)
