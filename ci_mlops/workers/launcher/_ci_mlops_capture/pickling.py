"""Pickle a model so that it loads without the code of the repository, and so that the same model is the same bytes."""

from __future__ import annotations

import contextlib
import importlib
import io
import pickle
import sys
from types import FunctionType
from typing import Any

from . import frames, journal, reach

PROTOCOL = 4  # every Python that a team may load it with has it


def dumps(thing: Any) -> bytes:
    file = io.BytesIO()
    dump(thing, file)
    return file.getvalue()


def dump(thing: Any, file: Any) -> None:
    """Into a file at its beginning: a large model is not held twice."""
    cloud = cloudpickle()
    if cloud is None:
        pickle.dump(thing, file, PROTOCOL)
        return
    with without_tracking(cloud):
        try:
            with modules_by_value(cloud):
                pickler_of(cloud)(file, PROTOCOL).dump(thing)
        except Exception as error:  # noqa: BLE001 - whatever the team's modules hold that can't be pickled
            journal.note("pickling the repository's modules by value", error)
            file.seek(0)
            file.truncate()
            pickler_of(cloud)(file, PROTOCOL).dump(thing)


def cloudpickle() -> Any:
    """A joblib before 1.6 brings its own copy, a newer one requires it."""
    for name in ("cloudpickle", "joblib.externals.cloudpickle"):
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    return None


@contextlib.contextmanager
def without_tracking(cloud: Any) -> Any:
    """Its classes bear random ids, for those that are sent twice; here each is sent once."""
    name, kept = "_get_or_create_tracker_id", []
    for part in ("cloudpickle", "cloudpickle_fast"):
        module = sys.modules.get(cloud.__name__ + "." + part)
        if name in vars(module or cloud):
            kept.append((module, vars(module)[name]))
            setattr(module, name, lambda _: None)
    try:
        yield
    finally:
        for module, track in kept:
            setattr(module, name, track)


@contextlib.contextmanager
def modules_by_value(cloud: Any) -> Any:
    """The model is to load where its old code is gone."""
    register = getattr(cloud, "register_pickle_by_value", None)
    modules = [module for module in reach.modules() if module.__name__ != "__main__"] if register else []
    for module in modules:
        cloud.register_pickle_by_value(module)
    try:
        yield
    finally:
        for module in modules:
            cloud.unregister_pickle_by_value(module)


def pickler_of(cloud: Any) -> Any:
    """
    The rules of cloudpickle on the pickler that is written in Python.

    The one written in C asks nobody about sets, and their order differs from run to run.
    """
    rules = cloud.CloudPickler
    taken = {
        name: value for name, value in vars(rules).items() if not name.startswith("__") and name != "dispatch"
    }
    own_reduction = taken.get("reducer_override")

    def __init__(self: Any, file: Any, protocol: int) -> None:  # noqa: N807 - it becomes that method
        pickle._Pickler.__init__(self, file, protocol)  # noqa: SLF001 - no other name
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
        dump=pickle._Pickler.dump,  # noqa: SLF001 - no other name
    )
    return type("ByValue", (pickle._Pickler,), taken)  # noqa: SLF001 - no other name
