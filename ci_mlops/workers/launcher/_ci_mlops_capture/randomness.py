"""
Which parts of a model draw random numbers without a seed.

By class: many have the parameter `random_state` and don't use it as they are set. XGBoost, LightGBM and CatBoost
have a fixed seed where none is given.
"""

from __future__ import annotations

from typing import Any

ALWAYS = {
    "AdaBoostClassifier",
    "AdaBoostRegressor",
    "BaggingClassifier",
    "BaggingRegressor",
    "DecisionTreeClassifier",
    "DecisionTreeRegressor",
    "ExtraTreeClassifier",
    "ExtraTreeRegressor",
    "ExtraTreesClassifier",
    "ExtraTreesRegressor",
    "GradientBoostingClassifier",
    "GradientBoostingRegressor",
    "IsolationForest",
    "KMeans",
    "MLPClassifier",
    "MLPRegressor",
    "MiniBatchKMeans",
    "Nystroem",
    "PassiveAggressiveClassifier",
    "PassiveAggressiveRegressor",
    "Perceptron",
    "RBFSampler",
    "RandomForestClassifier",
    "RandomForestRegressor",
    "RandomTreesEmbedding",
    "RandomizedSearchCV",
    "SGDClassifier",
    "SGDRegressor",
    "TruncatedSVD",
}
BINNED_ROWS = 10_000  # above, gradient boosting by histograms holds rows back for early stopping


def draws(part: Any, given: dict[str, Any], rows: int) -> bool:
    name = type(part).__name__
    if not type(part).__module__.startswith("sklearn."):
        return False
    if name.startswith("HistGradientBoosting"):
        stopping = given.get("early_stopping")
        return bool(stopping is True) or bool(stopping == "auto" and rows > BINNED_ROWS)
    if name in ("LogisticRegression", "LogisticRegressionCV", "Ridge", "RidgeClassifier"):
        return str(given.get("solver")) in ("sag", "saga", "liblinear")
    if name in ("SVC", "NuSVC"):
        return bool(given.get("probability"))
    if name == "PCA":
        return str(given.get("svd_solver")) == "randomized"
    return name in ALWAYS


def unseeded(model: Any, rows: int) -> list[str]:
    """Class names, each once."""
    if is_seeded_alone(model):
        return []
    found = []
    for part, given in parts(model):
        if "random_state" in given and given["random_state"] is None and draws(part, given, rows):
            found.append(type(part).__name__)
    return sorted(set(found))


def is_seeded_alone(model: Any) -> bool:
    """A seed and no parts: told without `get_params`, for scripts that fit thousands."""
    own = getattr(model, "__dict__", {})
    if own.get("random_state") is None:
        return False
    return not any(is_part(value) or isinstance(value, (list, tuple)) for value in own.values())


def parts(model: Any) -> Any:
    """(each part, its own parameters); scikit-learn reads a signature each time that it is asked."""
    if not is_part(model):
        return
    every = model.get_params(deep=True)
    yield model, {name: value for name, value in every.items() if "__" not in name}
    for value in every.values():
        # the deep parameters hold every part under its own name
        if is_part(value):
            yield value, value.get_params(deep=False)


def is_part(value: Any) -> bool:
    return hasattr(value, "get_params") and not isinstance(value, type)
