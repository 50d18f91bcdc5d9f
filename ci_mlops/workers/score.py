"""
Load a fitted model and score every row of a feature file: `python score.py REQUEST.json`.

Runs in the team's environment, with the folder of the model's own code as working folder. Python 3.8 and newer,
numpy, and what the model needs; pandas or pyarrow where installed. One file on purpose: no module of ours may
take a name that the team's code imports. Request: {model, features, delimiter, id, columns, output, answer}; the
answer: what was scored, or {kind, what, mend} for a refusal.
"""

from __future__ import annotations

import csv
import difflib
import json
import pickle
import sys
import traceback
import warnings
from pathlib import Path
from typing import Any

SUFFIXES = {".joblib": "joblib", ".pkl": "pickle", ".pickle": "pickle", ".skops": "skops"}
# a skops file says which types it wants; these come with what the team has installed, and only compute
# (the registry's model_loader.py trusts the same: what was judged is what can be served)
TRUSTED = ("sklearn.", "numpy.", "scipy.", "lightgbm.", "xgboost.")
# rooms in these packages that run what they are given
UNTRUSTED = ("numpy.testing", "numpy.f2py", "numpy.distutils", "numpy.ctypeslib", "scipy._lib._ccallback")


class Refused(Exception):
    """`kind`: model (can't be loaded or used) or data (it does not fit the rows)."""

    def __init__(self, kind: str, what: str, mend: str) -> None:
        super().__init__(what)
        self.answer = {"kind": kind, "what": what, "mend": mend}


def main() -> None:
    # the team's folder takes the place of ours: `import features` is to find theirs
    sys.path[0] = str(Path.cwd())
    request = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    try:
        answer = score(request)
    except Refused as refusal:
        traceback.print_exc()
        answer = refusal.answer
    Path(request["answer"]).write_text(json.dumps(answer), encoding="utf-8")
    sys.exit(1 if "what" in answer else 0)


def score(request: dict[str, Any]) -> dict[str, Any]:
    import numpy as np

    model = load_model(Path(request["model"]))
    columns, named = wanted_columns(model, request["columns"], request["id"])
    rows = read_rows(request["features"], request["delimiter"], columns, named)
    if reads_text(model):
        rows = rows[:, 0]
    predictions = plain(called(model, "predict", rows))
    kind, scores = scored(model, rows)
    classes = getattr(model, "classes_", None)
    arrays = {"predictions": predictions}
    if scores is not None:
        arrays["scores"] = scores
    with Path(request["output"]).open("wb") as file:
        np.savez(file, **arrays)
    return {
        "columns": columns,
        "score_kind": kind,
        "classes": None if classes is None else [str(name) for name in plain(classes).tolist()],
        "libraries": libraries(),
    }


# the model


def load_model(path: Path) -> Any:
    file = model_file(path)
    try:
        return load_skops(file) if SUFFIXES[file.suffix] == "skops" else load_pickle(file)
    except Refused:
        raise
    except ModuleNotFoundError as error:
        raise Refused(
            "model",
            "{} needs the module `{}` to load, and it is not there".format(file.name, error.name),
            "Install it in the team's environment, or keep the module in the config's folder.",
        ) from error
    except Exception as error:
        raise Refused(
            "model",
            "{} can't be loaded: {}: {}".format(file.name, type(error).__name__, error),
            "Is it complete, and saved by the versions that are installed now?",
        ) from error


def model_file(path: Path) -> Path:
    if path.is_dir():
        found = sorted(file for file in path.rglob("*") if file.suffix in SUFFIXES and file.is_file())
    else:
        found = [path] if path.suffix in SUFFIXES else []
    if len(found) == 1:
        return found[0]
    known = ", ".join("*" + suffix for suffix in SUFFIXES)
    if not found:
        raise Refused(
            "model",
            "{} holds no model that is known here ({})".format(path.name, known),
            "Save it as one of these, or give a `predict:` command of your own.",
        )
    raise Refused(
        "model",
        "{} holds {} models: {}".format(path.name, len(found), ", ".join(file.name for file in found[:5])),
        "Name one file in `train.model.path`, or give a `predict:` command of your own.",
    )


def load_pickle(file: Path) -> Any:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            import joblib
        except ImportError:
            with file.open("rb") as opened:
                model = pickle.load(opened)
        else:
            model = joblib.load(file)  # reads plain pickles too
    for text in sorted({str(warning.message).splitlines()[0] for warning in caught}):
        print("warning: {}".format(text), file=sys.stderr)
    return model


def load_skops(file: Path) -> Any:
    from skops.io import get_untrusted_types, load

    asked = get_untrusted_types(file=file)
    refused = [name for name in asked if not trusts(name)]
    if refused:
        raise Refused(
            "model",
            "{} wants types that are not trusted: {}".format(file.name, ", ".join(sorted(refused)[:5])),
            "Only types of scikit-learn, numpy, scipy, LightGBM and XGBoost load from skops; "
            "else give a `predict:` command of your own.",
        )
    return load(file, trusted=asked)


def trusts(name: str) -> bool:
    return name.startswith(TRUSTED) and not name.startswith(UNTRUSTED)


# the rows


def wanted_columns(model: Any, present: list[str], id_column: str | None) -> tuple[list[str], bool]:
    """Which columns the model was fitted on, and whether it knows them by name."""
    names = attribute(model, "feature_names_in_")
    if names is None:
        names = attribute(model, "feature_names_")  # CatBoost's word, "0", "1"... where it was given an array
        names = names if names is not None and set(names) & set(present) else None
    if names is not None:
        names = [str(name) for name in names]
        missing = [name for name in names if name not in present]
        if missing:
            raise Refused("data", *told_missing(missing, present))
        return names, True
    # pandas writes a nameless index as a column
    features = [name for name in present if name != id_column and not name.startswith("__index_level_")]
    count = 1 if reads_text(model) else attribute(model, "n_features_in_")
    if count is None or count == len(features):
        return features, False
    if count == len(present):
        return present, False
    raise Refused(
        "data",
        "The model was fitted on {} columns without names, and the rows have {} without target and id".format(
            count, len(features)
        ),
        "Fit on a data frame (then names decide), or give a `predict:` command of your own.",
    )


def reads_text(model: Any) -> bool:
    """Its first step is a text vectorizer: it wants one column, as a list of texts and not as a table."""
    steps = attribute(model, "steps")
    return callable(attribute(steps[0][1] if steps else model, "build_analyzer"))


def attribute(model: Any, name: str) -> Any:
    """A pipeline passes the question on to its steps, and may answer with an error."""
    try:
        return getattr(model, name, None)
    except Exception:  # noqa: BLE001 - the team's property may raise anything
        return None


def told_missing(missing: list[str], present: list[str]) -> tuple[str, str]:
    close = difflib.get_close_matches(missing[0], present, n=1)
    hint = "The rows have `{}`: was it renamed? ".format(close[0]) if close else ""
    what = "The model was fitted on columns that the test rows lack: {}".format(", ".join(missing[:8]))
    return what, hint + "Prepare columns inside a Pipeline, or give a `predict:` command of your own."


def read_rows(path: str, delimiter: str | None, columns: list[str], named: bool) -> Any:
    """`delimiter` None: a Parquet file."""
    try:
        frame = read_frame(path, delimiter, columns)
    except ImportError:
        if named:
            raise Refused(
                "model",
                "The model knows its columns by name, and pandas is not installed in the team's environment",
                "Install pandas there, as where the model was fitted.",
            ) from None
        return read_array(path, delimiter, columns)
    return frame if named else frame.to_numpy()


def read_frame(path: str, delimiter: str | None, columns: list[str]) -> Any:
    import pandas as pd

    if delimiter is not None:
        return pd.read_csv(path, sep=delimiter)[columns]
    frame = pd.read_parquet(path)
    # pandas takes some columns of its own files as the index
    return (frame if set(columns) <= set(frame.columns) else frame.reset_index())[columns]


def read_array(path: str, delimiter: str | None, columns: list[str]) -> Any:
    import numpy as np

    if delimiter is None:
        import pyarrow.parquet as pq

        table = pq.read_table(path, columns=columns)
        return np.column_stack([column.to_numpy() for column in table.columns])
    with Path(path).open(newline="", encoding="utf-8-sig") as file:
        lines = csv.reader(file, delimiter=delimiter)
        header = next(lines)
        places = [header.index(name) for name in columns]
        cells = [[line[place] for place in places] for line in lines]
    try:
        return np.array([[float(cell or "nan") for cell in row] for row in cells])
    except ValueError:
        return np.array(cells, dtype=object)


# the answers


def called(model: Any, method: str, rows: Any) -> Any:
    try:
        return getattr(model, method)(rows)
    except Exception as error:
        raise Refused(
            "model",
            "`{}` of {} failed: {}: {}".format(method, type(model).__name__, type(error).__name__, error),
            "Its traceback is in the log. Rows come as the file has them: what was prepared outside the model "
            "belongs into a Pipeline, or into a `predict:` command of your own.",
        ) from error


def scored(model: Any, rows: Any) -> tuple[str | None, Any]:
    import numpy as np

    if attribute(model, "classes_") is None:
        return None, None
    for method, kind in (("predict_proba", "probability"), ("decision_function", "decision")):
        if callable(attribute(model, method)):
            scores = called(model, method, rows)
            if isinstance(scores, list):
                raise Refused("model", "The model has several outputs", "One target at a time is supported.")
            return kind, np.asarray(scores, dtype=np.float64)
    return None, None


def plain(values: Any) -> Any:
    """Without objects, which numpy could only write as a pickle."""
    import numpy as np

    array = np.asarray(values)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    return array.astype(str) if array.dtype == object else array


def libraries() -> dict[str, str]:
    names = ("numpy", "pandas", "sklearn", "scipy", "lightgbm", "xgboost", "joblib", "skops")
    return {
        name: str(getattr(sys.modules[name], "__version__", "unknown"))
        for name in names
        if name in sys.modules
    }


if __name__ == "__main__":
    main()
