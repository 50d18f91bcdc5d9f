"""
Calls that pass through us, and what a reader sees of them: nothing.

A frame of ours between the script and the library would show in tracebacks, and would be blamed for warnings that
name their caller. `warnings` skips the frames of the import system, which it knows by the name of their file: so
ours bear such a name, and the printing of tracebacks leaves out what bears it.
"""

from __future__ import annotations

import functools
from types import FunctionType, ModuleType
from typing import Any

HIDDEN = "<frozen importlib._bootstrap, the capture of ci-mlops>"


def hidden(function: Any) -> Any:
    function.__code__ = function.__code__.replace(co_filename=HIDDEN)
    return function


def is_ours(function: Any) -> bool:
    return isinstance(function, FunctionType) and function.__code__.co_filename == HIDDEN


def passing(original: Any, watch: Any) -> Any:
    """
    `original`, called inside `watch(call)`.

    No global name is used in it: a class of `__main__` is sent to a pool's workers by value, with this function.
    """

    @functools.wraps(original)
    def call(*args: Any, **kwargs: Any) -> Any:
        with watch((original, args, kwargs)) as told:
            result = original(*args, **kwargs)
            # in a pool's worker nullcontext stands here, and hands back what it was given
            if callable(told):
                told(result)
            return result

    return hidden(call)


def replace(owner: Any, name: str, watch: Any) -> None:
    """Only plain functions (of a module also builtin ones): what else has the name has a will of its own."""
    original: Any = vars(owner).get(name)
    if type(original).__name__ in ("_AvailableIfDescriptor", "_IffHasAttrDescriptor"):
        if isinstance(original.fn, FunctionType) and not is_ours(original.fn):
            original.fn = passing(original.fn, watch)
        return
    plain = isinstance(original, FunctionType) or (isinstance(owner, ModuleType) and callable(original))
    if plain and not is_ours(original):
        setattr(owner, name, passing(original, watch))


def without_ours(error: Any, trace: Any) -> Any:
    """The traceback, and those of the errors that led to it, without our frames."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        one.__traceback__ = stripped(one.__traceback__)
        waiting += [one.__cause__, one.__context__, *getattr(one, "exceptions", ())]
    return stripped(trace)


def stripped(trace: Any) -> Any:
    while trace is not None and of_ours(trace):
        trace = trace.tb_next
    kept = trace
    while kept is not None:
        following = kept.tb_next
        while following is not None and of_ours(following):
            following = following.tb_next
        if following is not kept.tb_next:
            kept.tb_next = following
        kept = following
    return trace


def of_ours(trace: Any) -> bool:
    return bool(trace.tb_frame.f_code.co_filename == HIDDEN)


def patch_traceback(module: ModuleType) -> None:
    """`traceback.print_exc()` and `logging.exception()` go through these."""
    for name in ("walk_tb", "_walk_tb_with_full_positions"):
        walk = getattr(module, name, None)
        if walk is not None and not is_ours(walk):
            setattr(module, name, walking(walk))
    walk = getattr(module, "walk_stack", None)
    if walk is not None and not is_ours(walk):
        module.walk_stack = walking_up(walk)  # type: ignore[attr-defined]  # the module is traceback


def walking(walk: Any) -> Any:
    @functools.wraps(walk)
    def call(trace: Any) -> Any:
        return walk(stripped(trace))

    return hidden(call)


def walking_up(walk: Any) -> Any:
    @functools.wraps(walk)
    def call(frame: Any) -> Any:
        for item in walk(frame):
            if item[0].f_code.co_filename != HIDDEN:
                yield item

    return hidden(call)
