"""What decisions would cost from each score on, below the rows."""

from typing import TYPE_CHECKING

from ci_mlops.records import Verdict
from ci_mlops.report.html.cost_plot import Curves, decided_at, in_money
from ci_mlops.report.html.points import at
from ci_mlops.report.image import WIDTH
from ci_mlops.report.inline import to_terminal
from ci_mlops.report.picture.looks import LINE, MARGIN, OF_SIDES, SMALL, SOFT, TITLE, fitted, write
from ci_mlops.report.tables import candidate_title, champion_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COST_HEIGHT = 206.0
_TOP, _BOTTOM, _LEFT, _RIGHT = 56.0, 38.0, 50.0, 24.0
_LINES = {"champion": (0, (5, 2)), "candidate": "-"}
_MARKERS = {"champion": "s", "candidate": "o"}
_ROOM = 150.0


def draw_costs(
    figure: "Figure", card: "Axes", verdict: Verdict, curves: Curves, *, top: float, height: float
) -> None:
    card.plot([MARGIN, WIDTH - MARGIN], [top, top], color=LINE, linewidth=1)
    title = f"Cost per decision{in_money(verdict)}, by threshold"
    write(card, MARGIN, top + 20, title, fontsize=TITLE, fontweight="bold")
    decided = decided_at(verdict)
    titles = {"champion": champion_title(verdict), "candidate": candidate_title(verdict)}
    for place, side in enumerate(curves):
        x = MARGIN + place * (_ROOM + 40)
        card.plot([x, x + 24], [top + 41] * 2, color=OF_SIDES[side], linewidth=2, linestyle=_LINES[side])
        if side in decided:
            card.plot([x + 12], [top + 41], marker=_MARKERS[side], markersize=6, color=OF_SIDES[side])
        write(card, x + 31, top + 41, fitted(card, to_terminal(titles[side]), _ROOM, SMALL), fontsize=SMALL)
    width, tall = WIDTH - _LEFT - _RIGHT, COST_HEIGHT - _TOP - _BOTTOM
    axes = figure.add_axes((_LEFT / WIDTH, _BOTTOM / height, width / WIDTH, tall / height))
    for side, (thresholds, costs) in curves.items():
        axes.plot(thresholds, costs, color=OF_SIDES[side], linewidth=2, linestyle=_LINES[side])
    for side, threshold in decided.items():
        if side in curves:
            cost = at(threshold, *curves[side])
            axes.plot(
                [threshold], [cost], marker=_MARKERS[side], markersize=7, color=OF_SIDES[side], zorder=4
            )
    _dress(axes)


def _dress(axes: "Axes") -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_xlim(0, 1)
    axes.set_xlabel("Decided from this score on", color=SOFT, fontsize=SMALL)
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.tick_params(length=0, labelsize=SMALL, labelcolor=SOFT)
    axes.grid(visible=True, color=LINE)
    axes.set_axisbelow(True)
    for spine in axes.spines.values():
        spine.set_visible(False)
