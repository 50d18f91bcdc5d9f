"""Metrics of the order that a model puts rows in."""

from ci_mlops.evaluation.rank_metric import ClassRankMetric, RankMetric

roc_auc = RankMetric(name="roc_auc")
roc_auc_ovr = ClassRankMetric(name="roc_auc_ovr", of="classes")
roc_auc_ovr_weighted = ClassRankMetric(name="roc_auc_ovr_weighted", of="rows")
