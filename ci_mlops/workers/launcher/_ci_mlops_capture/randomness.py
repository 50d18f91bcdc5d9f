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


def draws(part: Any, rows: int) -> bool:
    name, given = type(part).__name__, part.get_params(deep=False)
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
    found = []
    for part in parts(model):
        given = part.get_params(deep=False)
        if "random_state" in given and given["random_state"] is None and draws(part, rows):
            found.append(type(part).__name__)
    return sorted(set(found))


def parts(model: Any) -> Any:
    if not hasattr(model, "get_params") or isinstance(model, type):
        return
    yield model
    for name, value in model.get_params(deep=True).items():
        # the deep parameters hold every part under its own name
        if hasattr(value, "get_params") and not isinstance(value, type) and name:
            yield value
