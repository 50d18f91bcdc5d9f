"""
Say what a model answers in the words of the file: a script may have fitted it on 1 and 0, or on logarithms.

What the script made of the labels was proven on the fitted rows; `coding` is in capture.json. A sibling of score.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:

    def sibling(name: str) -> Any: ...  # score.py puts it here: no module of ours takes a name of the team's


INVERSE: dict[str, Any] = {
    "log1p": np.expm1,
    "log": np.exp,
    "log10": lambda values: np.power(10.0, values),
    "log2": np.exp2,
    "sqrt": np.square,
}


def decoded(arrays: Any, answer: Any, coding: Any, task: str) -> Any:
    """(arrays, answer) with the file's labels, or on the file's scale."""
    if coding is None:
        return arrays, answer
    if task == "regression":
        if "predictions" not in arrays:
            return arrays, answer
        return {**arrays, "predictions": rescaled(arrays["predictions"], coding)}, answer
    labels = dict(coding.get("pairs") or ())
    if not labels:
        raise unanswerable()
    if "predictions" in arrays:
        said = texts_of(arrays["predictions"])
        arrays = {**arrays, "predictions": np.array([labels.get(text, text) for text in said])}
    if answer.get("classes") is not None:
        known = texts_of([number_of(name) for name in answer["classes"]])
        answer = {**answer, "classes": [labels.get(text, text) for text in known]}
    return arrays, answer


def rescaled(values: Any, coding: Any) -> Any:
    numbers = np.asarray(values, dtype=np.float64)
    if coding["do"] == "line":
        return (numbers - coding["offset"]) / coding["factor"]
    inverse = INVERSE.get(coding["do"])
    if inverse is None:
        # which number became which is known of the fitted ones, and not of what lies between them
        raise unanswerable()
    with np.errstate(all="ignore"):
        return inverse(numbers)


def unanswerable() -> Exception:
    refused: Exception = sibling("refusal").Refused(
        "model",
        "The script changes the target before it fits, in a way that can't be undone from outside",
        "Let a TransformedTargetRegressor do it, write the changed target into a column of its own and name that as "
        "`data.test.target`, or give a `predict:` command that answers in the file's words.",
    )
    return refused


def number_of(name: Any) -> Any:
    """A class is told as text: `1.0` is the number."""
    try:
        return float(name)
    except ValueError:
        return {"True": True, "False": False}.get(name, name)


def texts_of(values: Any) -> Any:
    """As the launcher writes y: `1`, `1.0` and True are "1", what is missing is ""."""
    found = []
    for value in values if isinstance(values, list) else np.asarray(values).tolist():
        if isinstance(value, bool):
            found.append(str(int(value)))
        elif value is None or value != value:  # noqa: PLR0124 - only NaN differs from itself
            found.append("")
        elif isinstance(value, float):
            found.append(str(int(value)) if value.is_integer() and abs(value) < 2**63 else repr(value))
        else:
            found.append(str(value))
    return np.array(found, dtype=object)
