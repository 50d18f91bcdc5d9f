"""
Watch what XGBoost and LightGBM train without an estimator (`xgb.train`, `lgb.train`).

Such a booster is not captured; but nor may another model that the script fits be taken for it.
"""

from __future__ import annotations

import contextlib
from types import ModuleType
from typing import Any

from . import frames, journal, script_line

trained: list[dict[str, str]] = []  # `what` was called, `where` in the script


class Watch:
    """`with watch((original, arguments, options)):` around each training; in a pool's worker it is nothing."""

    def __call__(self, call: Any) -> Any:
        return contextlib.nullcontext() if journal.elsewhere() else Training(call)

    def __reduce__(self) -> Any:
        return getattr, (contextlib, "nullcontext")


class Training:
    def __init__(self, call: Any) -> None:
        self.call, self.own = call, False

    def __enter__(self) -> None:
        # an estimator trains by the same function, inside of its `fit`
        self.own = journal.depth.enter()

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        journal.depth.leave()
        if self.own and kind is None:
            journal.attempt("a native training", note, self.call[0])


def note(original: Any) -> None:
    library = original.__module__.split(".")[0]
    one = {"what": library + "." + original.__name__, "where": script_line.where()[0]}
    if one not in trained and len(trained) < journal.KEPT:
        trained.append(one)


def ships() -> bool:
    """Whether one of them may be what the script makes: it saves one, or saves nothing that is known."""
    if not trained:
        return False
    return not journal.saved or any(is_booster(one.model) for one in journal.saved if one.fit is None)


def is_booster(model: Any) -> bool:
    return type(model).__name__ == "Booster"


watch = Watch()


def patch_xgboost_training(module: ModuleType) -> None:
    frames.replace(module, "train", watch)


patch_lightgbm_engine = patch_xgboost_training
