"""What a model says of rows, as arrays without objects. A sibling of score.py."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:

    def sibling(name: str) -> Any: ...  # score.py puts it here: no module of ours takes a name of the team's


Refused = sibling("refusal").Refused


def of_estimator(
    model: Any, rows: Any, columns: list[str], request: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(arrays, answer) of a model with scikit-learn's interface."""
    if request.get("multilabel"):
        sets: tuple[dict[str, Any], dict[str, Any]] = sibling("label_sets").of_estimator(
            model, rows, columns, request["classes"]
        )
        return sets
    arrays = {"predictions": plain(called(model, "predict", rows))}
    kind, scores = scored(model, rows)
    if scores is not None:
        arrays["scores"] = scores
    classes = attribute(model, "classes_")
    return arrays, {
        "columns": columns,
        "score_kind": kind,
        "classes": None if classes is None else [str(name) for name in plain(classes).tolist()],
    }


def of_output(
    output: Any, columns: list[str], request: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(arrays, answer) of what a model gives that has nothing but `predict`: labels, numbers, or a probability."""
    import numpy as np

    if request.get("multilabel"):
        sets: tuple[dict[str, Any], dict[str, Any]] = sibling("label_sets").of_output(
            output, columns, request["classes"]
        )
        return sets
    if type(output).__name__ == "DataFrame":
        if output.shape[1] > 1:
            return by_class(output.to_numpy(), [str(name) for name in output.columns], columns)
        output = output.iloc[:, 0].to_numpy()
    elif isinstance(output, dict):
        raise Refused(
            "model",
            "The model gives several outputs: {}".format(", ".join(str(name) for name in output)),
            "Give a `predict:` command of your own.",
        )
    said = plain(output)
    if said.ndim == 2 and are_codes(request.get("classes"), said.shape[1]):
        return by_class(said, [str(code) for code in range(said.shape[1])], columns)
    if said.ndim != 1:
        raise Refused(
            "model",
            "The model gives {} numbers for each row, and no names of classes".format(said.shape[-1]),
            "Let it give one column for each class, named by its label, or give a `predict:` command of your own.",
        )
    answer = {"columns": columns, "score_kind": None, "classes": None}
    is_share = said.dtype.kind == "f" and bool(((said >= 0) & (said <= 1)).all())
    if request.get("task") == "classification" and is_share and (said != np.round(said)).any():
        return {"scores": said.astype(np.float64)}, {**answer, "score_kind": "probability"}
    return {"predictions": said}, answer


def are_codes(classes: list[str] | None, count: int) -> bool:
    """The labels are 0, 1, ... and as many as the numbers of a row: then their places name them."""
    return classes is not None and sorted(classes) == sorted(str(code) for code in range(count))


def by_class(values: Any, classes: list[str], columns: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """One column for each class: the likeliest is what is predicted."""
    import numpy as np

    try:
        scores = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise Refused(
            "model",
            "The model gives several columns that are no numbers: {}".format(", ".join(classes[:5])),
            "One column of labels, or one number for each class, is needed; else a `predict:` command of your own.",
        ) from None
    predictions = np.array(classes)[scores.argmax(axis=1)]
    answer = {"columns": columns, "score_kind": "probability", "classes": classes}
    return {"predictions": predictions, "scores": scores}, answer


def attribute(model: Any, name: str) -> Any:
    """A pipeline passes the question on to its steps, and may answer with an error."""
    try:
        return getattr(model, name, None)
    except Exception:  # noqa: BLE001 - the team's property may raise anything
        return None


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
    names = (
        "numpy",
        "pandas",
        "sklearn",
        "scipy",
        "lightgbm",
        "xgboost",
        "joblib",
        "skops",
        "mlflow",
        "onnxruntime",
    )
    return {
        name: str(getattr(sys.modules[name], "__version__", "unknown"))
        for name in names
        if name in sys.modules
    }
