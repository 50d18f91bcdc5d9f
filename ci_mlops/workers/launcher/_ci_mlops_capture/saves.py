"""Watch what the script saves: that model is the one it ships."""

from __future__ import annotations

import contextlib
import os
import sys
from types import ModuleType
from typing import Any

from . import frames, journal, keeping, native, reach


class Saved:
    """
    One fitted model in what was saved. A later save to the same place takes its place.

    `fit` None: a model that was fitted where we don't look, as in another process or in a cross validation.
    """

    def __init__(self, fit: Any, model: Any, place: str, also: Any = ()) -> None:
        self.fit, self.model, self.place, self.also = fit, model, place, list(also)
        # it was saved inside of an object of the script's that has a `predict` of its own
        self.wrapped = False
        # a copy is another model than the one that stands for it
        self.which = id(model) if self.also or fit is None else id(fit)


class Watch:
    """`with watch((original, arguments, options)):` around each saving; the object may be any argument."""

    def __init__(self, objects: int, *names: str) -> None:
        self.objects, self.names = objects, names

    def __call__(self, call: Any) -> Any:
        if journal.elsewhere() and not journal.depth.inside():
            journal.attempt("a saving", saved_elsewhere, self.saved(call[1], call[2]))
        if not (journal.fits or native.trained) or journal.elsewhere() or journal.depth.inside():
            return contextlib.nullcontext()
        return Saving(self, call)

    def __reduce__(self) -> Any:
        return getattr, (contextlib, "nullcontext")

    def saved(self, given: tuple[Any, ...], options: dict[str, Any]) -> Any:
        for name in self.names:
            if name in options:
                return options[name]
        return given[self.objects] if len(given) > self.objects else None


class Saving:
    def __init__(self, watch: Watch, call: Any) -> None:
        self.watch, self.call = watch, call

    def __enter__(self) -> None:
        journal.depth.enter()

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        journal.depth.leave()
        if kind is None:
            _, given, options = self.call
            # the words that a conversion is given name what it makes, and no file
            words: Any = ((), {}) if self.watch is convert else (given, options)
            journal.attempt("a saving", note, self.watch.saved(given, options), *words)


def note(thing: Any, given: tuple[Any, ...], options: dict[str, Any]) -> None:
    if thing is None or by_machinery():
        return
    place = place_of(thing, given, options)
    found = [Saved(fit, model, place) for fit, model in reach.fitted_in(thing)]
    for one in found if reach.answers_by_itself(thing) else ():
        one.wrapped = True
    found = found or [Saved(fits[-1], model, place, fits) for model, fits in reach.copies_in(thing)]
    found = found or [Saved(None, model, place) for model in reach.strangers_in(thing)]
    if found and place:
        overwritten = [one for one in journal.saved if one.place == place]
        journal.saved[:] = [one for one in journal.saved if one.place != place]
        for one in overwritten:
            # a script that saves each better one holds one of them, and so do we
            if one.fit is not None and one.fit is not journal.fits[-1]:
                keeping.release(one.fit)
    for one in found:
        if one.fit is None:
            continue
        one.fit.copied, one.fit.bytes = True, None
        if not one.also:
            one.fit.strong = one.model if one.fit.ref() is one.model else one.fit.model
    journal.saved.extend(found)
    del journal.saved[: -journal.KEPT_SAVED]


def saved_elsewhere(thing: Any) -> None:
    if thing is None or by_machinery() or not any(True for _ in reach.strangers_in(thing)):
        return
    mark = journal.mark_of_forks()
    os.makedirs(os.path.dirname(mark), exist_ok=True)
    with open(mark, "wb"):
        pass


def by_machinery() -> bool:
    """MLflow's autologging and joblib's own pickling save what the script didn't ask for."""
    frame: Any = sys._getframe(3)  # noqa: SLF001 - the only way to the callers
    while frame is not None and frame.f_code.co_filename.startswith(
        (os.path.dirname(__file__), frames.HIDDEN)
    ):
        frame = frame.f_back
    name = frame.f_globals.get("__name__", "") if frame is not None else ""
    return name.split(".")[0] in (
        "mlflow",
        "joblib",
        "sklearn",
        "multiprocessing",
        "concurrent",
        "copy",
        "cloudpickle",
    )


def place_of(thing: Any, given: tuple[Any, ...], options: dict[str, Any]) -> str:
    """The file, relative to the root; empty where it is not to be known."""
    for one in (*given, *options.values()):
        if one is thing:
            continue
        name = one if isinstance(one, (str, os.PathLike)) else getattr(one, "name", None)
        if isinstance(name, (str, os.PathLike)) and not isinstance(name, bytes):
            path = os.path.realpath(os.fspath(name))
            root = os.path.realpath(journal.request()["root"])
            return os.path.relpath(path, root) if path.startswith(root + os.sep) else os.path.basename(path)
    return ""


class Copying(Watch):
    """Around `deepcopy` and `copy`: which fits have copies, as a script that keeps the best round makes them."""

    def __call__(self, call: Any) -> Any:
        if journal.fits and not journal.elsewhere() and not journal.depth.inside() and call[1]:
            journal.attempt("a copy", copied, call[1][0])
        return contextlib.nullcontext()


def copied(thing: Any) -> None:
    for fit, _ in reach.fitted_in(thing):
        fit.copied = True


dump = Watch(0, "obj", "value")
copying = Copying(0, "x")
log_model = Watch(0, "sk_model", "xgb_model", "lgb_model", "cb_model")
of_self = Watch(0)
convert = Watch(0, "model")


def patch_pickle(module: ModuleType) -> None:
    for name in ("dump", "dumps"):
        frames.replace(module, name, dump)
        # a builtin says that it is of `_pickle`; by that name a pickle of the function would look for it
        vars(module)[name].__module__ = module.__name__


def patch_copy(module: ModuleType) -> None:
    for name in ("deepcopy", "copy"):
        frames.replace(module, name, copying)


def patch_joblib_numpy_pickle(module: ModuleType) -> None:
    frames.replace(module, "dump", dump)


def patch_cloudpickle_cloudpickle(module: ModuleType) -> None:
    for name in ("dump", "dumps"):
        frames.replace(module, name, dump)


patch_dill__dill = patch_skops_io__persist = patch_cloudpickle_cloudpickle


def patch_mlflow_sklearn(module: ModuleType) -> None:
    for name in ("log_model", "save_model"):
        frames.replace(module, name, log_model)


patch_mlflow_xgboost = patch_mlflow_lightgbm = patch_mlflow_catboost = patch_mlflow_sklearn


def patch_xgboost_core(module: ModuleType) -> None:
    frames.replace(vars(module)["Booster"], "save_model", of_self)


patch_lightgbm_basic = patch_xgboost_core


def patch_skl2onnx_convert(module: ModuleType) -> None:
    for name in ("convert_sklearn", "to_onnx"):
        frames.replace(module, name, convert)
