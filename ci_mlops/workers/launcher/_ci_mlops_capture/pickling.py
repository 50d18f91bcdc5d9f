"""Pickle a model so that it loads without the code of the repository, and so that the same model is the same bytes."""

from __future__ import annotations

import importlib
import io
import pickle
import sys
from types import FunctionType
from typing import Any

from . import frames, reach

PROTOCOL = 4  # every Python that a team may load it with has it


def dumps(thing: Any) -> bytes:
    cloud = cloudpickle()
    if cloud is None:
        return pickle.dumps(thing, PROTOCOL)
    by_value = []
    for module in reach.modules():
        if module.__name__ != "__main__" and hasattr(cloud, "register_pickle_by_value"):
            cloud.register_pickle_by_value(module)
            by_value.append(module)
    track = vars(cloud).get("_get_or_create_tracker_id")
    # random ids, for classes that are sent twice; here each is sent once
    cloud._get_or_create_tracker_id = lambda _: None  # noqa: SLF001 - cloudpickle has no other way
    try:
        file = io.BytesIO()
        pickler_of(cloud)(file, PROTOCOL).dump(thing)
        return file.getvalue()
    finally:
        if track is not None:
            cloud._get_or_create_tracker_id = track  # noqa: SLF001 - as above
        for module in by_value:
            cloud.unregister_pickle_by_value(module)


def cloudpickle() -> Any:
    """joblib 1.6 requires cloudpickle, those before bring their own copy."""
    for name in ("cloudpickle.cloudpickle", "joblib.externals.cloudpickle.cloudpickle"):
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    return None


def pickler_of(cloud: Any) -> Any:
    """
    cloudpickle's rules on the pickler that is written in Python.

    The one written in C asks nobody about sets, and their order differs from run to run.
    """
    rules = getattr(cloud, "Pickler", None) or cloud.CloudPickler
    taken = {
        name: value for name, value in vars(rules).items() if not name.startswith("__") and name != "dispatch"
    }
    own_reduction = taken.get("reducer_override")

    def __init__(self: Any, file: Any, protocol: int) -> None:  # noqa: N807 - it becomes that method
        pickle._Pickler.__init__(self, file, protocol)  # type: ignore[attr-defined]  # noqa: SLF001 - no other name
        self.globals_ref = {}
        self.proto = protocol

    def reducer_override(self: Any, thing: Any) -> Any:
        if frames.is_ours(thing):
            # a class of `__main__` carries our hooks; the model is to be without
            return reducer_override(self, thing.__wrapped__)
        kind = type(thing)
        if kind is set or kind is frozenset:
            return kind, (sorted(thing, key=lambda one: (type(one).__name__, repr(one))),)
        if kind is FunctionType or isinstance(thing, type):
            return own_reduction(self, thing) if own_reduction is not None else NotImplemented
        return NotImplemented

    taken.update(
        __init__=__init__,
        reducer_override=reducer_override,
        dump=pickle._Pickler.dump,  # type: ignore[attr-defined]  # noqa: SLF001 - no other name
    )
    return type("ByValue", (pickle._Pickler,), taken)  # type: ignore[attr-defined]  # noqa: SLF001 - no other name


def plain(thing: Any) -> bytes:
    return pickle.dumps(thing, PROTOCOL)


def libraries() -> dict[str, str]:
    """What a reader of the pickle needs: of the modules that were in use."""
    names = ("sklearn", "numpy", "scipy", "pandas", "xgboost", "lightgbm", "catboost", "joblib")
    return {
        name: str(sys.modules[name].__version__)
        for name in names
        if hasattr(sys.modules.get(name), "__version__")
    }
