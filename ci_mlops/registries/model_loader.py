"""
Loads the judged files for MLflow's `python_function`; stored beside every model that ci-mlops registers.

It needs what the model needs and the standard library, for it runs wherever the model is served.
"""

import importlib.util
import re
from pathlib import Path
from typing import Any

SUFFIXES = (".joblib", ".pkl", ".pickle", ".skops", ".onnx")
# as in workers/score.py, which loads the model when it is judged: what loads there is to load here
TRUSTED = ("sklearn.", "numpy.", "scipy.", "lightgbm.", "xgboost.")
# rooms in these packages that run what they are given
UNTRUSTED = ("numpy.testing", "numpy.f2py", "numpy.distutils", "numpy.ctypeslib", "scipy._lib._ccallback")


def _load_pyfunc(path: str) -> Any:  # MLflow looks for this name
    place = Path(path)
    captured = sorted(place.rglob("capture.json")) if place.is_dir() else []
    # beside `data`; not where this file lies, for MLflow loads a module of this name once for all models
    whole = place.parent.parent
    sibling = siblings(whole / "code")
    model = sibling("captured").Captured(captured[0].parent) if captured else load(find_model(place))
    if (whole / "code" / "ci_mlops_deciding.py").is_file():
        return sibling("deciding").deciding(model, whole / "MLmodel")
    return model


def siblings(code: Path) -> Any:
    """Name -> another file that was stored with the model; in each of them `sibling` is this too."""
    made: dict[str, Any] = {}

    def sibling(name: str) -> Any:
        if name not in made:
            own = f"ci_mlops_{name}"
            spec = importlib.util.spec_from_file_location(own, code / f"{own}.py")
            if spec is None or spec.loader is None:
                raise RuntimeError(f"{own}.py is missing in {code}")
            made[name] = importlib.util.module_from_spec(spec)
            made[name].__dict__["sibling"] = sibling
            spec.loader.exec_module(made[name])
        return made[name]

    return sibling


def find_model(path: Path) -> Path:
    """The one loadable file; in a folder `model.*` wins where there are several."""
    if path.is_file():
        return path
    found = sorted(file for file in path.rglob("*") if file.suffix in SUFFIXES)
    named = [file for file in found if file.stem == "model"]
    if len(named) == 1:
        return named[0]
    if len(found) == 1:
        return found[0]
    seen = ", ".join(file.name for file in found) or "none"
    raise RuntimeError(f"One file of {', '.join(SUFFIXES)} is needed to load this model; found: {seen}")


def load(file: Path) -> Any:
    if file.suffix == ".skops":
        from skops.io import get_untrusted_types, load as load_skops

        # the file's own list of types is the file's own word: those of known libraries are trusted, others refused
        wanted = get_untrusted_types(file=file)
        return load_skops(file, trusted=[name for name in wanted if trusts(name)])
    if file.suffix == ".joblib":
        from joblib import load as load_joblib

        return load_joblib(file)
    if file.suffix == ".onnx":
        return Onnx(file)
    if file.suffix in SUFFIXES:
        import pickle

        with file.open("rb") as stream:
            return pickle.load(stream)  # noqa: S301 - whoever serves a pickled model runs it; the registry pins its digest
    raise RuntimeError(f"{file.name} is none of {', '.join(SUFFIXES)}: load it with the tool that wrote it")


def trusts(name: str) -> bool:
    return name.startswith(TRUSTED) and not name.startswith(UNTRUSTED)


class Onnx:
    """As workers/onnx_model.py asks it when it is judged: labels where the model gives any, else numbers."""

    def __init__(self, file: Path) -> None:
        import onnxruntime

        self.session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])

    def predict(self, table: Any, params: Any = None) -> Any:
        """`params`: MLflow's, none is known here."""
        said = self.session.run(None, self.feeds(table))
        tensors = [values for values in said if not isinstance(values, list)]
        labels = [values for values in tensors if values.dtype.kind != "f"]
        found = (labels or tensors)[0]
        return found[:, 0] if found.ndim == 2 and found.shape[1] == 1 else found

    def feeds(self, table: Any) -> "dict[str, Any]":
        import numpy as np

        inputs = self.session.get_inputs()
        if len(inputs) == 1 and len(inputs[0].shape) == 2 and inputs[0].shape[1] != 1:
            names = self.columns()
            wide = table[names] if names and hasattr(table, "columns") else table
            return {inputs[0].name: typed(np.asarray(wide), inputs[0].type)}
        columns = {plain(str(name)): table[name] for name in table.columns}
        return {
            one.name: typed(np.asarray(columns[plain(one.name)]), one.type).reshape(
                [-1] + [1] * (len(one.shape) - 1)
            )
            for one in inputs
        }

    def columns(self) -> "list[str] | None":
        """In the file's own metadata, as a JSON list or with commas between."""
        import json

        told = self.session.get_modelmeta().custom_metadata_map
        found = next((told[key] for key in COLUMNS if key in told), None)
        if found is None:
            return None
        try:
            return [str(name) for name in json.loads(found)]
        except ValueError:
            return [name.strip() for name in found.split(",")]


COLUMNS = ("columns", "feature_names", "features", "input_columns")
TYPES = {"float": "float32", "double": "float64", "string": "object"}


def typed(values: Any, kind: str) -> Any:
    import numpy as np

    name = kind.removeprefix("tensor(").removesuffix(")")
    cast = values.astype(np.dtype(TYPES.get(name, name)))
    return cast.astype(str).astype(object) if name == "string" else cast


def plain(name: str) -> str:
    return re.sub(r"\W", "_", name).lower()
