"""Load a fitted estimator from a file of its own (joblib, pickle, skops), and ask it. A sibling of score.py."""

from __future__ import annotations

import pickle
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:

    def sibling(name: str) -> Any: ...  # score.py puts it here: no module of ours takes a name of the team's


Refused = sibling("refusal").Refused
answers = sibling("answers")
rows = sibling("rows")

SUFFIXES = {".joblib": "joblib", ".pkl": "pickle", ".pickle": "pickle", ".skops": "skops"}
KNOWN = (*SUFFIXES, ".onnx")
# a skops file says which types it wants; these come with what the team has installed, and only compute
# (the registry's model_loader.py trusts the same: what was judged is what can be served)
TRUSTED = ("sklearn.", "numpy.", "scipy.", "lightgbm.", "xgboost.")
# rooms in these packages that run what they are given
UNTRUSTED = ("numpy.testing", "numpy.f2py", "numpy.distutils", "numpy.ctypeslib", "scipy._lib._ccallback")


def score(request: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    return ask(load_model(Path(request["model"])), request)


def ask(model: Any, request: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(arrays, answer) of any model with scikit-learn's interface."""
    columns, named = rows.wanted_columns(model, request["columns"], request["id"])
    table = rows.read_rows(request["features"], request["delimiter"], columns, named)
    given = table[:, 0] if rows.reads_text(model) else table
    said: tuple[dict[str, Any], dict[str, Any]] = answers.of_estimator(model, given, columns, request)
    return said


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
        found = sorted(file for file in path.rglob("*") if file.suffix in KNOWN and file.is_file())
    else:
        found = [path] if path.suffix in KNOWN else []
    if len(found) == 1:
        return found[0]
    known = ", ".join("*" + suffix for suffix in KNOWN)
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
