"""Find fitted models in what a script holds: a name, a list, a dict, an object of its own class."""

from __future__ import annotations

import collections
import itertools
import os
import sys
from typing import Any

from . import journal

DEEP, MANY = 8, 5_000
LEAVES = {int, float, str, bytes, bool, complex, type(None)}
# a search is its best estimator, once it is fitted
INNER = ("best_estimator_", "estimator_")
# what a saved booster is of: the wrapper answers as the script's own `predict` does
BOOSTERS = ("_Booster", "_model")


def fitted_in(thing: Any) -> Any:
    """Each fit with the object that was found for it: the model, or the search's own best one."""
    told = set()
    for _, model in walk({"": thing}):
        fit = fit_of(model)
        if fit is not None and id(fit) not in told:
            told.add(id(fit))
            yield fit, fit.model if is_booster_of(fit.model, model) else model


def fit_of(model: Any) -> Any:
    """The fit of a predictor, of the search whose best estimator it is, or of the booster's wrapper."""
    for fit in reversed(journal.fits):
        known = fit.model
        if known is None or fit.replaced:
            continue
        if known is model or any(vars_of(known).get(name) is model for name in INNER):
            return fit
        if is_booster_of(known, model):
            return fit
    return None


def is_booster_of(known: Any, model: Any) -> bool:
    return any(vars_of(known).get(name) is model for name in BOOSTERS)


def same_class(model: Any) -> list[Any]:
    """Fits of this class, for an object that is none of them: a copy of one, if there are copies of any."""
    name = "{}.{}".format(type(model).__module__, type(model).__qualname__)
    fits = [fit for fit in journal.fits if fit.class_name == name]
    return fits if any(fit.copied for fit in fits) else []


def copies_in(thing: Any) -> Any:
    """Fitted models that were made by copying, each with the fits that it may be a copy of."""
    for _, model in walk({"": thing}):
        fits = same_class(model)
        if fits and any(name.endswith("_") or name == "_Booster" for name in vars_of(model)):
            yield model, fits


def strangers_in(thing: Any) -> Any:
    """Fitted models of which no fit was seen, and that are no part of one that was."""
    from . import keeping

    known = [fit.model for fit in (*journal.fits, *journal.transformers)]
    parts = {id(one) for model in known for _, one in walk({"": list(vars_of(model).values())})}
    for _, model in walk({"": thing}):
        fitted = keeping.was_fitted(model) or not hasattr(model, "get_params")
        if fitted and id(model) not in parts and not any(one is model for one in known):
            yield model


def answers_by_itself(thing: Any) -> bool:
    """Whether there is an object of the script's own class that predicts, around a fitted model."""
    for _, one in walk({"": thing}):
        if fit_of(one) is None and is_the_teams(type(one)) and any(True for _ in fitted_in(vars_of(one))):
            return True
    return False


def vars_of(thing: Any) -> dict[str, Any]:
    return getattr(thing, "__dict__", None) or {}


def walk(names: dict[str, Any]) -> Any:
    """(path, object) of what may be a model, below these names, nearest first."""
    waiting = collections.deque((name, value, 0) for name, value in names.items())
    seen: set[int] = set()
    while waiting and len(seen) < MANY:
        path, value, depth = waiting.popleft()
        if id(value) in seen:
            continue
        children = parts_of(value)
        if hasattr(type(value), "predict") or type(value).__name__ in ("Booster", "CatBoost"):
            seen.add(id(value))
            yield path, value
            if fit_of(value) is not None:
                continue
        if children is not None and depth < DEEP:
            seen.add(id(value))
            waiting.extend(("{}[...]".format(path), child, depth + 1) for child in children)


def parts_of(value: Any) -> list[Any] | None:
    if isinstance(value, dict):
        return branches(value.values())
    if isinstance(value, (list, tuple, set, frozenset, collections.deque)):
        return branches(value)
    if type(value).__module__ in ("builtins", "numpy") or isinstance(value, type):
        return None
    if hasattr(value, "fit") or type(value).__module__.startswith("sklearn.") or is_the_teams(type(value)):
        return branches(vars_of(value).values())
    return None


def kept_parts(thing: Any, depth: int = 0) -> Any:
    """Models inside of one that is to be fitted, and that its fit may leave as they are."""
    as_they_are = (
        type(thing).__name__ == "FrozenEstimator"
        or str(vars_of(thing).get("cv")) == "prefit"
        or vars_of(thing).get("prefit") is True
        or (hasattr(thing, "fit") and is_the_teams(type(thing)))
    )
    for part in (parts_of(thing) or []) if depth < DEEP else []:
        if as_they_are:
            yield from (one for _, one in walk({"": part}))
        else:
            yield from kept_parts(part, depth + 1)


def branches(values: Any) -> list[Any]:
    """A script may save long lists of numbers, and often."""
    return [value for value in itertools.islice(values, MANY) if type(value) not in LEAVES]


def is_the_teams(cls: type) -> bool:
    if cls.__module__ in ("__main__", "types"):
        return True
    file = getattr(sys.modules.get(cls.__module__), "__file__", None)
    return is_below_root(file)


def is_below_root(file: Any) -> bool:
    if not isinstance(file, str) or "site-packages" in file or "dist-packages" in file:
        return False
    return os.path.realpath(file).startswith(os.path.realpath(journal.request()["root"]) + os.sep)


def modules() -> list[Any]:
    """The script, and the modules of the repository that it imported."""
    main = sys.modules.get("__main__")
    others = [
        module
        for name, module in list(sys.modules.items())
        if name != "__main__" and is_below_root(getattr(module, "__file__", None))
    ]
    return [*([main] if main is not None else []), *others]


def reachable() -> list[tuple[Any, Any, list[str]]]:
    """(fit, object, the global names that lead to it) of each fitted model that is still held."""
    found: dict[int, tuple[Any, Any, list[str]]] = {}
    for module in modules():
        for name, value in list(vars(module).items()):
            for fit, model in fitted_in(value):
                found.setdefault(id(fit), (fit, model, []))[2].append(name)
    return list(found.values())


def named(variable: str) -> tuple[bool, Any]:
    for module in modules():
        if variable in vars(module):
            return True, vars(module)[variable]
    return False, None
