"""What is to be said of how a model was made, from what was noted and from the rows of the file. A sibling of score.py."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

# their fit draws random numbers unless it is told not to; Ridge or LogisticRegression only seem to
RANDOM = re.compile(
    r"(RandomForest|ExtraTrees?|GradientBoosting|XGBRF|AdaBoost|Bagging|IsolationForest|DecisionTree|RandomTreesEmbedding|"
    r"SGD|MLP|Perceptron|PassiveAggressive|MiniBatch|KMeans|GaussianMixture|BayesianGaussian|RandomizedSearchCV|"
    r"KernelSampler|RBFSampler|Nystroem|LatentDirichlet|RANSAC|SpectralClustering)"
)
# what they learn is a list of words, or nothing
LEARNS_NO_VALUES = (
    "LabelEncoder",
    "OrdinalEncoder",
    "OneHotEncoder",
    "LabelBinarizer",
    "MultiLabelBinarizer",
)
ENTITY = re.compile(
    r"(^|[_\W])(id|ids|uid|uuid|guid|key|code|number|no|nr)$|"
    r"(patient|customer|client|user|subject|person|member|account|device|household|session|student|employee|"
    r"vehicle|machine|store|shop|driver|author|speaker|company|merchant|card|group)([_\W]?(id|no|nr|key|number))?$",
    re.IGNORECASE,
)
FEWEST_ENTITIES = 10
LARGEST_SHARE = 0.9
"""Of rows that are entities: above it nearly each row has its own, and it names rows."""


def findings(told: Any, frame: Any, fitted: Any, found: Any, settings: Any) -> Any:
    """
    Dicts with the words of records.Finding.

    `fitted`: which rows of the frame equal a row that the model was fitted on.
    """
    chosen = told["chosen"]
    return [
        *_unseeded(told),
        *_groups(frame, fitted, found.recipe["columns"], settings),
        *_on_more_rows(told, found),
        *_duplicates(chosen, fitted),
        *([_finding("prepared_outside", where=chosen["where"], names=found.done)] if found.done else []),
    ]


def lineage_findings(told: Any, frame: Any, fitted: Any, settings: Any) -> Any:
    """Of a model whose rows are known, and not how they were made."""
    chosen = told["chosen"]
    names = set(chosen["names"] or ())
    more = [
        _finding(
            "fitted_on_more_rows", where=one["where"], names=[short], count=one["rows"], of=chosen["rows"]
        )
        for one in told["transformers"]
        for short in (one["class"].rsplit(".", 1)[-1],)
        if one["rows"] > chosen["rows"] and not one.get("is_target") and short not in LEARNS_NO_VALUES
        # of other columns it may have been another thing altogether
        if names & set(one["names"] or ()) or one["columns"] == chosen["columns"]
    ]
    return [*_unseeded(told), *_groups(frame, fitted, names, settings), *more]


def unproven_findings(told: Any) -> Any:
    """Of a model whose rows are not known in the file."""
    return _unseeded(told)


def _finding(code: str, where: str = "", names: Any = (), count: Any = None, of: Any = None) -> Any:
    return {"code": code, "where": where, "names": list(names), "count": count, "of": of}


def _unseeded(told: Any) -> Any:
    said = [
        _finding("unseeded_split", where=split["where"], count=split.get("train"), of=split.get("rows"))
        for split in told.get("splits", ())
        if not split.get("seeded")
    ]
    chosen = told["chosen"]
    names = [name for name in chosen.get("unseeded", ()) if RANDOM.search(name)]
    if names and not told.get("seeded"):
        said.append(_finding("unseeded_model", where=chosen["where"], names=names))
    return said


def _groups(frame: Any, fitted: Any, features: Any, settings: Any) -> Any:
    """Entities with rows on both sides."""
    if fitted.all() or not fitted.any():
        return []
    named = settings.get("group")
    names = (
        [named]
        if named
        else [name for name in frame.columns if _names_entities(frame, name, features, settings)]
    )
    said = []
    for name in names:
        if name not in frame.columns:
            continue
        inside = pd.unique(frame[name][fitted].dropna())
        outside = pd.unique(frame[name][~fitted].dropna())
        both = int(np.isin(outside.astype(str), inside.astype(str)).sum())
        if both:
            said.append(_finding("group_on_both_sides", names=[str(name)], count=both, of=len(outside)))
    return said


def _names_entities(frame: Any, name: Any, features: Any, settings: Any) -> bool:
    others = (settings.get("target"), settings.get("id"), settings.get("weight"), *settings.get("slices", ()))
    if name in features or name in others or not ENTITY.search(str(name)):
        return False
    kinds = frame[name].nunique()
    return bool(FEWEST_ENTITIES <= kinds <= LARGEST_SHARE * frame[name].notna().sum())


def _on_more_rows(told: Any, found: Any) -> Any:
    rows = told["chosen"]["rows"]
    said = []
    for number in found.used:
        transformer = told["transformers"][number]
        name = transformer["class"].rsplit(".", 1)[-1]
        if transformer["rows"] > rows and name not in LEARNS_NO_VALUES:
            said.append(
                _finding(
                    "fitted_on_more_rows",
                    where=transformer["where"],
                    names=[name],
                    count=transformer["rows"],
                    of=rows,
                )
            )
    return said


def _duplicates(chosen: Any, fitted: Any) -> Any:
    """Rows of the file beyond those that it was fitted on, that equal one of them."""
    count = int(fitted.sum()) - chosen["rows"]
    return (
        [_finding("duplicates_of_training_rows", count=count, of=len(fitted) - chosen["rows"])]
        if count > 0
        else []
    )
