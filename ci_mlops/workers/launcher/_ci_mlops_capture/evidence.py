"""The chosen model and what it was fitted on, as files."""

from __future__ import annotations

import pickle
from typing import Any

from . import asked, choice, ending, facts, journal, pickling
from .choice import Choice
from .raw import Folder


def write_model(folder: Folder, chosen: Choice) -> dict[str, Any]:
    fit = chosen.fit
    model, search = without_search(chosen.model)
    if fit.bytes is not None and chosen.how == "saved" and not chosen.also:
        kept, search = without_search(pickle.loads(fit.bytes))
        model = kept
    with folder.file("model.pkl") as file:
        pickling.dump(model, file)
    keys = fit.all_keys()
    if keys is not None:
        folder.array("keys.npy", keys)
    write_sample(folder, fit)
    write_labels(folder, fit)
    journal.attempt("the numbers of the rows", asked.write, folder, chosen)
    if fit.split is not None:
        folder.arrays(
            "split.npz", {"train": fit.split.train, "test": fit.split.test, "total": fit.split.total}
        )
    entry = ending.described(fit)
    entry["how"] = chosen.how
    entry["class"] = "{}.{}".format(type(model).__module__, type(model).__qualname__)
    entry["saved_to"] = chosen.saved_to or entry["saved_to"]
    return {"chosen": entry, "search": search, "evaluated": write_beside(folder, chosen)}


def without_search(model: Any) -> tuple[Any, str | None]:
    if type(model).__module__.startswith("sklearn.model_selection._search") and hasattr(
        model, "best_estimator_"
    ):
        return model.best_estimator_, "{}.{}".format(type(model).__module__, type(model).__qualname__)
    return model, None


def write_sample(folder: Folder, fit: Any) -> None:
    labels = fit.labels[0]
    content = {"X": fit.sample, "positions": fit.places, "y": None if labels is None else labels[fit.places]}
    folder.write("sample.pkl", pickle.dumps(content, pickling.PROTOCOL))


def write_labels(folder: Folder, fit: Any) -> None:
    labels = fit.all_labels()
    if labels is not None:
        texts, codes = facts.coded(labels)
        folder.json("y.json", texts)
        folder.array("y.npy", codes)


def write_beside(folder: Folder, chosen: Choice) -> dict[str, Any]:
    import numpy as np

    fit = chosen.fit
    sets = list(fit.beside)
    sets += [of_fit("part", part) for part in choice.parts_of(fit)]
    sets += [{**of_fit("part", step), "inner": True} for step in choice.steps_of(fit)]
    sets += [of_fit("other fit", other) for other in chosen.also if other is not fit]
    keys, told = [], []
    for one in sets:
        comparable = one["keys"] is not None and one["columns"] == fit.facts["columns"]
        rows = 0 if one["keys"] is None else len(one["keys"])
        told.append({"what": one["what"], "rows": rows, "columns": one["columns"], "comparable": comparable})
        if comparable and one.get("inner"):
            told[-1]["inner"] = True
        if comparable:
            keys.append(one["keys"])
    different = np.unique(np.concatenate(keys)) if keys else ()
    if keys:
        folder.array("evaluated.npy", different)
    return {"rows": len(different), "sets": told}


def of_fit(what: str, fit: Any) -> dict[str, Any]:
    return {"what": what, "columns": fit.facts["columns"], "keys": fit.all_keys()}


def is_target(transformer: Any, fit: Any) -> bool:
    """Whether it was fitted on the labels: their names, or what became of them at the same rows."""
    import numpy as np

    given = transformer.one_column
    if given is None or fit is None or fit.all_labels() is None:
        return False
    names = transformer.facts["names"]
    if names is not None and names[0] in (fit.facts["names"] or ()):
        return False
    labels = fit.all_labels()
    forms = [given]
    if hasattr(transformer.model, "classes_") and hasattr(transformer.model, "transform"):
        forms.append(np.asarray(transformer.model.transform(given)))
    return any(agrees(form, labels, fit) for form in forms if form.ndim == 1)


def agrees(form: Any, labels: Any, fit: Any) -> bool:
    if len(form) == len(labels):
        return same(form, labels)
    if fit.split is not None and len(form) == fit.split.total:
        return same(form[fit.split.train], labels)
    return set(facts.coded(form)[0]) == set(facts.coded(labels)[0])


def same(one: Any, other: Any) -> bool:
    texts, codes = facts.coded(one)
    others, other_codes = facts.coded(other)
    return [texts[code] for code in codes.tolist()] == [others[code] for code in other_codes.tolist()]
