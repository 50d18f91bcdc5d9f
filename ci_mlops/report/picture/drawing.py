"""
The picture itself: a row for each of the table, and below them the costs.

A card of its own ground, so that a light and a dark page show the same; told apart by shape and place, not by colour.
"""

import io
from typing import TYPE_CHECKING, Any

from ci_mlops.records import Verdict
from ci_mlops.report.html.cost_plot import cost_curves_of
from ci_mlops.report.html.drawing import import_matplotlib
from ci_mlops.report.image import WIDTH
from ci_mlops.report.picture.costs import COST_HEIGHT, draw_costs
from ci_mlops.report.picture.forest import draw_forest, forest_height
from ci_mlops.report.picture.looks import CARD, EDGE, LINE
from ci_mlops.report.picture.rows import rows_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_POINTS_AN_INCH = 72
_DOTS_A_POINT = 2
_SETTINGS: Any = {"font.family": "DejaVu Sans", "font.size": 11, "text.parse_math": False}


def draw(verdict: Verdict) -> bytes:
    """
    Raises:
        BadConfig: matplotlib is not installed here.
    """
    import_matplotlib()
    import warnings

    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows, (curves, _) = rows_of(verdict), cost_curves_of(verdict)
    above = forest_height(len(rows))
    height = above + (COST_HEIGHT if curves else 0)
    # nobody's matplotlibrc: a picture looks the same wherever it is made
    with mpl.rc_context(), warnings.catch_warnings():
        # a letter that the font lacks is drawn as a box
        warnings.filterwarnings("ignore", message="Glyph")
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)
        figure = Figure(figsize=(WIDTH / _POINTS_AN_INCH, height / _POINTS_AN_INCH), facecolor=CARD)
        FigureCanvasAgg(figure)
        card = figure.add_axes((0, 0, 1, 1))
        _dress(card, height)
        draw_forest(card, rows)
        if curves:
            draw_costs(figure, card, verdict, curves, top=above, height=height)
        told = io.BytesIO()
        figure.savefig(
            told,
            format="png",
            dpi=_POINTS_AN_INCH * _DOTS_A_POINT,
            metadata={"Software": None},
            pil_kwargs={"optimize": True},
        )
    return told.getvalue()


def _dress(card: "Axes", height: float) -> None:
    """One unit is a point, from the upper left corner."""
    card.set(xlim=(0, WIDTH), ylim=(height, 0))
    card.axis("off")
    across, down = (0.5, WIDTH - 0.5), (0.5, height - 0.5)
    xs = [across[0], across[1], across[1], across[0], across[0]]
    card.plot(xs, [down[0], down[0], down[1], down[1], down[0]], color=LINE, linewidth=EDGE)
