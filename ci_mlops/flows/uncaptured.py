"""Why no one model of a training was captured, in words."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ci_mlops.errors import TrainingFailed
from ci_mlops.flows.checkout import Checkout

_MENTIONED = 8
_LONGEST = 80
WAYS_OUT = (
    "`train.model: {path: ...}` for what the script saves, `{callable: pkg.module:function}`, or `mlflow`."
)


def look(told: Mapping[str, Any], checkout: Checkout, log: Path) -> None:
    """
    Raises:
        TrainingFailed: no one model was seen, and why.
    """
    where = f"{log}; {checkout.config.where('train', 'model')}"
    state = told.get("state")
    if state == "captured":
        return
    if state == "ambiguous":
        raise _ambiguous(told, checkout, where)
    if state == "unsaved":
        raise TrainingFailed(
            f"Training the {checkout.role}: its model was seen, and can't be pickled",
            where=where,
            mend=f"It holds something of this process alone, as an open file or a lock. {WAYS_OUT}",
        )
    if state == "nothing":
        raise TrainingFailed(
            f"Training the {checkout.role}: no fitted model with scikit-learn's interface was seen",
            where=where,
            mend=f"A model of another library, or one that another process fits, can't be captured: {WAYS_OUT}",
        )
    raise TrainingFailed(
        f"Training the {checkout.role}: the command never ran under our launcher, or ended before it could write",
        where=where,
        mend="`python -I`, `-E` and `-S` ignore PYTHONPATH, and so does a container that the command starts: leave them "
        f"out. Else {WAYS_OUT}",
    )


def _ambiguous(told: Mapping[str, Any], checkout: Checkout, where: str) -> TrainingFailed:
    why, fitted = told.get("why"), dicts(told.get("fitted"))
    if why == "native":
        return _trains_a_booster(told, checkout, where)
    if why == "unseen":
        return TrainingFailed(
            f"Training the {checkout.role} saves a model whose fit was not seen: another process fitted it, or a cross "
            "validation. On which rows can't be told",
            where=where,
            mend=f"Fit the one that ships in the script itself: {WAYS_OUT}",
        )
    if why == "wrapped":
        return TrainingFailed(
            f"Training the {checkout.role} saves an object with a `predict` of its own, around the model that it fits, "
            "and what the two answer may differ",
            where=where,
            mend="`train.model: {path: ...}` takes what is saved as it is, with test rows of their own. Or name the model "
            "inside: `train.model: {capture: {variable: NAME}}`, a variable of the script's top level.",
        )
    fits = "copied a model and then fitted it again" if why == "copies" else f"fitted {len(fitted)} models"
    return TrainingFailed(
        f"Training the {checkout.role} {fits}, and saves none: which one ships can't be told. "
        f"They are {_listed(fitted)}",
        where=where,
        mend="Name it: `train.model: {capture: {variable: NAME}}` where it is a variable of the script's top level; "
        "else let the script save the one that ships, or use `path` or `callable`.",
    )


def _trains_a_booster(told: Mapping[str, Any], checkout: Checkout, where: str) -> TrainingFailed:
    trained = [
        f"`{str(one.get('what', ''))[:_LONGEST]}` ({str(one.get('where', ''))[:_LONGEST]})"
        for one in dicts(told.get("native"))
    ]
    return TrainingFailed(
        f"Training the {checkout.role} makes a native booster, which can't be captured: {', '.join(trained[:_MENTIONED])}",
        where=where,
        mend="Fit the library's estimator (`XGBClassifier`, `LGBMRegressor`, ...) in its place. If another model of the script "
        f"ships, save that one, or name it: `train.model: {{capture: {{variable: NAME}}}}`. Else {WAYS_OUT}",
    )


def dicts(given: object) -> list[dict[str, Any]]:
    return [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []


def _listed(fitted: Sequence[Mapping[str, Any]]) -> str:
    """Each place once: a loop over folds fits there many times."""
    places = Counter(f"{_class(one)} ({str(one.get('where', ''))[:_LONGEST]}" for one in fitted)
    seen = [f"{place}{f', {count} times' if count > 1 else ''})" for place, count in places.items()]
    more = f", and {len(seen) - _MENTIONED} more" if len(seen) > _MENTIONED else ""
    return f"{', '.join(seen[:_MENTIONED])}{more}"


def _class(one: Mapping[str, Any]) -> str:
    return str(one.get("class", "")).rsplit(".", 1)[-1][:_LONGEST]
