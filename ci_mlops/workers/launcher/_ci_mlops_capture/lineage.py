"""Which frame an array came from: a guess at the names of its columns, for others to prove."""

from __future__ import annotations

import collections
import functools
import sys
import weakref
from types import ModuleType
from typing import Any

from . import frames, journal, numbering

# (the array, the columns of its frame), the last ones
_known: Any = collections.deque(maxlen=64)


def names_of(x: Any, columns: int) -> list[str] | None:
    """Of the array itself or one that shares its memory; else of the last one as wide."""
    if not hasattr(x, "ctypes"):
        return None
    wide = [(ref(), names) for ref, names in reversed(_known) if len(names) == columns]
    for array, names in wide:
        if array is not None and (array is x or sys.modules["numpy"].shares_memory(array, x, max_work=1)):
            return [str(name) for name in names]
    return [str(name) for name in wide[0][1]] if wide else None


def remember(frame: Any, result: Any) -> None:
    caller = sys._getframe(2).f_globals.get("__name__", "")  # noqa: SLF001 - the only way to the callers
    asked = not journal.depth.inside() and caller.split(".")[0] not in ("pandas", "sklearn")
    if asked and getattr(result, "ndim", 0) == 2:
        _known.append((weakref.ref(result), frame.columns))
        numbering.know(result, numbering.of(frame))


def patch_pandas_core_frame(module: ModuleType) -> None:
    frame: Any = vars(module)["DataFrame"]
    values = vars(frame).get("values")
    if isinstance(values, property) and values.fget is not None:
        frame.values = property(noted(values.fget), values.fset, values.fdel, values.__doc__)
    # `np.asarray(frame)` calls the last one, which all of pandas' objects share
    for name in ("to_numpy", "__array__"):
        original = getattr(frame, name, None)
        if original is not None and not frames.is_ours(original):
            setattr(frame, name, noted(original))


def noted(original: Any) -> Any:
    @functools.wraps(original)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(self, *args, **kwargs)
        try:
            remember(self, result)
        except Exception as error:  # noqa: BLE001 - nothing of ours may reach the script
            journal.note("the columns of an array", error)
        return result

    return frames.hidden(call)
