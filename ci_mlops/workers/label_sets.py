"""
What a model says of rows that may carry several labels at once: one column for each label, 1 where a row carries it.

A matrix has no names. Its columns are the labels in the order of the request, unless the model names them; whether that
order fits is seen where the truth is known. A sibling of score.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:

    def sibling(name: str) -> Any: ...  # score.py puts it here: no module of ours takes a name of the team's


Refused = sibling("refusal").Refused
OWN = "Or give a `predict:` command of your own, which writes `id` and `prediction`, as `bug|urgent`."
ON, OFF = ("1", "1.0", "True", "true"), ("0", "0.0", "False", "false")


def of_estimator(
    model: Any, rows: Any, columns: list[str], labels: list[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(arrays, answer) of a model with scikit-learn's interface that was fitted on rows x labels."""
    answers = sibling("answers")
    arrays, answer = of_output(answers.called(model, "predict", rows), columns, labels)
    if "predictions" not in arrays or not callable(answers.attribute(model, "predict_proba")):
        return arrays, answer
    said = answers.called(model, "predict_proba", rows)
    if isinstance(said, list):
        said = of_list(said, answers.attribute(model, "classes_"))
    return {**arrays, "scores": matrix(said, labels)}, {**answer, "score_kind": "probability"}


def of_output(output: Any, columns: list[str], labels: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(arrays, answer): `predictions` of 0 and 1, or text as `bug|urgent`; numbers between are `scores`."""
    import numpy as np

    names = labels
    if type(output).__name__ == "DataFrame":
        if output.shape[1] > 1 and all(isinstance(name, str) for name in output.columns):
            names = [str(name) for name in output.columns]
        output = output.to_numpy()
    answer = {"columns": columns, "score_kind": None, "classes": names}
    said = sibling("answers").plain(output.toarray() if hasattr(output, "toarray") else output)
    if said.ndim == 1 and said.dtype.kind in "US":
        return {"predictions": said.astype(str)}, {**answer, "classes": labels}
    numbers = matrix(said, names)
    if np.isin(numbers, (0, 1)).all():
        return {"predictions": numbers.astype(np.uint8)}, answer
    if ((numbers >= 0) & (numbers <= 1)).all():
        return {"scores": numbers}, {**answer, "score_kind": "probability"}
    raise Refused(
        "model",
        "The model gives numbers that are neither 0 and 1 nor probabilities for the {} labels".format(
            len(names)
        ),
        "A row's column is 1 where it carries the label. " + OWN,
    )


def matrix(said: Any, labels: list[str]) -> Any:
    """Shape (rows, labels), float64."""
    import numpy as np

    array = np.asarray(said)
    if array.ndim != 2 or array.shape[1] != len(labels):
        raise Refused(
            "model",
            "The model gives an answer of shape {}, and a column for each of {} labels is needed: {}".format(
                array.shape, len(labels), ", ".join(labels[:8])
            ),
            "Fit it on a matrix of rows x labels, with the labels in the order of `data.test.classes`. "
            + OWN,
        )
    try:
        return array.astype(np.float64)
    except (TypeError, ValueError):
        raise Refused(
            "model", "The model gives labels that are no numbers", "A row's column is 0 or 1. " + OWN
        ) from None


def of_list(said: list[Any], classes: Any) -> Any:
    """One array (rows, classes) for each label: the column of 1; a label that the fit saw on no row or on all has one."""
    import numpy as np

    if classes is None or len(classes) != len(said):
        raise Refused("model", "The model does not tell the classes of its {} outputs".format(len(said)), OWN)
    found = []
    for shares, own in zip(said, classes):
        codes = [str(code) for code in np.asarray(own).tolist()]
        if not set(codes) <= {*ON, *OFF}:
            raise Refused(
                "model",
                "The model's outputs have the classes {}, and a label is there (1) or not (0)".format(
                    ", ".join(codes[:5])
                ),
                OWN,
            )
        place = [number for number, code in enumerate(codes) if code in ON]
        found.append(np.asarray(shares)[:, place[0]] if place else np.zeros(len(shares)))
    return np.column_stack(found)
