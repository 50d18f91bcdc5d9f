"""The true class among the likeliest ones."""

import numpy as np

from ci_mlops.evaluation.influence_metric import Influenced, InfluenceMetric
from ci_mlops.evaluation.numbered import Numbered
from ci_mlops.evaluation.rows import Floats


def _top_accuracy(number: float) -> InfluenceMetric:
    def formula(labels: Floats, said: Floats, weights: Floats) -> Influenced:
        # of alike scores the later class is taken for the likelier one, as scikit-learn does
        top = np.argsort(said, axis=1, kind="stable")[:, ::-1][:, : int(number)]
        hits = (top == labels[:, None]).any(axis=1)
        total = weights.sum()
        share = (weights * hits).sum() / total
        return Influenced(float(share), weights * (hits - share) / total, reach=1 / total)

    return InfluenceMetric(
        name="top_accuracy_at",
        formula=formula,
        highest=1.0,
        higher_is_better=True,
        task="classification",
        need="scores",
        classes="several",
    )


top_accuracy_at = Numbered(name="top_accuracy_at", make=_top_accuracy, example=2)
