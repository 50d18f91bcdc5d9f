"""Ask an ONNX file by ONNX Runtime: inputs by their names, labels and probabilities by their shapes. A sibling."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:

    def sibling(name: str) -> Any: ...  # score.py puts it here: no module of ours takes a name of the team's


Refused = sibling("refusal").Refused
answers = sibling("answers")
onnx_file = sibling("onnx_file")
rows = sibling("rows")
schema = sibling("schema")

TYPES = {"float": "float32", "double": "float64", "string": "str", "float16": "float16"}
BATCH = 50_000


def score(request: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    file = sibling("estimators").model_file(Path(request["model"]))
    return ask(file, request)


def ask(
    file: Path, request: dict[str, Any], names: list[str] | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(arrays, answer); `names`: the columns in the model's order, where something else than the file tells them."""
    session = opened(file)
    feeds, columns, coerced = fed(session, request, names)
    outputs = run(session, feeds, file)
    arrays, answer = understood(outputs, columns, request, file)
    return arrays, {**answer, "coerced": coerced}


def opened(file: Path) -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise Refused(
            "model",
            "{} is an ONNX model, and `onnxruntime` is not installed in the team's environment".format(
                file.name
            ),
            "Add `onnxruntime` to the requirements.",
        ) from error
    try:
        return onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    except Exception as error:
        raise Refused(
            "model",
            "{} can't be loaded by ONNX Runtime {}: {}".format(
                file.name, onnxruntime.__version__, first_line(error)
            ),
            "Is the file complete, and its opset known to this version?",
        ) from error


# what goes in


def fed(
    session: Any, request: dict[str, Any], names: list[str] | None
) -> tuple[dict[str, Any], list[str], dict[str, str]]:
    """(input -> array, the columns in their order, which were cast and how)."""
    import numpy as np

    inputs = session.get_inputs()
    present = request["columns"]
    if len(inputs) == 1 and len(inputs[0].shape) == 2 and inputs[0].shape[1] != 1:
        width = inputs[0].shape[1]
        columns = names or told_columns(session)
        if columns is None:
            columns = rows.counted(present, request["id"], width if isinstance(width, int) else None)
        check(columns, present)
        table = rows.read_columns(request["features"], request["delimiter"], columns)
        arrays, coerced = taken(table, columns, [numpy_type(inputs[0])] * len(columns), request)
        return {inputs[0].name: np.column_stack(arrays)}, columns, coerced
    places = by_name(inputs, present, request["id"])
    columns = list(places.values())
    table = rows.read_columns(request["features"], request["delimiter"], columns)
    arrays, coerced = taken(table, columns, [numpy_type(one) for one in inputs], request)
    feeds = {
        one.name: values if len(one.shape) == 1 else values.reshape(-1, 1)
        for one, values in zip(inputs, arrays)
    }
    return feeds, columns, coerced


def by_name(inputs: list[Any], present: list[str], id_column: str | None) -> dict[str, str]:
    """Input -> column. Converters write what is no letter as `_`."""
    found = {}
    for one in inputs:
        if len(one.shape) not in (1, 2) or (len(one.shape) == 2 and one.shape[1] != 1):
            raise Refused(
                "model",
                "The input `{}` has the shape {}: neither one column nor the only input".format(
                    one.name, one.shape
                ),
                "Convert it with one input for each column, or with one for all; or give a `predict:` command.",
            )
        close = [name for name in present if name == one.name] or [
            name for name in present if plain_name(name) == plain_name(one.name)
        ]
        if len(close) == 1:
            found[one.name] = close[0]
    missing = [one.name for one in inputs if one.name not in found]
    alone = rows.features(present, id_column)
    if missing and len(inputs) == 1 and len(alone) == 1:
        return {inputs[0].name: alone[0]}
    if missing:
        raise rows.lacking(missing, present)
    return found


def plain_name(name: str) -> str:
    return re.sub(r"\W", "_", name).lower()


def told_columns(session: Any) -> list[str] | None:
    """In the file's own metadata, as a JSON list or with commas between."""
    told = session.get_modelmeta().custom_metadata_map
    for key in ("columns", "feature_names", "features", "input_columns"):
        if key in told:
            try:
                names = json.loads(told[key])
            except ValueError:
                names = [name.strip() for name in told[key].split(",")]
            if isinstance(names, list) and names:
                return [str(name) for name in names]
    return None


def check(columns: list[str], present: list[str]) -> None:
    missing = [name for name in columns if name not in present]
    if missing:
        raise rows.lacking(missing, present)


def numpy_type(one: Any) -> str:
    found = re.fullmatch(r"tensor\((\w+)\)", one.type)
    if found is None:
        raise Refused(
            "model",
            "The input `{}` is a {}, and a column of a file is a tensor".format(one.name, one.type),
            "Give a `predict:` command of your own.",
        )
    return TYPES.get(found[1], found[1])


def taken(
    table: list[Any], columns: list[str], kinds: list[str], request: dict[str, Any]
) -> tuple[list[Any], dict[str, str]]:
    import numpy as np

    text = [name for name, kind in zip(columns, kinds) if kind == "str"]
    plain_text = rows.read_text(request["features"], request["delimiter"], text)
    arrays, coerced = [], {}
    for name, values, kind in zip(columns, table, kinds):
        cast, change = schema.cast(name, values, kind)
        if change:
            coerced[name] = change
        if kind == "str":
            cast = plain_text.get(name, cast)
            # ONNX knows no missing text; converters fit on an empty one
            cast = np.array(
                ["" if schema.is_missing(one) else str(one) for one in cast.tolist()], dtype=object
            )
        arrays.append(cast)
    return arrays, coerced


# what comes out


def run(session: Any, feeds: dict[str, Any], file: Path) -> list[tuple[str, Any]]:
    """(name, values) of each output; in parts, or in the only number of rows that the model takes."""
    import numpy as np

    fixed = session.get_inputs()[0].shape[0]
    step = fixed if isinstance(fixed, int) and fixed > 0 else BATCH
    count = len(next(iter(feeds.values())))
    parts = []
    for start in range(0, count, step):
        part = {name: values[start : start + step] for name, values in feeds.items()}
        short = step - len(next(iter(part.values()))) if step == fixed else 0
        if short:
            part = {name: np.concatenate([v, np.repeat(v[-1:], short, axis=0)]) for name, v in part.items()}
        try:
            said = session.run(None, part)
        except Exception as error:
            raise Refused(
                "model",
                "ONNX Runtime failed on rows {} to {}: {}".format(start + 1, start + step, first_line(error)),
                "Do the columns come in the model's order and number? `columns` in its metadata says them.",
            ) from error
        parts.append(
            [list(one)[: step - short] if isinstance(one, list) else one[: step - short] for one in said]
        )
    names = [one.name for one in session.get_outputs()]
    return [(name, joined([part[place] for part in parts])) for place, name in enumerate(names)]


def joined(parts: list[Any]) -> Any:
    import numpy as np

    if isinstance(parts[0], list):
        return [one for part in parts for one in part]
    return np.concatenate([np.atleast_1d(part) for part in parts])


def understood(
    outputs: list[tuple[str, Any]], columns: list[str], request: dict[str, Any], file: Path
) -> tuple[dict[str, Any], dict[str, Any]]:
    import numpy as np

    if request.get("multilabel"):
        # converters write the matrix of 0 and 1 first, and shares of each label in shapes of their own behind it
        sets: tuple[dict[str, Any], dict[str, Any]] = answers.of_output(outputs[0][1], columns, request)
        return sets
    labels, shares, classes = None, None, None
    for _, values in outputs:
        if isinstance(values, list):
            classes = [str(name) for name in values[0]]
            shares = np.array([[one[name] for name in values[0]] for one in values], dtype=np.float64)
        elif values.dtype.kind in "OUSiub" and labels is None:
            labels = answers.plain(values.reshape(len(values), -1))
        elif values.dtype.kind == "f" and shares is None:
            shares = values.reshape(len(values), -1).astype(np.float64)
    is_alone = shares is not None and shares.shape[1] == 1 and labels is None
    if shares is None or is_alone or request.get("task") != "classification":
        only = labels if shares is None else shares
        said: tuple[dict[str, Any], dict[str, Any]] = answers.of_output(only, columns, request)
        return said
    if labels is None:
        # a network ends with one number for each class, in the order of their codes
        wide: tuple[dict[str, Any], dict[str, Any]] = answers.of_output(shares, columns, request)
        return wide
    if classes is None:
        classes = onnx_file.classes_of(file, shares.shape[1]) or onnx_file.classes_by_answers(labels, shares)
    answer = {"columns": columns, "score_kind": None, "classes": None}
    if classes is None:
        return {"predictions": labels}, answer
    inside = bool(((shares >= 0) & (shares <= 1)).all())
    kind = "probability" if inside else "decision"
    return {"predictions": labels, "scores": shares}, {**answer, "score_kind": kind, "classes": classes}


def first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
