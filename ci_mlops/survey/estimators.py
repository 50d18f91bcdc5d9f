"""Names by which a model, a split or a preparation is known in other people's libraries."""

from typing import Literal

from ci_mlops.records.policy import Task

Kind = Literal["classification", "regression"]

_CLASSIFIERS = frozenset(
    [
        "LogisticRegression",
        "LogisticRegressionCV",
        "Perceptron",
        "LinearSVC",
        "SVC",
        "NuSVC",
        "GaussianNB",
        "MultinomialNB",
        "BernoulliNB",
        "ComplementNB",
        "CategoricalNB",
        "LinearDiscriminantAnalysis",
        "QuadraticDiscriminantAnalysis",
    ]
)
_REGRESSORS = frozenset(
    [
        "LinearRegression",
        "Ridge",
        "RidgeCV",
        "Lasso",
        "LassoCV",
        "ElasticNet",
        "ElasticNetCV",
        "BayesianRidge",
        "ARDRegression",
        "Lars",
        "LassoLars",
        "SVR",
        "NuSVR",
        "LinearSVR",
        "KernelRidge",
        "PLSRegression",
    ]
)
_LIBRARIES = frozenset(("sklearn", "xgboost", "lightgbm", "catboost", "imblearn", "mlflow", "skops"))
LEARNING = _LIBRARIES | {"tensorflow", "keras", "torch", "statsmodels", "prophet", "pytorch_lightning"}
WITHOUT_PROBABILITY = frozenset(
    ("Perceptron", "LinearSVC", "SVC", "NuSVC", "RidgeClassifier", "SGDClassifier")
)
SEARCHES = frozenset(
    ("GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV", "BayesSearchCV")
)
FOLDS = frozenset(
    [
        "KFold",
        "StratifiedKFold",
        "GroupKFold",
        "RepeatedKFold",
        "RepeatedStratifiedKFold",
        "TimeSeriesSplit",
        "cross_val_score",
        "cross_validate",
        "cross_val_predict",
    ]
)
SPLITS = frozenset(("train_test_split", "ShuffleSplit", "StratifiedShuffleSplit", "GroupShuffleSplit"))
LOOSE = frozenset(
    [
        "StandardScaler",
        "MinMaxScaler",
        "RobustScaler",
        "MaxAbsScaler",
        "Normalizer",
        "OneHotEncoder",
        "OrdinalEncoder",
        "LabelEncoder",
        "LabelBinarizer",
        "TfidfVectorizer",
        "CountVectorizer",
        "HashingVectorizer",
        "SimpleImputer",
        "KNNImputer",
        "PCA",
        "PolynomialFeatures",
        "PowerTransformer",
        "QuantileTransformer",
        "SelectKBest",
        "TruncatedSVD",
        "ColumnTransformer",
    ]
)
"""Preparations that a model alone does not hold, unless a Pipeline does."""


def task_of(name: str) -> Task | None:
    if name in _CLASSIFIERS or name.endswith(("Classifier", "ClassifierCV")):
        return "classification"
    if name in _REGRESSORS or name.endswith(("Regressor", "RegressorCV")):
        return "regression"
    return None


def is_wrapper(name: str) -> bool:
    """Holds another model: `VotingClassifier`, `CalibratedClassifierCV`, a search."""
    return name in SEARCHES or name.startswith(("Voting", "Stacking", "Calibrated", "OneVs", "MultiOutput"))


def task_of_objective(text: str) -> Task | None:
    """XGBoost's and LightGBM's word for what is learnt."""
    if text.startswith(("binary", "multi")) and text.partition(":")[0] in ("binary", "multi", "multiclass"):
        return "classification"
    if text.startswith("reg:") or text in ("regression", "regression_l1", "regression_l2"):
        return "regression"
    return None


def is_learning(dotted: str) -> bool:
    return dotted.split(".", maxsplit=1)[0] in LEARNING
