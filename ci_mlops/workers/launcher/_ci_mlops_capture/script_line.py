"""Which line of the script's own code called."""

from __future__ import annotations

import functools
import os
import sys
from typing import Any

from . import journal

_LIBRARY = os.path.dirname(os.__file__) + os.sep
_OUTSIDE = ("site-packages", "dist-packages")


@functools.lru_cache(maxsize=None)
def realpath(path: str) -> str:
    """As it was when it was first asked: a script that changes its working folder has not moved its files."""
    return os.path.realpath(path)


def where() -> tuple[str, Any]:
    """`file:line` of the script's own code that called, relative to the root; and that frame."""
    root = realpath(journal.request()["root"])
    frame: Any = sys._getframe(1)  # noqa: SLF001 - the only way to the callers
    first = None
    while frame is not None:
        name = frame.f_code.co_filename
        if not name.startswith(("<frozen", os.path.dirname(__file__))):
            if not name.startswith(_LIBRARY) and not any(part in name for part in _OUTSIDE):
                path = realpath(name)
                if path.startswith(root + os.sep) or name.startswith("<"):
                    return "{}:{}".format(relative(path, name, root), frame.f_lineno), frame
            first = first or frame
        frame = frame.f_back
    if first is None:
        return "", None
    return "{}:{}".format(os.path.basename(first.f_code.co_filename), first.f_lineno), first


def relative(path: str, name: str, root: str) -> str:
    return name if name.startswith("<") else os.path.relpath(path, root)
