"""
A served model decides from the score on that it was judged to decide from; stored beside a registered model, where the
verdict names one.

It needs what the model needs, and runs wherever the model is served.
"""

import json
import warnings
from pathlib import Path
from typing import Any

THRESHOLD, POSITIVE = "ci_mlops.threshold", "ci_mlops.positive"


def deciding(model: Any, mlmodel: Path) -> Any:
    """The model, or what decides for it; a warning where its scores can't be had."""
    told = metadata(mlmodel)
    if THRESHOLD not in told:
        return model
    try:
        return Deciding(model, float(told[THRESHOLD]), told.get(POSITIVE, "1"))
    except LookupError as error:
        warnings.warn(
            f"This model was judged to decide from a score of {told[THRESHOLD]} on, and decides by itself here: {error}",
            stacklevel=2,
        )
        return model


def metadata(mlmodel: Path) -> "dict[str, str]":
    """Ours: one line each, as we wrote them."""
    if not mlmodel.is_file():
        return {}
    lines = [line.strip().partition(": ") for line in mlmodel.read_text(encoding="utf-8").splitlines()]
    return {name: str(json.loads(value)) for name, _, value in lines if name in (THRESHOLD, POSITIVE)}


class Deciding:
    """
    Of two classes.

    Raises:
        LookupError: the model has no scores, or other classes.
    """

    def __init__(self, model: Any, threshold: float, positive: str) -> None:
        self.model, self.threshold = model, threshold
        # of a captured model, whose rows are prepared first
        self.estimator = getattr(model, "estimator", None) if hasattr(model, "given") else model
        ways = [name for name in ("predict_proba", "decision_function") if hasattr(self.estimator, name)]
        self.classes = list(getattr(self.estimator, "classes_", ()))
        if not ways or len(self.classes) != 2:
            raise LookupError("it gives no scores of two classes")
        coding = (getattr(model, "told", None) or {}).get("coding") or {}
        words = {str(code): str(label) for code, label in coding.get("pairs") or ()}
        named = [plain(words.get(plain(label), label)) for label in self.classes]
        wanted = plain(positive)
        if wanted not in named:
            raise LookupError(f"none of its classes is {positive}: {', '.join(named)}")
        self.way, self.place = ways[0], named.index(wanted)

    def predict(self, table: Any, params: Any = None) -> Any:
        """`params`: MLflow's, none is known here."""
        import numpy as np

        rows = self.model.given(table) if hasattr(self.model, "given") else table
        scores = np.asarray(getattr(self.estimator, self.way)(rows))
        if scores.ndim == 2:
            scores = scores[:, self.place]
        elif self.place == 0:
            # a decision function speaks for the second class
            scores = -scores
        return np.where(scores >= self.threshold, self.classes[self.place], self.classes[1 - self.place])


def plain(label: Any) -> str:
    """1, 1.0, True and "1" are one label."""
    text = str(label).strip()
    text = {"true": "1", "false": "0"}.get(text.lower(), text)
    try:
        number = float(text)
    except ValueError:
        return text
    return str(int(number)) if number.is_integer() else text
