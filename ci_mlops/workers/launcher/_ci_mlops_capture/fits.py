"""
Watch `fit` of every class of scikit-learn's interface: theirs, XGBoost's, LightGBM's, CatBoost's, the team's own.

Only a fit that the script itself calls is kept; those inside searches, pipelines and cross validation are not.
"""

from __future__ import annotations

import contextlib
import os
import sys
import weakref
from types import ModuleType
from typing import Any

from . import asked, facts, frames, journal, lineage, numbering, pools, randomness, script_line

FITS = ("fit", "partial_fit", "fit_transform", "fit_predict", "fit_resample")
CATBOOST = ("CatBoost", "CatBoostClassifier", "CatBoostRegressor", "CatBoostRanker")
CROSS_VALIDATION = (
    "cross_validate",
    "cross_val_score",
    "cross_val_predict",
    "learning_curve",
    "validation_curve",
    "permutation_test_score",
)
# what each library calls rows that it looks at while it fits
EVALUATED = ("eval_set", "X_val", "eval_X")
CONTINUED = ("xgb_model", "init_model")


class Fit:
    """One call: on which values, and of what."""

    def __init__(
        self, model: Any, method: str, x: Any, y: Any, options: dict[str, Any], more: Any = ()
    ) -> None:
        self.ref = weakref.ref(model)
        self.strong: Any = None
        self.method = method
        self.class_name = "{}.{}".format(type(model).__module__, type(model).__qualname__)
        self.where, self.frame_name = "", ""
        self.supervised = y is not None
        self.seeded = journal.seeded
        self.facts = facts.facts_of(x)
        self.keys: list[Any] = [
            journal.attempt("the keys of " + self.class_name, facts.keys_of, x)
            if self.facts["kind"] != "other"
            else None
        ]
        self.places = facts.places_of_sample(self.facts["rows"])
        self.sample = journal.attempt("a sample", facts.rows_at, x, self.places)
        self.labels: list[Any] = [journal.attempt("the labels", facts.labels_of, y)]
        self.one_column = None
        if method != "partial_fit" and self.facts["columns"] == 1 and y is None:
            self.one_column = journal.attempt("a column", facts.labels_of, x)
        # of rows that were looked at beside these: what they were for, their columns, keys
        self.beside = list(evaluated([*options.items(), *(("argument", one) for one in more)], x))
        self.claims = [journal.attempt("the numbers of the rows", numbering.Claim, x, y)]
        self.unseeded: list[str] = []
        self.split: Any = None
        self.bytes: bytes | None = None  # pickled when it was saved and then fitted anew
        self.replaced = False  # the same object was fitted again
        self.copied = False  # there are copies of it, in memory or in a file
        self.outgrown = False  # it was copied, and then fitted again: which of both is meant is not known

    @property
    def model(self) -> Any:
        return self.strong if self.strong is not None else self.ref()

    def all_keys(self) -> Any:
        import numpy as np

        if any(keys is None for keys in self.keys):
            return None
        return np.concatenate(self.keys) if len(self.keys) > 1 else self.keys[0]

    def all_labels(self) -> Any:
        import numpy as np

        if any(labels is None for labels in self.labels):
            return None
        return np.concatenate(self.labels) if len(self.labels) > 1 else self.labels[0]

    def rows(self) -> int:
        return sum(0 if keys is None else len(keys) for keys in self.keys) or int(self.facts["rows"])


def evaluated(options: list[tuple[str, Any]], x: Any) -> Any:
    wide = facts.columns_of(x)
    for name, given in options:
        if given is None or name in ("X", "y", "Y"):
            continue
        named = name.split("__")[-1].startswith(EVALUATED)
        sets = given if isinstance(given, list) else [given]
        for one in sets:
            values, labels = one if isinstance(one, tuple) and len(one) == 2 else pools.opened(one)
            # a class of the team's may call them as it likes: a table as wide as X holds rows
            if values is not x and (named or getattr(values, "shape", ())[1:] == (wide,)):
                keys = journal.attempt("the keys of " + name, facts.keys_of, values)
                told = {"what": name.split("__")[-1], "columns": facts.columns_of(values), "keys": keys}
                # of a step of a pipeline: as that step sees its rows, and not as the model is given them
                told["inner"] = "__" in name
                yield {**told, **claimed(values, labels)}


def claimed(values: Any, y: Any) -> dict[str, Any]:
    claim = journal.attempt("the numbers of the rows", numbering.Claim, values, y)
    labels = journal.attempt("the labels", facts.labels_of, y)
    return {"claims": None if claim is None else [claim.told()], "y": labels}


class Watch:
    """`with watch((original, arguments, options)):` around each call. In a pool's worker it is nothing."""

    def __call__(self, call: Any) -> Any:
        return contextlib.nullcontext() if journal.elsewhere() else Watched(call)

    def __reduce__(self) -> Any:
        # a class of `__main__` takes this along to a pool's workers, where none of our files can be imported
        return getattr, (contextlib, "nullcontext")


class Watched:
    def __init__(self, call: Any) -> None:
        self.call = call
        self.fit: Any = None

    def __enter__(self) -> Any:
        if journal.depth.enter():
            self.fit = journal.attempt("watching a fit", begun, *self.call)
            return self.returned
        return None

    def returned(self, result: Any) -> None:
        _, given, options = self.call
        x = given[1] if len(given) > 1 else options.get("X", options.get("raw_documents"))
        journal.attempt("the rows of what was made", numbering.made_of, result, x)

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        journal.depth.leave()
        if kind is None and self.fit is not None:
            journal.attempt("keeping a fit", ended, self.fit)


class Nested(Watch):
    """Cross validation fits copies: none of them is the model."""

    def __call__(self, call: Any) -> Any:
        return contextlib.nullcontext() if journal.elsewhere() else Inside()


class Inside:
    def __enter__(self) -> None:
        journal.depth.enter()

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        journal.depth.leave()


def begun(original: Any, given: tuple[Any, ...], options: dict[str, Any]) -> Fit | None:
    from . import keeping

    model, rest = given[0], list(given[1:])
    x = rest.pop(0) if rest else options.get("X")
    y = rest.pop(0) if rest else options.get("y", options.get("Y"))
    if x is None:
        return None
    x, y = pools.opened(x, y)
    journal.script = journal.script or os.path.abspath(
        getattr(sys.modules["__main__"], "__file__", None) or ""
    )
    keeping.freeze(model)
    fit = Fit(model, original.__name__, x, y, options, rest)
    fit.where, frame = script_line.where()
    fit.frame_name = frame.f_code.co_name if frame is not None else ""
    fit.facts["frame_names"] = lineage.names_of(x, fit.facts["columns"])
    fit.beside += journal.attempt("what it goes on from", continued, fit, model, options) or []
    return fit


def continued(fit: Fit, model: Any, options: dict[str, Any]) -> list[dict[str, Any]]:
    """What was learned before this call, and from which rows: of a model that was loaded nobody knows them."""
    from . import keeping, reach

    found = []
    given = [options[name] for name in CONTINUED if options.get(name) is not None]
    if given:
        found += [learned("continued", one) for one in journal.fits]
    loaded = [one for one in given if reach.fit_of(one) is None and not was_saved(one)]
    first = keeping.latest(model) is None
    if loaded or (first and keeping.was_fitted(model) and keeping.goes_on(fit.method, model)):
        found.append(UNKNOWN)
    for part in reach.kept_parts(model):
        known = reach.fit_of(part)
        if known is not None:
            found.append(learned("part", known))
        elif first and keeping.was_fitted(part):
            found.append({**UNKNOWN, "what": "part"})
    return found


UNKNOWN = {"what": "continued", "columns": 0, "keys": None, "claims": None, "y": None}


def learned(what: str, fit: Fit) -> dict[str, Any]:
    return {
        "what": what,
        "columns": fit.facts["columns"],
        "keys": fit.all_keys(),
        "claims": numbering.claims_of(fit),
        "y": fit.all_labels(),
    }


def was_saved(given: Any) -> bool:
    """Whether it is the file that this script wrote."""
    from . import saves

    if not isinstance(given, (str, os.PathLike)):
        return False
    place = saves.place_of(None, (given,), {})
    return any(one.place == place for one in journal.saved)


def ended(fit: Fit) -> None:
    from . import keeping

    model = fit.ref()
    if model is not None:
        fit.unseeded = [] if fit.seeded else randomness.unseeded(model, fit.rows())
        keeping.keep(fit, model)


watch = Watch()
_hooked: Any = weakref.WeakSet()
nested = Nested()


def patch_sklearn_base(module: ModuleType) -> None:
    base: Any = vars(module)["BaseEstimator"]
    own = vars(base).get("__init_subclass__")

    def __init_subclass__(cls: Any, **kwargs: Any) -> None:  # noqa: N807 - it becomes that method
        if own is not None:
            own.__get__(None, cls)(**kwargs)
        else:
            # scikit-learn before 1.3 has none; those of its mixins come by the order of the bases
            super(base, cls).__init_subclass__(**kwargs)
        hook(cls)

    base.__init_subclass__ = classmethod(frames.hidden(__init_subclass__))
    for cls in known(base):
        hook(cls)


def known(base: Any) -> Any:
    for cls in base.__subclasses__():
        yield cls
        yield from known(cls)


def hook(cls: Any) -> None:
    from . import saves

    for part in cls.__mro__[:-1]:
        if part in _hooked:
            continue
        try:
            for name in FITS:
                frames.replace(part, name, watch)
            for name in asked.ASKS:
                frames.replace(part, name, asked.ask)
            for name in asked.MAKES:
                frames.replace(part, name, asked.make)
            frames.replace(part, "save_model", saves.of_self)
            _hooked.add(part)
        except Exception as error:  # noqa: BLE001 - nothing of ours may reach the script
            journal.note("hooking a class", error)


def patch_catboost_core(module: ModuleType) -> None:
    from . import saves

    pools.patch(module)
    for name in CATBOOST:
        cls = vars(module).get(name)
        if cls is not None:
            for method in FITS:
                frames.replace(cls, method, watch)
            for method in asked.ASKS:
                frames.replace(cls, method, asked.ask)
            frames.replace(cls, "save_model", saves.of_self)


def patch_sklearn_model_selection__validation(module: ModuleType) -> None:
    for name in CROSS_VALIDATION:
        frames.replace(module, name, nested)
