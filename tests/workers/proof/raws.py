"""What the launcher leaves of a training, written by hand: the model that was fitted, and on which rows."""

import importlib.util
import json
import pickle
import warnings
from pathlib import Path

import numpy as np

WORKERS = Path(__file__).parents[3] / "ci_mlops" / "workers"


_SPEC = importlib.util.spec_from_file_location("_ci_mlops_match", WORKERS / "match.py")
_MATCH = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_MATCH)


def worker(name):
    """A worker's file, loaded as its siblings load it."""
    return _MATCH.sibling(name)


keys_of = worker("row_keys").keys_of


def kind_of(rows):
    if hasattr(rows, "tocsr"):
        return "sparse"
    if hasattr(rows, "columns"):
        return "frame"
    return "text" if getattr(rows, "ndim", 1) == 1 else "array"


def facts(fitted, rows, **given):
    frame = rows if hasattr(rows, "columns") else None
    kind = kind_of(rows)
    return {
        "class": f"{type(fitted).__module__}.{type(fitted).__qualname__}",
        "where": "train.py:9",
        "how": "only",
        "names": [str(name) for name in frame.columns] if frame is not None else None,
        "frame_names": None,
        "kind": kind,
        "dtypes": {str(n): str(d) for n, d in frame.dtypes.items()} if frame is not None else None,
        "categories": {
            str(n): list(frame[n].cat.categories) for n, d in frame.dtypes.items() if str(d) == "category"
        }
        if frame is not None
        else None,
        "rows": rows.shape[0] if hasattr(rows, "shape") else len(rows),
        "columns": 1 if kind == "text" else rows.shape[1],
        "unseeded": [],
        "saved_to": None,
        **given,
    }


def write_raw(raw, model, rows, *, transformers=(), labels=None, **told):
    """`transformers`: (fitted, the rows that it was fitted on), in their order; `labels`: 0 or 1 a row."""
    raw.mkdir(parents=True)
    chosen = facts(model, rows, **told.pop("chosen", {}))
    (raw / "model.pkl").write_bytes(pickle.dumps(model))
    np.save(raw / "keys.npy", keys_of(rows))
    places = np.unique(np.linspace(0, chosen["rows"] - 1, 400).astype(int))
    sample = rows.iloc[places] if hasattr(rows, "iloc") else rows[places]
    (raw / "sample.pkl").write_bytes(pickle.dumps({"X": sample, "positions": places, "y": None}))
    (raw / "transformers.pkl").write_bytes(pickle.dumps([fitted for fitted, _ in transformers]))
    np.savez(raw / "transformer_keys.npz", **{str(i): keys_of(x) for i, (_, x) in enumerate(transformers)})
    if labels is not None:
        np.save(raw / "y.npy", np.asarray(labels, dtype=np.int32))
        (raw / "y.json").write_text('["0", "1"]')
    noted = {
        "state": "captured",
        "chosen": chosen,
        "fitted": [chosen],
        "transformers": [
            {**facts(fitted, x, where="train.py:5"), "is_target": False} for fitted, x in transformers
        ],
        "splits": [],
        "evaluated": {},
        "seeded": False,
        "errors": [],
        **told,
    }
    (raw / "raw.json").write_text(json.dumps(noted))


def run_match(folder, **given):
    """(the answer, the model's folder) of match.py on `folder/raw` and `folder/train.csv`."""
    request = {
        "raw": str(folder / "raw"),
        "into": str(folder / "captured"),
        "answer": str(folder / "answer.json"),
        "train": [[str(folder / "train.csv"), ","]],
        "target": "y",
        "id": None,
        "group": None,
        "weight": None,
        "slices": [],
        "unproven": False,
        **given,
    }
    return answered(_MATCH.match, request), folder / "captured"


def answered(ask, request):
    refused = worker("refusal").Refused
    with warnings.catch_warnings():
        # what pandas says of a hypothesis that is tried is nobody's business
        warnings.simplefilter("ignore")
        try:
            return ask(request, refused)
        except refused as refusal:
            return refusal.answer


def run_score(folder, features, columns, model, **given):
    """(arrays, answer) of score.py."""
    request = {
        "model": str(model),
        "features": str(features),
        "delimiter": ",",
        "columns": columns,
        "id": None,
        **given,
    }
    said = answered(lambda asked, _: worker("captured").score(asked), request)
    return ({}, said) if isinstance(said, dict) else said
