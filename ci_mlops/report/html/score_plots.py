"""What both models' scores are worth: how they rank, whether they mean what they say, and how they spread."""

from typing import TYPE_CHECKING

from ci_mlops.records import Verdict
from ci_mlops.report.html.drawing import dots, drawn, line, steps, whiskers
from ci_mlops.report.html.figures import Figure, of_both
from ci_mlops.report.html.points import Points, at, of_sides, together
from ci_mlops.report.numbers import percent, short
from ci_mlops.report.words import event_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TENTH, _MOST = 0.1, 0.8
SHARES = [(tenths / 10, short(tenths / 10)) for tenths in range(0, 11, 2)]
_UNIT = (-0.02, 1.02)


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
        axes.set(xlim=_UNIT, ylim=_UNIT)

    found = {side: _share(at(_TENTH, *points)) for side, points in curves.items()}
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
        axes.set(xlim=_UNIT, ylim=_UNIT)

    right = {side: _share(at(_MOST, *points)) for side, points in curves.items()}
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
    curves = of_sides(verdict, "calibration_score", "calibration_rate", "calibration_low", "calibration_high")
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
        axes.set(xlim=_UNIT, ylim=_UNIT)

    off = {side: _furthest(points) for side, points in curves.items()}
    told = (
        f"On the dashed diagonal a score is the share of {event_words(verdict, 0)} among the rows that have it. Furthest "
        f"from it: {of_both(off)}. Bars are 95\N{NO-BREAK SPACE}% intervals."
    )
    picture = drawn(
        draw, key="calibration", name="Calibration", x="Mean score", y="Share that is positive",
        square=True, x_ticks=SHARES, y_ticks=SHARES,
    )  # fmt: skip
    return Figure(key="calibration", title="Calibration", picture=picture, words=told)


def spread(verdict: Verdict) -> Figure | None:
    """How often each score is given."""
    edges = together(verdict, "score_edge")
    rows = of_sides(verdict, "score_rows")
    shares = histogram_shares(edges[0] if edges else [], rows)
    if edges is None or not shares:
        return None

    def draw(axes: "Axes") -> None:
        for side, heights in shares.items():
            steps(axes, edges[0], heights, side)
        axes.set_ylim(0)

    told = f"The scores that are given most often: {of_both(most_often(edges[0], shares))} of the rows."
    picture = drawn(draw, key="scores", name="Spread of scores", x="Score", y="Share of rows", square=True)
    return Figure(key="scores", title="Spread of scores", picture=picture, words=told)


def histogram_shares(edges: list[float], rows: dict[str, Points]) -> dict[str, list[float]]:
    """Of the sides that have a number for each bin, and a row at all."""
    return {
        side: [count / sum(counts) for count in counts]
        for side, (counts,) in rows.items()
        if len(counts) == len(edges) - 1 and sum(counts) > 0
    }


def most_often(edges: list[float], shares: dict[str, list[float]]) -> dict[str, str]:
    told = {}
    for side, heights in shares.items():
        top = max(range(len(heights)), key=heights.__getitem__)
        told[side] = f"{short_of(edges[top])} to {short_of(edges[top + 1])}, {_share(heights[top])},"
    last = list(told)[-1]
    return {**told, last: told[last].removesuffix(",")}


def short_of(value: float) -> str:
    """Three digits are all that a picture shows."""
    return short(float(f"{value:.3g}"))


def _share(value: float) -> str:
    return percent(round(value, 3))


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
    return f"scores of about {short_of(scores[worst])}, of which {_share(rates[worst])} are positive,"
