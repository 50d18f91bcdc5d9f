"""
Keep the rows that a model is asked about, as it saw them, where the config wants what the script prepared.

Copies, as scripts change their frames; the same rows once; up to a bound, which is told.
"""

from __future__ import annotations

import contextlib
import pickle
import sys
import weakref
from typing import Any

from . import journal, numbering, pools

ASKS = ("predict", "predict_proba", "decision_function", "score")
MAKES = ("transform",)
MOST_BYTES = 500_000_000
MOST_CALLS = 5_000


class Asked:
    def __init__(self, fit: Any, x: Any, copy: Any, numbers: Any) -> None:
        self.fit, self.copy, self.numbers = fit, copy, numbers
        self.ref = weakref.ref(x)


class Kept:
    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.bytes = 0
        self.lost = 0  # calls whose rows were not kept

    def note(self, model: Any, x: Any) -> None:
        from . import keeping, reach

        fit = keeping.latest(model) or reach.fit_of(model)
        if fit is None or not hasattr(x, "shape"):
            return
        numbers = numbering.of(x)
        if not journal.request().get("prepared"):
            # which rows there are at all is told by these as well
            if len(self.asked) < MOST_CALLS:
                self.asked.append(Asked(fit, x, None, numbers))
            return
        for one in reversed(self.asked[-8:]):
            if one.ref() is x and same(one.copy, x):
                if one.fit is not fit:
                    self.asked.append(Asked(fit, x, one.copy, numbers))
                return
        size = bytes_of(x)
        if self.bytes + size > MOST_BYTES or len(self.asked) >= MOST_CALLS:
            self.lost += 1
            return
        self.bytes += size
        self.asked.append(Asked(fit, x, x.copy(), numbers))


kept = Kept()


def bytes_of(x: Any) -> int:
    if hasattr(x, "iloc"):
        # pandas takes longer to tell than to copy
        return 8 * int(x.size)
    return int(getattr(getattr(x, "data", x), "nbytes", 0))


def same(copy: Any, x: Any) -> bool:
    """Whether it is still as it was when it was copied."""
    if hasattr(x, "equals"):
        return bool(copy.equals(x))
    if hasattr(x, "tobytes") and x.dtype.kind != "O":
        return bool(copy.tobytes() == x.tobytes())
    return False


class Watch:
    """Around `predict` and its kin; in a pool's worker it is nothing."""

    def __call__(self, call: Any) -> Any:
        return contextlib.nullcontext() if journal.elsewhere() else Asking(call)

    def __reduce__(self) -> Any:
        return getattr, (contextlib, "nullcontext")


class Asking:
    def __init__(self, call: Any) -> None:
        self.call = call

    def __enter__(self) -> None:
        if journal.depth.enter():
            journal.attempt("the rows that a model was asked about", noted, *self.call)

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        journal.depth.leave()


def noted(_: Any, given: tuple[Any, ...], options: dict[str, Any]) -> None:
    x = given[1] if len(given) > 1 else options.get("X", options.get("data"))
    if x is not None:
        kept.note(given[0], pools.opened(x)[0])


class Make(Watch):
    """Around `transform`: what it makes has the rows that it was given."""

    def __call__(self, call: Any) -> Any:
        return contextlib.nullcontext() if journal.elsewhere() else Making(call)


class Making:
    def __init__(self, call: Any) -> None:
        self.call, self.own = call, False

    def __enter__(self) -> Any:
        self.own = journal.depth.enter()
        return self.made

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        journal.depth.leave()

    def made(self, result: Any) -> None:
        if self.own:
            _, given, options = self.call
            x = given[1] if len(given) > 1 else options.get("X", options.get("raw_documents"))
            journal.attempt("the rows of what was made", numbering.made_of, result, x)


ask, make = Watch(), Make()


def write(folder: Any, chosen: Any) -> None:
    """`lineage.pkl`: what is claimed of the rows of the chosen fit, and the rows that its model was asked about."""
    from . import choice, pickling

    fit = chosen.fit
    fits = [fit, *(other for other in chosen.also if other is not fit)]
    others = [*choice.parts_of(fit), *choice.steps_of(fit), *fits[1:]]
    beside = [
        *fit.beside,
        *({"claims": numbering.claims_of(part), "y": part.all_labels()} for part in others),
    ]
    content = {
        "claims": numbering.claims_of(fit),
        "beside": [
            {"claims": one.get("claims"), "y": one.get("y"), "rows": rows_beside(one)} for one in beside
        ],
        "asked": [
            {"X": one.copy, "numbers": None if one.numbers is None else one.numbers.told()}
            for one in kept.asked
            if one.fit in fits
        ],
        "lost": kept.lost,
    }
    if "pandas" in sys.modules or content["claims"]:
        folder.write("lineage.pkl", pickle.dumps(content, pickling.PROTOCOL))


def rows_beside(one: dict[str, Any]) -> int:
    """-1: some."""
    keys = one.get("keys")
    return -1 if keys is None else len(keys)
