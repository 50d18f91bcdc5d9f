"""What both models' scores are worth: how they rank, and whether they mean what they say."""

from typing import TYPE_CHECKING

from ci_mlops.records import Verdict
from ci_mlops.report.html.drawing import dots, drawn, line, whiskers
from ci_mlops.report.html.figures import Figure, of_both
from ci_mlops.report.html.histograms import share_of, short_of
from ci_mlops.report.html.points import Points, at, of_sides
from ci_mlops.report.numbers import percent, short
from ci_mlops.report.words import event_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TENTH, _MOST = 0.1, 0.8
SHARES = [(tenths / 10, short(tenths / 10)) for tenths in range(0, 11, 2)]
UNIT = (-0.02, 1.02)


def roc(verdict: Verdict) -> Figure | None:
    curves = of_sides(verdict, "roc_fpr", "roc_tpr")
    if not curves:
        return None

    def draw(axes: "Axes") -> None:
        line(axes, [0, 1], [0, 1], "chance")
        for side, (alarms, found) in curves.items():
            line(axes, alarms, found, side)
        for side, (tn, fp, fn, tp) in _decisions(verdict).items():
            if tn + fp and fn + tp:
                dots(axes, [fp / (tn + fp)], [tp / (fn + tp)], side)
        axes.set(xlim=UNIT, ylim=UNIT)

    found = {side: share_of(at(_TENTH, *points)) for side, points in curves.items()}
    told = (
        f"Where {percent(_TENTH)} of the others are called positive too, the share of {event_words(verdict, 0)} that is "
        f"found is {of_both(found)}. The dashed diagonal is chance{_marked(verdict)}."
    )
    picture = drawn(
        draw, key="roc", name="ROC curve", x="False positive rate", y="True positive rate",
        square=True, x_ticks=SHARES, y_ticks=SHARES,
    )  # fmt: skip
    return Figure(key="roc", title="ROC curve", picture=picture, words=told)


def precision_recall(verdict: Verdict) -> Figure | None:
    curves = of_sides(verdict, "pr_recall", "pr_precision")
    if not curves:
        return None

    def draw(axes: "Axes") -> None:
        for tn, fp, fn, tp in list(_decisions(verdict).values())[-1:]:
            rate = (fn + tp) / (tn + fp + fn + tp)
            line(axes, [0, 1], [rate, rate], "chance")
        for side, (recall, precision) in curves.items():
            line(axes, recall, precision, side)
        for side, (_, fp, fn, tp) in _decisions(verdict).items():
            if tp + fp and tp + fn:
                dots(axes, [tp / (tp + fn)], [tp / (tp + fp)], side)
        axes.set(xlim=UNIT, ylim=UNIT)

    right = {side: share_of(at(_MOST, *points)) for side, points in curves.items()}
    told = (
        f"Where {percent(_MOST)} of the {event_words(verdict, 0)} are found, the share of alarms that are right is "
        f"{of_both(right)}. The dashed line is chance{_marked(verdict)}."
    )
    picture = drawn(
        draw, key="pr", name="Precision-recall curve", x="Recall", y="Precision",
        square=True, x_ticks=SHARES, y_ticks=SHARES,
    )  # fmt: skip
    return Figure(key="pr", title="Precision and recall", picture=picture, words=told)


def calibration(verdict: Verdict) -> Figure | None:
    curves = of_sides(
        verdict, "calibration_score", "calibration_rate", "calibration_low", "calibration_high", shares=True
    )
    if not curves:
        return None

    def draw(axes: "Axes") -> None:
        line(axes, [0, 1], [0, 1], "chance")
        for side, (scores, rates, low, high) in curves.items():
            # side by side where both models score alike
            aside = 0.004 if side == "candidate" else -0.004
            whiskers(axes, [score + aside for score in scores], low, high, side)
            line(axes, scores, rates, side)
            dots(axes, scores, rates, side)
        axes.set(xlim=UNIT, ylim=UNIT)

    off = {side: _furthest(points) for side, points in curves.items()}
    told = (
        f"On the dashed diagonal a score is the share of {event_words(verdict, 0)} among the rows that have it. Furthest "
        f"from it are {of_both(off)}. Bars are 95\N{NO-BREAK SPACE}% intervals."
    )
    picture = drawn(
        draw, key="calibration", name="Calibration", x="Mean score", y="Share that is positive",
        square=True, x_ticks=SHARES, y_ticks=SHARES,
    )  # fmt: skip
    return Figure(key="calibration", title="Calibration", picture=picture, words=told)


def _decisions(verdict: Verdict) -> dict[str, tuple[int, int, int, int]]:
    """What each model decided, for the mark on its curve."""
    c = verdict.confusion
    found = {} if c is None else {"champion": c.champion, "candidate": c.candidate}
    return {side: counts for side, counts in found.items() if counts is not None and sum(counts) > 0}


def _marked(verdict: Verdict) -> str:
    return "; marked is what each model decides" if _decisions(verdict) else ""


def _furthest(points: Points) -> str:
    scores, rates = points[0], points[1]
    worst = max(range(len(scores)), key=lambda bin_: abs(scores[bin_] - rates[bin_]))
    return f"scores of about {short_of(scores[worst])} ({share_of(rates[worst])} positive)"
