"""Verdicts with every curve that a court keeps: of scores, and of predicted numbers."""

from dataclasses import replace
from math import erf, exp, sqrt

from ci_mlops.records import Capacity, ConfusionTable, CostReport
from ci_mlops.records.flipped import FlippedRow, FlippedRows
from tests.report import class_verdicts, cost_verdicts, verdicts

SEPARATION = {"champion": 2.45, "candidate": 2.62}
RATE = 217 / 2140


def normal(x):
    return 0.5 * (1 + erf(x / sqrt(2)))


def of_scores():
    """Two normal distributions of scores, further apart with the candidate."""
    cuts = [3.5 - at * 0.07 for at in range(101)]
    found = {"score_edge": [at / 20 for at in range(21)]}
    for side, apart in SEPARATION.items():
        alarms = [0.0, *(1 - normal(cut + apart / 2) for cut in cuts), 1.0]
        hits = [0.0, *(1 - normal(cut - apart / 2) for cut in cuts), 1.0]
        found[f"roc_fpr.{side}"], found[f"roc_tpr.{side}"] = alarms, hits
        called = [RATE * hit + (1 - RATE) * alarm for hit, alarm in zip(hits, alarms, strict=True)]
        found[f"pr_recall.{side}"] = hits[1:]
        found[f"pr_precision.{side}"] = [
            RATE * hit / of for hit, of in zip(hits[1:], called[1:], strict=True)
        ]
        scores = [0.03, 0.08, 0.16, 0.27, 0.41, 0.58, 0.77, 0.93]
        rates = [score ** (1.25 if side == "champion" else 0.97) for score in scores]
        found[f"calibration_score.{side}"], found[f"calibration_rate.{side}"] = scores, rates
        found[f"calibration_low.{side}"] = [max(0.0, rate - 0.02 - 0.08 * rate) for rate in rates]
        found[f"calibration_high.{side}"] = [min(1.0, rate + 0.03 + 0.08 * rate) for rate in rates]
        found[f"calibration_rows.{side}"] = [900.0, 500.0, 300.0, 180.0, 110.0, 70.0, 50.0, 30.0]
        found[f"score_rows.{side}"] = [round(900 * exp(-at / (2.2 + apart / 2))) + 4.0 for at in range(20)]
    return found


def all_curves():
    v = verdicts.passed()
    told = cost_verdicts.curves()
    return replace(v, curves={**told.curves, **of_scores()}, threshold=told.threshold, cost=told.cost)


def blocked_curves():
    v = verdicts.blocked()
    told = cost_verdicts.curves()
    swapped = {
        key.replace("champion", "x").replace("candidate", "champion").replace("x", "candidate"): values
        for key, values in {**told.curves, **of_scores()}.items()
    }
    cost = CostReport(
        **{**cost_verdicts.PRICES, "volume": 365_000.0},
        capacity=Capacity(alarms=130, per="day"),
        champion=10.63,
        candidate=14.34,
    )
    return replace(v, curves=swapped, threshold=told.threshold, cost=cost)


def of_numbers():
    edges = [float(at) for at in range(-20, 21, 2)]
    found = {"residual_edge": edges}
    for side, wide, off in (("champion", 6.0, 1.2), ("candidate", 5.2, 0.3)):
        middle = [edge + 1 for edge in edges[:-1]]
        found[f"residual_rows.{side}"] = [
            float(round(140 * exp(-(((x - off) / wide) ** 2) / 2))) for x in middle
        ]
        places = [12.0, 18.0, 24.0, 30.0, 36.0, 42.0, 50.0, 61.0]
        mean = [off + (at - 30) * (0.09 if side == "champion" else 0.04) for at in places]
        found[f"residual_at.{side}"], found[f"residual_mean.{side}"] = places, mean
        found[f"residual_low.{side}"] = [
            m - wide * (0.8 + at / 60) for m, at in zip(mean, places, strict=True)
        ]
        found[f"residual_high.{side}"] = [
            m + wide * (0.8 + at / 60) for m, at in zip(mean, places, strict=True)
        ]
    return found


def all_residuals():
    return replace(verdicts.regression(), curves=of_numbers())


def flipped_rows(verdict):
    """As the policy allows: two columns, and what matters most first."""
    rows = [
        FlippedRow(
            truth="defaults",
            champion="repays",
            candidate="defaults",
            champion_score=0.18,
            candidate_score=0.31,
            change=-500.0,
            values=(34, "north"),
        ),
        FlippedRow(
            truth="repays",
            champion="repays",
            candidate="defaults",
            champion_score=0.2,
            candidate_score=0.17,
            change=20.0,
            values=(61, "<b>south</b>"),
        ),
        FlippedRow(
            truth="repays", champion="defaults", candidate="repays", change=-20.0, values=(None, "@everyone")
        ),
    ]
    return FlippedRows(
        model=verdict.model,
        verdict_digest=verdict.verdict_digest,
        change="expected_cost",
        columns=("age", "region"),
        rows=tuple(rows),
        left_out=54,
    )


def shaded_classes(count=24):
    """So many that only shades can be seen."""
    cells = [(at, at, 40 + at, 44 + at) for at in range(count)] + [
        (at, (at + 3) % count, 9, 7) for at in range(count)
    ]
    table = ConfusionTable(classes=tuple(f"species {at}" for at in range(count)), cells=tuple(cells))
    return replace(class_verdicts.many_classes(), confusion_table=table)


ALL = {
    "shaded_classes": shaded_classes,
    "all_curves": all_curves,
    "blocked_curves": blocked_curves,
    "all_residuals": all_residuals,
}
