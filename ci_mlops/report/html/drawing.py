"""
Axes drawn by matplotlib, without a window, and told as SVG that takes its looks from the page.

matplotlib lays out, the page's stylesheet colours: what is drawn has a kind (`set_gid`), which becomes its class.
"""

import io
from collections.abc import Callable, Sequence
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ci_mlops.errors import BadConfig
from ci_mlops.report.html.svg import to_inline
from ci_mlops.report.html.tags import Markup

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 380, 300
_POINTS_AN_INCH = 72
_SETTINGS: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "ci-mlops",
    "text.parse_math": False,
    "font.size": 11,
}
_LONG = 10_000
_MARKERS = {"champion": "s", "candidate": "o"}

Draw = Callable[["Axes"], None]
Ticks = Sequence[tuple[float, str]]


def drawn(
    draw: Draw,
    *,
    key: str,
    name: str,
    x: str,
    y: str,
    square: bool = False,
    x_ticks: Ticks = (),
    y_ticks: Ticks = (),
) -> Markup:
    """One picture; `key` is its own on the page, and `name` says to who can't see it what it is."""
    import_matplotlib()
    import matplotlib as mpl
    from matplotlib.figure import Figure

    # nobody's matplotlibrc: a report looks the same wherever it is made
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)
        height = WIDTH if square else HEIGHT
        figure = Figure(figsize=(WIDTH / _POINTS_AN_INCH, height / _POINTS_AN_INCH))
        left, right, top, bottom = 52, 12, 12, 46
        axes = figure.add_axes(
            (left / WIDTH, bottom / height, 1 - (left + right) / WIDTH, 1 - (top + bottom) / height)
        )
        draw(axes)
        _dress(axes, x, y, x_ticks, y_ticks)
        return Markup(to_inline(_told(figure), key=key, name=name))


def import_matplotlib() -> None:
    """From our own folder: it would read a `matplotlibrc` in the current one, which is the change's."""
    try:
        with chdir(Path(__file__).parent):
            import matplotlib.figure  # noqa: F401 - imported for good
    except ImportError as error:
        raise BadConfig(
            f"plots need the package matplotlib, and it is not installed here: {error}",
            where="--format html",
            mend="Render the page where the whole of ci-mlops is installed; the other formats need no plots.",
        ) from error


def line(axes: "Axes", xs: Sequence[float], ys: Sequence[float], kind: str) -> None:
    axes.plot(xs, ys, gid=kind, clip_on=False)


def dots(axes: "Axes", xs: Sequence[float], ys: Sequence[float], side: str) -> None:
    axes.plot(xs, ys, linestyle="none", marker=_MARKERS[side], markersize=7, gid=f"{side} dot", clip_on=False)


def steps(axes: "Axes", edges: Sequence[float], heights: Sequence[float], kind: str) -> None:
    """A histogram's outline, down to the ground on both sides."""
    xs = [edge for edge in edges for _ in range(2)]
    line(axes, xs, [0.0, *(height for height in heights for _ in range(2)), 0.0], kind)


def area(axes: "Axes", xs: Sequence[float], low: Sequence[float], high: Sequence[float], kind: str) -> None:
    axes.fill([*xs, *reversed(xs)], [*low, *reversed(high)], gid=f"{kind} band", clip_on=False)


def whiskers(
    axes: "Axes", xs: Sequence[float], low: Sequence[float], high: Sequence[float], side: str
) -> None:
    for x, bottom, top in zip(xs, low, high, strict=True):
        axes.plot([x, x], [bottom, top], gid=f"{side} whisker", clip_on=False)


def _shorten(axis: Any) -> None:
    """`200k` and `1.5M`: numbers of many digits run into each other, and a power of ten in the corner is not seen."""
    from matplotlib.ticker import EngFormatter

    axis.set_major_formatter(EngFormatter(sep=""))


def _dress(axes: "Axes", x: str, y: str, x_ticks: Ticks, y_ticks: Ticks) -> None:
    """Only a grid and words: a frame says nothing."""
    for axis, ticks in ((axes.xaxis, x_ticks), (axes.yaxis, y_ticks)):
        if ticks:
            axis.set_ticks([place for place, _ in ticks], labels=[text for _, text in ticks])
        elif max(map(abs, axis.get_view_interval())) >= _LONG:
            _shorten(axis)
    axes.tick_params(length=0, pad=7)
    axes.grid(visible=True, clip_on=False)
    axes.set_axisbelow(True)
    axes.patch.set_visible(False)
    axes.figure.patch.set_visible(False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_xlabel(x, gid="title", labelpad=7)
    axes.set_ylabel(y, gid="title", labelpad=7)
    for one in (*axes.get_xgridlines(), *axes.get_ygridlines()):
        one.set_gid("grid")


def _told(figure: "Figure") -> str:
    told = io.StringIO()
    figure.savefig(told, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return told.getvalue()
