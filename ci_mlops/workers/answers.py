"""What a model says of rows, as arrays without objects. A sibling of score.py."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:

    def sibling(name: str) -> Any: ...  # score.py puts it here: no module of ours takes a name of the team's


Refused = sibling("refusal").Refused


def of_estimator(model: Any, rows: Any, columns: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(arrays, answer) of a model with scikit-learn's interface."""
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
    names = ("numpy", "pandas", "sklearn", "scipy", "lightgbm", "xgboost", "joblib", "skops")
    return {
        name: str(getattr(sys.modules[name], "__version__", "unknown"))
        for name in names
        if name in sys.modules
    }
