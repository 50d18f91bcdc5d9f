"""Metrics of decisions between three or more classes, by scikit-learn's scorer names."""

import numpy as np

from ci_mlops.evaluation.class_metric import ClassMetric, Numbers, Right, Wrong
from ci_mlops.evaluation.rows import Floats


def _ratio(top: Numbers, bottom: Numbers) -> Numbers:
    """scikit-learn's 0 where nothing was called: the worst that it can be."""
    return top / np.where(bottom == 0, 1, bottom)


def _mean(values: Numbers) -> Numbers:
    return values.sum(axis=-1) / values.shape[-1]


def _right(hits: Numbers, truth: Numbers, said: Numbers) -> Numbers:
    return hits.sum(axis=-1) / truth.sum(axis=-1)


def _recall(hits: Numbers, truth: Numbers, said: Numbers) -> Numbers:
    return _ratio(hits, truth)


def _precision(hits: Numbers, truth: Numbers, said: Numbers) -> Numbers:
    return _ratio(hits, said)


def _f1(hits: Numbers, truth: Numbers, said: Numbers) -> Numbers:
    return _ratio(2 * hits, truth + said)


def _jaccard(hits: Numbers, truth: Numbers, said: Numbers) -> Numbers:
    return _ratio(hits, truth + said - hits)


def _specificity(hits: Numbers, truth: Numbers, said: Numbers) -> Numbers:
    others = truth.sum(axis=-1)[..., None] - truth
    return _ratio(others - said + hits, others)


def _matthews(hits: Numbers, truth: Numbers, said: Numbers) -> Numbers:
    rows = truth.sum(axis=-1)
    covered = rows * hits.sum(axis=-1) - (truth * said).sum(axis=-1)
    spread = (rows * rows - (truth * truth).sum(axis=-1)) * (rows * rows - (said * said).sum(axis=-1))
    return covered / np.sqrt(spread)


def _kappa(hits: Numbers, truth: Numbers, said: Numbers) -> Numbers:
    rows = truth.sum(axis=-1)
    chance = (truth * said).sum(axis=-1) / rows
    return (hits.sum(axis=-1) - chance) / (rows - chance)


def _all_rows(rows: Floats) -> float:
    return float(rows.sum())


def _rarest_class(rows: Floats) -> float:
    return float(rows.min())


def _beside_the_commonest(rows: Floats) -> float:
    return float(rows.sum() - rows.max())


accuracy = Right(name="accuracy", formula=_right, rows=_all_rows, every_class=False)
zero_one_loss = Wrong(
    name="zero_one_loss",
    formula=lambda *sides: 1 - _right(*sides),
    rows=_all_rows,
    every_class=False,
    higher_is_better=False,
)
recall_micro = Right(name="recall_micro", formula=_right, rows=_all_rows, every_class=False)
precision_micro = Right(name="precision_micro", formula=_right, rows=_all_rows, every_class=False)
f1_micro = Right(name="f1_micro", formula=_right, rows=_all_rows, every_class=False)
# each class counts by its rows, so that it is the share of rows that are right
recall_weighted = Right(name="recall_weighted", formula=_right, rows=_all_rows, every_class=False)
balanced_accuracy = ClassMetric(
    name="balanced_accuracy", formula=lambda *sides: _mean(_recall(*sides)), rows=_rarest_class
)
recall_macro = ClassMetric(
    name="recall_macro", formula=lambda *sides: _mean(_recall(*sides)), rows=_rarest_class
)
precision_macro = ClassMetric(
    name="precision_macro",
    formula=lambda *sides: _mean(_precision(*sides)),
    rows=_rarest_class,
    of_calls=True,
)
f1_macro = ClassMetric(name="f1_macro", formula=lambda *sides: _mean(_f1(*sides)), rows=_rarest_class)
jaccard_macro = ClassMetric(
    name="jaccard_macro", formula=lambda *sides: _mean(_jaccard(*sides)), rows=_rarest_class
)
specificity_macro = ClassMetric(
    name="specificity_macro", formula=lambda *sides: _mean(_specificity(*sides)), rows=_rarest_class
)


def _by_rows(values: Numbers, truth: Numbers) -> Numbers:
    return (values * truth).sum(axis=-1) / truth.sum(axis=-1)


precision_weighted = ClassMetric(
    name="precision_weighted",
    formula=lambda hits, truth, said: _by_rows(_precision(hits, truth, said), truth),
    rows=_all_rows,
    every_class=False,
    of_calls=True,
)
f1_weighted = ClassMetric(
    name="f1_weighted",
    formula=lambda hits, truth, said: _by_rows(_f1(hits, truth, said), truth),
    rows=_all_rows,
    every_class=False,
)


def _both_vary(truth: Floats, said: Floats) -> bool:
    return bool(min(np.count_nonzero(truth), np.count_nonzero(said)) > 1)


def _either_varies(truth: Floats, said: Floats) -> bool:
    return bool(np.count_nonzero(truth + said) > 1)


matthews_corrcoef = ClassMetric(
    name="matthews_corrcoef",
    formula=_matthews,
    rows=_beside_the_commonest,
    every_class=False,
    defined=_both_vary,
)
cohen_kappa = ClassMetric(
    name="cohen_kappa",
    formula=_kappa,
    rows=_beside_the_commonest,
    every_class=False,
    defined=_either_varies,
)
