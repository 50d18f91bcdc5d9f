"""Put a fit that succeeded where it belongs: predictors may be the model, transformers may be replayed."""

from __future__ import annotations

import sys
from typing import Any

from . import journal
from .fits import Fit
from .reach import vars_of

# object -> its latest fit; by identity, as a class of the team's may compare by value. An entry outlives its object:
# a callback for its end would also be called, and fail in print, when the interpreter is torn down
_latest: dict[int, Fit] = {}
_held: list[Fit] = []  # the last one, if any


def latest(model: Any) -> Fit | None:
    fit = _latest.get(id(model))
    return fit if fit is not None and fit.model is model else None


def keep(fit: Fit, model: Any) -> None:
    if is_predictor(fit, model):
        keep_predictor(fit, model)
        return
    fit.strong = model
    journal.transformers.append(fit)
    del journal.transformers[: -journal.KEPT]


def keep_predictor(fit: Fit, model: Any) -> None:
    from . import splits

    before = latest(model)
    if before is not None:
        fit.outgrown = before.outgrown or before.copied
    if before is not None and goes_on(fit.method, model):
        extend(before, fit)
        hold(before, model)
        return
    if before is not None:
        before.replaced = True
    fit.split = splits.of_rows(fit.facts["rows"])
    share_keys(fit)
    hold(fit, model)
    journal.fits.append(fit)
    if len(journal.fits) > journal.KEPT:
        # that it was fitted still counts, its values do not
        old = journal.fits[-journal.KEPT - 1]
        old.sample, old.labels = None, [None]


def share_keys(fit: Fit) -> None:
    """A script that fits a hundred models on the same rows holds their keys once."""
    numpy = sys.modules["numpy"]
    for other in reversed(journal.fits[-20:]):
        if len(other.keys) == 1 and numpy.array_equal(other.keys[0], fit.keys[0]):
            fit.keys = [other.keys[0]]
            return


def hold(fit: Fit, model: Any) -> None:
    """The last one and those that were saved are held; of the others a script that drops one has dropped it."""
    while _held:
        release(_held.pop())
    _held.append(fit)
    fit.strong = model
    _latest[id(model)] = fit


def release(fit: Fit) -> None:
    if not any(one.fit is fit for one in journal.saved):
        fit.strong = None


def is_predictor(fit: Fit, model: Any) -> bool:
    if not hasattr(model, "predict"):
        return False
    if any(cls.__name__ == "SelectorMixin" for cls in type(model).__mro__):
        return False
    # a clustering that also transforms makes features
    return fit.supervised or not hasattr(model, "transform")


def goes_on(method: str, model: Any) -> bool:
    """Whether a fit adds to what was learned; a pipeline's last step is fitted in its place, and no copy of it."""
    return method == "partial_fit" or any(
        bool(getattr(part, "warm_start", False)) for part in in_place(model)
    )


def was_fitted(model: Any) -> bool:
    return any(name.endswith("_") and name[0] != "_" for part in in_place(model) for name in vars_of(part))


def in_place(model: Any) -> Any:
    """The model, and the steps of a pipeline."""
    yield model
    steps = vars_of(model).get("steps")
    for step in steps if isinstance(steps, (list, tuple)) else ():
        if isinstance(step, tuple) and len(step) == 2:
            yield from in_place(step[1])


def extend(before: Fit, fit: Fit) -> None:
    """Learning went on: the rows of both count. The sample stays that of the first."""
    before.keys += fit.keys
    before.labels += fit.labels
    before.claims += fit.claims
    before.beside += fit.beside
    before.where, before.outgrown = fit.where, fit.outgrown


def freeze(model: Any) -> None:
    """What was saved is what ships: keep it as it was, where the same object is now fitted anew."""
    fit = latest(model)
    if fit is not None and fit.bytes is None and any(one.fit is fit for one in journal.saved):
        from . import pickling

        fit.bytes = journal.attempt("keeping a saved model", pickling.dumps, model)
