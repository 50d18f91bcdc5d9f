"""At the end of the script: choose the model, write down what was seen. raw.py says in which form."""

from __future__ import annotations

import contextlib
import os
import pickle
import sys
import warnings
from typing import Any

from . import choice, journal, native, processes
from .choice import Choice
from .raw import Folder


def end(chain: list[str]) -> None:
    """Nothing that happens here may be seen by the reader of the script's output."""
    limit = sys.getrecursionlimit()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # the pickler that is written in Python needs several frames a level; far more would overrun the stack
            sys.setrecursionlimit(max(limit, 4_000))
            # what our own saving does is not the script's
            journal.depth.enter()
            into = journal.request()["into"]
            folder = Folder(os.path.join(into, "processes", chain[-1]))
            folder.json("process.json", {"chain": chain})
            write(folder)
            processes.settle(into)
    except Exception as error:  # noqa: BLE001 - an error at exit would change what the script prints
        last_words(error)
    finally:
        sys.setrecursionlimit(limit)


def last_words(error: Exception) -> None:
    """No raw.json is an error to its reader; this file is its reason, where it can be written."""
    with contextlib.suppress(Exception):
        Folder(journal.request()["into"]).write(
            "error.txt", "{}: {}".format(type(error).__name__, error).encode()
        )


def write(folder: Folder) -> None:
    chosen = journal.attempt("choosing the model", choice.choose) or Choice("unsaved")
    told: dict[str, Any] = {"chosen": None, "search": None, "evaluated": {"rows": 0, "sets": []}}
    if chosen.state == "captured":
        from . import evidence

        try:
            told.update(evidence.write_model(folder, chosen))
        except Exception as error:  # noqa: BLE001 - whatever the team's classes raise when they are pickled
            journal.note("saving the model", error)
            chosen = Choice("unsaved")
    told["transformers"] = journal.attempt("the transformers", transformers, folder, chosen) or []
    told.update(
        state=chosen.state,
        why=chosen.why if chosen.state == "ambiguous" else "",
        native=native.trained,
        fitted=[described(fit) for fit in journal.fits if not fit.replaced],
        splits=[split.told() for split in journal.splits],
        seeded=journal.seeded if chosen.fit is None else chosen.fit.seeded,
        libraries=libraries(),
        errors=journal.errors,
    )
    folder.json("raw.json", told)


def described(fit: Any) -> dict[str, Any]:
    saved = [one.place for one in journal.saved if one.fit is fit and one.place]
    return {
        **fit.facts,
        "class": fit.class_name,
        "where": fit.where,
        "how": "",
        "rows": fit.rows(),
        "unseeded": fit.unseeded,
        "supervised": fit.supervised,
        "saved_to": saved[-1] if saved else None,
    }


def transformers(folder: Folder, chosen: Choice) -> list[dict[str, Any]]:
    if not journal.transformers:
        return []
    from . import evidence, pickling

    keys, kept, told = {}, [], []
    for place, fit in enumerate(journal.transformers):
        content = journal.attempt("saving " + fit.class_name, pickling.dumps, fit.model)
        kept.append(None if content is None else fit.model)
        if fit.keys[0] is not None:
            keys[str(place)] = fit.keys[0]
        told.append(
            {
                "class": fit.class_name,
                "where": fit.where,
                "method": fit.method,
                **{name: fit.facts[name] for name in ("names", "rows", "columns", "kind")},
                "is_target": bool(journal.attempt("the target", evidence.is_target, fit, chosen.fit)),
            }
        )
    content = journal.attempt("saving the transformers", pickling.dumps, kept)
    folder.write("transformers.pkl", content if content is not None else pickle.dumps([None] * len(kept)))
    folder.arrays("transformer_keys.npz", keys)
    return told


def libraries() -> dict[str, str]:
    names = ("sklearn", "numpy", "scipy", "pandas", "xgboost", "lightgbm", "catboost", "joblib")
    return {
        name: str(sys.modules[name].__version__)
        for name in names
        if hasattr(sys.modules.get(name), "__version__")
    }
