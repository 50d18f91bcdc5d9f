"""A row for each metric: its interval around zero, and the ground where its rule is broken."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ci_mlops.report.blocks import Interval
from ci_mlops.report.html.interval_plots import reaches
from ci_mlops.report.image import WIDTH
from ci_mlops.report.numbers import NBSP
from ci_mlops.report.picture.looks import (
    CARD,
    FORBIDDEN,
    INK,
    LIMIT,
    LINE,
    MARGIN,
    OF_WORDS,
    SMALL,
    SOFT,
    TITLE,
    fitted,
    width_of,
    write,
)
from ci_mlops.report.picture.rows import Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_HEAD, _ROW, _FOOT = 54.0, 44.0, 46.0
_ZERO = WIDTH / 2
_HALF = WIDTH / 2 - MARGIN
_GAP, _SPACE = 10.0, 6.0
_MARKERS = {"better": "o", "worse": "D", "unclear": "o", "same": "o"}
_KEY = (("better", "better"), ("worse", "worse"), ("unclear", "no difference that can be shown"))


def forest_height(rows: int) -> float:
    return _HEAD + rows * _ROW + _FOOT


def draw_forest(card: "Axes", rows: Sequence[Row]) -> None:
    bottom = _HEAD + len(rows) * _ROW
    write(
        card,
        MARGIN,
        20,
        f"Change from the champion, with its 95{NBSP}% interval",
        fontsize=TITLE,
        fontweight="bold",
    )
    card.plot([_ZERO, _ZERO], [_HEAD - 4, bottom], color=SOFT, linewidth=1, linestyle=(0, (2, 2)))
    write(card, _ZERO - 8, 41, "← worse", color=SOFT, fontsize=SMALL, ha="right")
    write(card, _ZERO + 8, 41, "better →", color=SOFT, fontsize=SMALL)
    # what is counted in one unit has one scale
    reach = reaches([row.interval for row in rows])
    for at, row in enumerate(rows):
        _draw_row(card, row, _HEAD + at * _ROW, reach.get(row.interval.unit) or 1.0)
    _draw_key(card, bottom + 14, limits=any(row.interval.limit is not None for row in rows))


def _draw_row(card: "Axes", row: Row, top: float, half: float) -> None:
    one, middle = row.interval, top + 31
    card.plot([MARGIN, WIDTH - MARGIN], [top, top], color=LINE, linewidth=1)
    _draw_limit(card, one, middle, half)
    _write_row(card, row, top + 12)
    colour = OF_WORDS[one.word]
    low, high = _x(one.low, half), _x(one.high, half)
    card.plot([low, high], [middle, middle], color=colour, linewidth=2.5, solid_capstyle="butt")
    for end in (low, high):
        card.plot([end, end], [middle - 4, middle + 4], color=colour, linewidth=1.5)
    if one.at is not None:
        _draw_dot(card, _x(one.at, half), middle, one.word)


def _write_row(card: "Axes", row: Row, y: float) -> None:
    """On the card's own ground: the line of zero runs behind it."""
    ground = {"facecolor": CARD, "edgecolor": "none", "pad": 1}
    bounds = f"({row.bounds})"
    right = WIDTH - MARGIN - width_of(card, bounds, SMALL) - _SPACE
    room = right - MARGIN - _GAP - width_of(card, f"{row.change} {row.arrow}")
    label = row.label if width_of(card, row.label) <= room else fitted(card, row.short, room)
    write(card, MARGIN, y, f"{label} {row.arrow}", bbox=ground, zorder=3)
    write(card, right, y, row.change, ha="right", bbox=ground, zorder=3)
    write(card, WIDTH - MARGIN, y, bounds, ha="right", fontsize=SMALL, color=SOFT, bbox=ground, zorder=3)


def _draw_limit(card: "Axes", one: Interval, middle: float, half: float) -> None:
    """The ground where the rule is broken, and its border; one that is far off is no part of the picture."""
    if one.limit is None or abs(one.limit) > half:
        return
    at, top, bottom = _x(one.limit, half), middle - 8, middle + 8
    card.fill(
        [MARGIN, at, at, MARGIN],
        [top, top, bottom, bottom],
        facecolor=FORBIDDEN,
        edgecolor="none",
        zorder=0.5,
    )
    card.plot([at, at], [top, bottom], color=LIMIT, linewidth=1.2)


def _draw_dot(card: "Axes", x: float, y: float, word: str) -> None:
    """A shape for each word: a diamond is worse, a full dot better, a hollow one neither."""
    colour = OF_WORDS[word]
    full = word in ("better", "worse")
    card.plot(
        [x],
        [y],
        marker=_MARKERS[word],
        markersize=8,
        markeredgewidth=2,
        color=colour,
        markerfacecolor=colour if full else "white",
    )


def _draw_key(card: "Axes", y: float, *, limits: bool) -> None:
    x = MARGIN + 5
    for word, told in _KEY:
        _draw_dot(card, x, y, word)
        write(card, x + 9, y, told, fontsize=SMALL, color=INK)
        x += 9 + width_of(card, told, SMALL) + 20
    if limits:
        top, bottom = y + 9, y + 21
        card.fill([MARGIN, MARGIN + 10, MARGIN + 10, MARGIN], [top, top, bottom, bottom], facecolor=FORBIDDEN)
        card.plot([MARGIN + 10, MARGIN + 10], [top, bottom], color=LIMIT, linewidth=1.2)
        write(card, MARGIN + 14, y + 15, "further to the left, the rule is broken", fontsize=SMALL, color=INK)


def _x(value: float, half: float) -> float:
    # what is drawn must not leave the card, whatever somebody wrote into a verdict
    return _ZERO + max(-1.0, min(1.0, value / half)) * (_HALF - 6)
