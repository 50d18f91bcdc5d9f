"""By how much predicted numbers miss: how often, and where."""

from typing import TYPE_CHECKING

from ci_mlops.records import Verdict
from ci_mlops.report.html.drawing import area, dots, drawn, line, steps
from ci_mlops.report.html.figures import Figure, of_both
from ci_mlops.report.html.histograms import highest_bar, histogram_shares, short_of
from ci_mlops.report.html.points import Points, of_sides, together
from ci_mlops.report.words import sign_or_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def residuals(verdict: Verdict) -> Figure | None:
    edges = together(verdict, "residual_edge")
    shares = histogram_shares(edges[0] if edges else [], of_sides(verdict, "residual_rows"))
    if edges is None or not shares:
        return None

    def draw(axes: "Axes") -> None:
        for side, heights in shares.items():
            steps(axes, edges[0], heights, side)
        axes.set_ylim(0)
        if edges[0][0] <= 0 <= edges[0][-1]:
            axes.axvline(0, gid="chance")

    told = (
        f"How many rows are missed by how much{_unit(verdict)}; above zero the prediction is too large. "
        f"{highest_bar(edges[0], shares)}"
    )
    picture = drawn(
        draw, key="residuals", name="Residuals", x="Prediction \N{MINUS SIGN} truth", y="Share of rows"
    )
    return Figure(key="residuals", title="Residuals", picture=picture, words=told)


def by_prediction(verdict: Verdict) -> Figure | None:
    groups = ("residual_at", "residual_mean", "residual_low", "residual_high")
    curves = of_sides(verdict, *groups)
    if not curves:
        return None

    def draw(axes: "Axes") -> None:
        axes.axhline(0, gid="chance")
        for side, (predicted, mean, low, high) in curves.items():
            area(axes, predicted, low, high, side)
            line(axes, predicted, mean, side)
            dots(axes, predicted, mean, side)

    off = {side: _furthest(points) for side, points in curves.items()}
    told = (
        f"Mean residual by what was predicted{_unit(verdict)}. Furthest from zero: {of_both(off)}. "
        "The bands reach one standard deviation to either side."
    )
    picture = drawn(
        draw, key="residual-at", name="Residuals by prediction", x="Prediction",
        y="Prediction \N{MINUS SIGN} truth",
    )  # fmt: skip
    return Figure(key="residual-at", title="Residuals by prediction", picture=picture, words=told)


def _furthest(points: Points) -> str:
    predicted, mean = points[0], points[1]
    worst = max(range(len(mean)), key=lambda bin_: abs(mean[bin_]))
    return f"{short_of(mean[worst])} at predictions of about {short_of(predicted[worst])}"


def _unit(verdict: Verdict) -> str:
    before, after = sign_or_unit(verdict.unit)
    return f", in {(before or after).strip()}" if before or after else ""
