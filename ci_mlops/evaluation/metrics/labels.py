"""
Metrics of rows that may carry several labels at once, by scikit-learn's names: means over labels (micro, macro, weighted)
and over rows (samples). What has nothing to divide by counts as 0, as there.
"""

from collections.abc import Mapping

import numpy as np

from ci_mlops.evaluation.label_metric import Exact, LabelMetric, Numbers, RowMetric
from ci_mlops.evaluation.metric import Metric
from ci_mlops.evaluation.rows import Floats


def _ratio(top: Numbers, bottom: Numbers) -> Numbers:
    return top / np.where(bottom == 0, 1, bottom)


def _recall(hits: Numbers, truth: Numbers, said: Numbers) -> Numbers:
    return _ratio(hits, truth)


def _precision(hits: Numbers, truth: Numbers, said: Numbers) -> Numbers:
    return _ratio(hits, said)


def _f1(hits: Numbers, truth: Numbers, said: Numbers) -> Numbers:
    return _ratio(2 * hits, truth + said)


def _jaccard(hits: Numbers, truth: Numbers, said: Numbers) -> Numbers:
    return _ratio(hits, truth + said - hits)


def _hamming(truth: Floats, said: Floats) -> Floats:
    return np.asarray(np.abs(truth - said).mean(axis=1), dtype=np.float64)


_OF_COUNTS = {"f1": _f1, "jaccard": _jaccard, "precision": _precision, "recall": _recall}


def _averages(name: str) -> Mapping[str, Metric]:
    of_counts = _OF_COUNTS[name]

    def micro(hits: Numbers, truth: Numbers, said: Numbers) -> Numbers:
        return of_counts(hits.sum(axis=-1), truth.sum(axis=-1), said.sum(axis=-1))

    def macro(hits: Numbers, truth: Numbers, said: Numbers) -> Numbers:
        return of_counts(hits, truth, said).sum(axis=-1) / truth.shape[-1]

    def weighted(hits: Numbers, truth: Numbers, said: Numbers) -> Numbers:
        return (of_counts(hits, truth, said) * truth).sum(axis=-1) / truth.sum(axis=-1)

    def of_row(truth: Floats, said: Floats) -> Floats:
        sides = ((truth * said).sum(axis=1), truth.sum(axis=1), said.sum(axis=1))
        return np.asarray(of_counts(*sides), dtype=np.float64)

    return {
        f"{name}_micro": LabelMetric(name=f"{name}_micro", formula=micro, every_label=False),
        f"{name}_macro": LabelMetric(name=f"{name}_macro", formula=macro, every_label=True),
        f"{name}_weighted": LabelMetric(name=f"{name}_weighted", formula=weighted, every_label=False),
        f"{name}_samples": RowMetric(name=f"{name}_samples", worth=of_row),
    }


accuracy = Exact()
hamming_loss = RowMetric(name="hamming_loss", worth=_hamming, higher_is_better=False)
OF_LABELS: Mapping[str, Metric] = {
    "accuracy": accuracy,
    "hamming_loss": hamming_loss,
    **{metric: found for name in _OF_COUNTS for metric, found in _averages(name).items()},
}
"""What a name means where a row may carry several labels."""
f1_samples, precision_samples, recall_samples, jaccard_samples = (
    OF_LABELS[f"{name}_samples"] for name in ("f1", "precision", "recall", "jaccard")
)
jaccard_micro, jaccard_weighted = (OF_LABELS[f"jaccard_{mean}"] for mean in ("micro", "weighted"))
