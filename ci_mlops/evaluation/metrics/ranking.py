"""Metrics of the order that a model puts rows in."""

from ci_mlops.evaluation.rank_metric import RankMetric

roc_auc = RankMetric(name="roc_auc")
