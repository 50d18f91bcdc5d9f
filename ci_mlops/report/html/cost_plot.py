"""What decisions would cost from each score on, and where both models decide."""

from typing import TYPE_CHECKING

from ci_mlops.records import Verdict
from ci_mlops.report.html.drawing import dots, drawn, line
from ci_mlops.report.html.figures import Figure, of_both
from ci_mlops.report.html.histograms import short_of
from ci_mlops.report.html.points import Points, at, is_no_share, together
from ci_mlops.report.html.score_plots import SHARES, UNIT
from ci_mlops.report.money import cost_scale
from ci_mlops.report.words import sign_or_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROWS = {"validation": "validation rows", "test": "test rows"}


Curves = dict[str, Points]


def cost(verdict: Verdict) -> Figure | None:
    curves, rows = cost_curves_of(verdict)
    return _of(verdict, curves, rows) if curves else None


def cost_curves_of(verdict: Verdict) -> tuple[Curves, str]:
    """By side, and on which rows; none where there are none."""
    for rows, told in _ROWS.items():
        curves = {
            side: points
            for side in ("champion", "candidate")
            if (points := together(verdict, "threshold", f"{rows}_cost.{side}")) is not None
            and not is_no_share(points[0])
        }
        if curves:
            return curves, told
    return {}, ""


def _of(verdict: Verdict, curves: Curves, rows: str) -> Figure:
    decided = decided_at(verdict)

    def draw(axes: "Axes") -> None:
        for side, (thresholds, costs) in curves.items():
            line(axes, thresholds, costs, side)
        for side, threshold in decided.items():
            if side in curves:
                dots(axes, [threshold], [at(threshold, *curves[side])], side)
        axes.set_xlim(*UNIT)

    picture = drawn(
        draw, key="cost", name="Cost against threshold", x="Decided from this score on",
        y=f"Cost per decision{in_money(verdict)}", x_ticks=SHARES,
    )  # fmt: skip
    told = cost_words(verdict, curves, rows)
    return Figure(key="cost", title="Cost against threshold", picture=picture, words=told)


def in_money(verdict: Verdict) -> str:
    """Behind what an axis counts: ` (€)`."""
    sign, _ = sign_or_unit(verdict.cost.unit if verdict.cost else "")
    return f" ({sign})" if sign else ""


def cost_words(verdict: Verdict, curves: Curves, rows: str) -> str:
    decided = decided_at(verdict)
    scale = cost_scale(verdict)
    lowest = {}
    for side, (thresholds, costs) in curves.items():
        best = min(range(len(costs)), key=costs.__getitem__)
        lowest[side] = f"{scale.value(costs[best])} at {short_of(thresholds[best])}"
    told = f"Expected cost per decision on the {rows}, by the score from which on a model says yes. Lowest: {of_both(lowest)}. "
    return told + (
        f"Marked is where each decides: at {of_both({side: short_of(t) for side, t in decided.items()})}."
        if decided
        else "From which score on the models decide is their own doing, and not known here."
    )


def decided_at(verdict: Verdict) -> dict[str, float]:
    told = verdict.threshold
    if told is None:
        return {}
    # a threshold of the policy is everybody's
    sides = {"champion": told.champion, "candidate": told.candidate}
    return {side: one.threshold for side, one in sides.items() if one is not None and 0 <= one.threshold <= 1}
