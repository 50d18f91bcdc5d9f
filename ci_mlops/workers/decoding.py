"""
Say what a model answers in the words of the file: a script may have fitted it on 1 and 0, or on logarithms.

What the script made of the labels was proven on the fitted rows; `coding` is in capture.json. A sibling of score.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np

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
        return arrays, answer
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
    with np.errstate(all="ignore"):
        return numbers if inverse is None else inverse(numbers)


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
