"""Metrics of rankings, by scikit-learn's names."""

from collections.abc import Callable

import numpy as np

from ci_mlops.errors import BadData
from ci_mlops.evaluation.numbered import Numbered
from ci_mlops.evaluation.query_metric import QueryMetric, ranked_gains
from ci_mlops.evaluation.rows import Floats, Ints


def _ndcg(depth: int | None) -> Callable[[Floats, Floats, Ints], Floats]:
    """
    Discounted gain by the best one that the labels allow; 0 for a query without a relevant row, as in scikit-learn's
    ndcg_score.
    """

    def formula(labels: Floats, said: Floats, queries: Ints) -> Floats:
        if labels.size and labels.min() < 0:
            raise BadData("NDCG is of relevance from 0 up, and a label is negative", mend="Count it from 0.")
        gains, best = (ranked_gains(labels, by, queries, depth) for by in (said, labels))
        return np.divide(gains, best, out=np.zeros_like(best), where=best > 0)

    return formula


def _ndcg_at(depth: float) -> QueryMetric:
    return QueryMetric(name="ndcg_at", formula=_ndcg(int(depth)))


ndcg = QueryMetric(name="ndcg", formula=_ndcg(None))
ndcg_at = Numbered(name="ndcg_at", make=_ndcg_at, example=10)
