"""
What the launcher writes into the request's `into`, and when: this is the format.

    request   {"into": RAW, "variable": name or null, "root": the config's folder, "prepared": bool}, its path in CI_MLOPS_CAPTURE
    RAW/      of the process whose model ships; `raw.json` is renamed into place last: no file is an error
        raw.json, model.pkl, keys.npy, evaluated.npy, sample.pkl, y.npy, y.json,
        transformers.pkl, transformer_keys.npz, split.npz
    RAW/processes/<id>/   the same of each hooked python, and process.json {"chain": [ids, outermost first]}

raw.json
    state        captured | nothing | ambiguous | unsaved (it was found and can't be pickled: `errors` says why)
    why          of an ambiguous one: several | copies (one was copied and then fitted again) | unseen (it saves a model
                 whose fit was not seen) | wrapped (it saves an object that has a model, and a `predict` of its own) |
                 native (one of `native` may be what it makes); else ""
    native       trained without an estimator, in order, each place once: what (xgboost.train, lightgbm.train), where
    chosen       null, or one of `fitted` with `how`: variable | saved | only | reachable
    fitted       every predictor that the script itself fitted, one entry an object, in order:
        class, where (file:line, relative to the root), how ("" where not chosen), saved_to (or null)
        names        columns of X, of a frame; [name] of a Series; else null
        frame_names  columns of the frame that an array seems to come from: a guess, to be proven
        kind         frame | array | sparse | text (1-D of text) | other (no keys: a Pool of CatBoost's that
                     was read from a file, or whose rows were changed since)
        dtypes, categories   {column: str}, {column: [values]} of a frame; else null
        rows, columns        of all calls together where learning went on (partial_fit, warm_start)
        unseeded     classes in it that draw random numbers without a seed
        supervised   whether it was given labels
    transformers what was fitted outside of a predictor, in order: class, where, names, rows, columns, kind,
                 method (fit, fit_transform, fit_resample, ...), is_target
    splits       what ("train_test_split", "KFold", ...), where, rows, train, seeded, stratified, grouped
    evaluated    {"rows": in evaluated.npy, "sets": [{"what", "rows", "columns", "comparable"}]}; what: eval_set and
                 its kin | continued (from another model) | part (a fitted model inside) | other fit (of a copy of
                 which it is not known when it was made). comparable false: other columns than the model's X or no
                 keys, or a model that was loaded: these rows are not in evaluated.npy and can't be known. inner (only
                 where true): as a step of the pipeline sees its rows, which need not be how the model is given them
    seeded       whether numpy's global generator had a seed when the model was fitted
    search       class of the search of which the model is the best estimator, or null
    libraries    {name: version} of those that were imported
    errors       what went wrong in us, as text

model.pkl        cloudpickle, the repository's modules and `__main__` by value, without our hooks. Of a search of
                 scikit-learn it holds `best_estimator_`: the search itself holds times, and predicts the same.
keys.npy         uint64, one a row that the model was fitted on, in order; absent where they could not be made
evaluated.npy    uint64, rows that it may have seen besides; absent where there are none
sample.pkl       plain pickle {"X": up to 400 rows as fitted, "positions": places in keys.npy, "y": labels or None}
y.json, y.npy    canonical texts of the labels; for each row the place (int32) of its text: absent where y is not 1-D.
                 `1`, `1.0` and True are "1", other floats repr(), missing "", text is itself
transformers.pkl list in the order of `transformers` (cloudpickle); null for one that can't be pickled
transformer_keys.npz   "0", "1", ...: keys of what each was fitted on (absent where they could not be made)
lineage.pkl      plain pickle: `claims` on which rows of the file each call of the fit was given (numbering.py), those of what
                 it saw beside with their `y`, and with the request's `prepared` true the rows that the model was `asked`
                 about, as it saw them; `lost`: calls whose rows were not kept (over 500 MB)
split.npz        train, test: row numbers of the last split, at the time of the fit, whose train side has as many rows
                 as the model was fitted on; of a part that was parted again, in rows of the whole; `total`
"""

from __future__ import annotations

import contextlib
import json
import os
from typing import Any


class Folder:
    """Files by name, written whole or not at all."""

    def __init__(self, path: str) -> None:
        self.path = path
        os.makedirs(path, exist_ok=True)

    @contextlib.contextmanager
    def file(self, name: str) -> Any:
        temporary = os.path.join(self.path, "." + name)
        with open(temporary, "wb") as file:
            yield file
        os.replace(temporary, os.path.join(self.path, name))

    def write(self, name: str, content: bytes) -> None:
        with self.file(name) as file:
            file.write(content)

    def json(self, name: str, content: Any) -> None:
        # NaN among the categories of a frame is no JSON: as text it does no harm
        self.write(name, json.dumps(content, indent=1, sort_keys=True).encode())

    def array(self, name: str, content: Any) -> None:
        import numpy as np

        with self.file(name) as file:
            np.save(file, content, allow_pickle=False)

    def arrays(self, name: str, content: dict[str, Any]) -> None:
        import numpy as np

        with self.file(name) as file:
            np.savez(file, **content)
