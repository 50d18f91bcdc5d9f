"""Colours of the HTML report in the light, and what is written on a card."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CARD, INK, SOFT, LINE = "#ffffff", "#161b22", "#56606d", "#dfe3e8"
FORBIDDEN, LIMIT = "#fbeae5", "#b3361a"
OF_WORDS = {"better": "#0b6b61", "worse": "#b3361a", "unclear": SOFT, "same": SOFT}
OF_SIDES = {"champion": "#6a7482", "candidate": "#1f56c4"}
EDGE = 1.0
MARGIN = 16.0
TITLE, TEXT, SMALL = 13.0, 11.5, 10.0
_POINTS_AN_INCH = 72


def write(card: "Axes", x: float, y: float, text: str, **looks: object) -> None:
    """On one line, which `y` is the middle of."""
    card.text(x, y, text, **{"color": INK, "fontsize": TEXT, "va": "center", **looks})  # type: ignore[arg-type] # matplotlib's own words


def fitted(card: "Axes", text: str, room: float, size: float = TEXT) -> str:
    """Cut where it takes more than `room` points."""
    wide = width_of(card, text, size)
    if wide <= room:
        return text
    kept = max(0, int(len(text) * room / wide))
    while kept and width_of(card, f"{text[:kept]}…", size) > room:
        kept -= 1
    return f"{text[:kept].rstrip()}…"


def width_of(card: "Axes", text: str, size: float = TEXT) -> float:
    """Points."""
    from matplotlib.font_manager import FontProperties

    canvas: Any = card.figure.canvas
    wide, _, _ = canvas.get_renderer().get_text_width_height_descent(text, FontProperties(size=size), False)
    return float(wide) * _POINTS_AN_INCH / float(card.figure.dpi)
