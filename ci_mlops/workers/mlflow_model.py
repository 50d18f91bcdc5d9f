"""Ask a folder with an `MLmodel`: its own flavour where that knows probabilities, else `python_function`. A sibling."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:

    def sibling(name: str) -> Any: ...  # score.py puts it here: no module of ours takes a name of the team's


Refused = sibling("refusal").Refused
answers = sibling("answers")
rows = sibling("rows")
schema = sibling("schema")

NATIVE = ("sklearn", "xgboost", "lightgbm", "catboost")
# the words of a signature, as numpy says them
TYPES = {
    "boolean": "bool",
    "integer": "int32",
    "long": "int64",
    "float": "float32",
    "double": "float64",
    "string": "str",
    "datetime": "datetime64[ns]",
}


def score(request: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    folder = Path(request["model"])
    try:
        import mlflow.pyfunc  # noqa: F401 - it may be there in part only: mlflow-skinny without numpy or pandas
        from mlflow.models import Model
    except ImportError as error:
        return without_mlflow(folder, request, error)
    try:
        card = Model.load(str(folder))
        inputs: Any = card.get_input_schema()  # type: ignore[no-untyped-call] # mlflow tells half of its types
    except Exception as error:
        raise Refused(
            "model",
            "Its MLmodel can't be read: {}: {}".format(type(error).__name__, error),
            "Is the folder complete, and written by an mlflow that the installed one can read?",
        ) from error
    if "onnx" in card.flavors:
        file = folder / str(card.flavors["onnx"].get("data", "model.onnx"))
        names = inputs.input_names() if inputs is not None and inputs.has_input_names() else None
        said: tuple[dict[str, Any], dict[str, Any]] = sibling("onnx_model").ask(file, request, names)
        return said
    model = native(folder, card)
    if inputs is None:
        if model is not None:
            told: tuple[dict[str, Any], dict[str, Any]] = sibling("estimators").ask(model, request)
            return told
        coerced: dict[str, str] = {}
        columns = rows.features(request["columns"], request["id"])
        table = rows.read_rows(request["features"], request["delimiter"], columns, True)
    else:
        columns, table, coerced = as_signed(inputs, request)
    if model is not None:
        arrays, answer = answers.of_estimator(model, table, columns, request)
    else:
        arrays, answer = answers.of_output(pyfunc(folder, table), columns, request)
    return arrays, {**answer, "coerced": coerced}


def without_mlflow(
    folder: Path, request: dict[str, Any], error: ImportError
) -> tuple[dict[str, Any], dict[str, Any]]:
    """An estimator that lies in the folder as a file of its own can be asked all the same, without its signature."""
    estimators = sibling("estimators")
    files = [file for file in folder.rglob("*") if file.suffix in estimators.SUFFIXES and file.is_file()]
    if len(files) != 1:
        raise Refused(
            "model",
            "This is an MLflow model, and `{}` is not installed in the team's environment".format(
                error.name or "mlflow"
            ),
            "Add `mlflow` to the requirements (`mlflow-skinny` lacks what models need).",
        ) from error
    print("warning: mlflow is not installed, so the model's signature is not read", file=sys.stderr)
    said: tuple[dict[str, Any], dict[str, Any]] = estimators.score({**request, "model": str(files[0])})
    return said


def native(folder: Path, card: Any) -> Any:
    """The estimator itself, where the model is one with scikit-learn's interface."""
    for flavour in NATIVE:
        if flavour in card.flavors:
            model = loaded(importlib.import_module("mlflow." + flavour).load_model, folder)
            is_estimator = callable(answers.attribute(model, "get_params"))
            return model if is_estimator and callable(answers.attribute(model, "predict")) else None
    return None


def loaded(load: Any, folder: Path) -> Any:
    try:
        return load(str(folder))
    except ModuleNotFoundError as error:
        raise Refused(
            "model",
            "The MLflow model needs the module `{}` to load, and it is not there".format(error.name),
            "Install what its requirements.txt names, or log it with `code_paths`.",
        ) from error
    except Exception as error:
        raise Refused(
            "model",
            "The MLflow model can't be loaded: {}: {}".format(type(error).__name__, error),
            "Is it complete, and saved by the versions that are installed now? Its requirements.txt names them.",
        ) from error


def pyfunc(folder: Path, table: Any) -> Any:
    import mlflow.pyfunc

    model = loaded(mlflow.pyfunc.load_model, folder)
    return answers.called(model, "predict", table)


def as_signed(inputs: Any, request: dict[str, Any]) -> tuple[list[str], Any, dict[str, str]]:
    """(columns, the table as the signature wants it, which columns were cast and how)."""
    present = request["columns"]
    if not inputs.has_input_names():
        return nameless(inputs, request)
    specs = [(str(spec.name), word(spec), getattr(spec, "required", True)) for spec in inputs.inputs]
    missing = [name for name, _, required in specs if required and name not in present]
    if missing:
        raise rows.lacking(missing, present)
    wanted = [(name, kind) for name, kind, _ in specs if name in present]
    columns = [name for name, _ in wanted]
    text = [name for name, kind in wanted if kind == "str"]
    table = rows.read_rows(request["features"], request["delimiter"], columns, True)
    plain_text = rows.read_text(request["features"], request["delimiter"], text)
    coerced = {}
    fresh = {}
    for name, kind in wanted:
        values = table[name].to_numpy()
        if not kind:
            fresh[name] = table[name]
            continue
        cast, change = schema.cast(name, values, kind)
        if change:
            coerced[name] = change
            fresh[name] = plain_text.get(name, cast)
        else:
            fresh[name] = table[name]
    return columns, table.assign(**fresh) if fresh else table, coerced


def word(spec: Any) -> str:
    """Numpy's word for a column's type; empty: none of the plain ones, which stays as the file has it."""
    if type(spec).__name__ == "TensorSpec":
        return str(spec.type)
    return TYPES.get(getattr(spec.type, "name", ""), "")


def nameless(inputs: Any, request: dict[str, Any]) -> tuple[list[str], Any, dict[str, str]]:
    """A tensor, or columns without names: the features in the file's order, if their number fits."""
    import numpy as np

    spec = inputs.inputs[0]
    is_tensor = type(spec).__name__ == "TensorSpec"
    shape = spec.shape if is_tensor else (-1, len(inputs.inputs))
    if len(shape) != 2:
        raise Refused(
            "model",
            "The model takes a tensor of {} dimensions, and a file of rows has two".format(len(shape)),
            "Give a `predict:` command of your own.",
        )
    columns = rows.counted(request["columns"], request["id"], None if shape[1] < 0 else int(shape[1]))
    table = rows.read_rows(request["features"], request["delimiter"], columns, True)
    kinds = [word(spec)] * len(columns) if is_tensor else [word(one) for one in inputs.inputs]
    cast = [schema.cast(name, table[name].to_numpy(), kind) for name, kind in zip(columns, kinds)]
    coerced = {name: change for name, (_, change) in zip(columns, cast) if change}
    return columns, np.column_stack([values for values, _ in cast]), coerced
