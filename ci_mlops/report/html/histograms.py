"""How often what is given: scores, and other numbers in bins."""

from typing import TYPE_CHECKING

from ci_mlops.records import Verdict
from ci_mlops.report.html.drawing import drawn, steps
from ci_mlops.report.html.figures import Figure, of_both
from ci_mlops.report.html.points import Points, of_sides, together
from ci_mlops.report.numbers import percent, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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

    told = f"How often each score is given. {highest_bar(edges[0], shares)}"
    picture = drawn(draw, key="scores", name="Spread of scores", x="Score", y="Share of rows", square=True)
    return Figure(key="scores", title="Spread of scores", picture=picture, words=told)


def histogram_shares(edges: list[float], rows: dict[str, Points]) -> dict[str, list[float]]:
    """Of the sides that have a number for each bin, and a row at all."""
    return {
        side: [count / sum(counts) for count in counts]
        for side, (counts,) in rows.items()
        if len(counts) == len(edges) - 1 and sum(counts) > 0
    }


def highest_bar(edges: list[float], shares: dict[str, list[float]]) -> str:
    told = {}
    for side, heights in shares.items():
        top = max(range(len(heights)), key=heights.__getitem__)
        told[side] = (
            f"{short_of(edges[top])} to {short_of(edges[top + 1])} ({share_of(heights[top])} of the rows)"
        )
    return f"The highest bar is {of_both(told)}."


def short_of(value: float) -> str:
    """Three digits are all that a picture shows."""
    return short(float(f"{value:.3g}"))


def share_of(value: float) -> str:
    return percent(round(value, 3))
