"""
Intervals as lines and dots inside the rows of a table: one picture a row, zero in the same place in all of them.

Drawn by hand: a row has six shapes, and no library draws them smaller or lines them up with the table's own text.
"""

from collections.abc import Sequence

from ci_mlops.report.blocks import Interval
from ci_mlops.report.html.tags import Markup, joined, said, tag

WIDTH, HEIGHT = 200.0, 26.0
_EDGE = 8.0
_MIDDLE = HEIGHT / 2
_ZERO = WIDTH / 2
# a limit further off than this many times the interval's reach is no part of the picture
_FAR = 3.0

Reach = dict[str, float]


def reaches(intervals: Sequence[Interval | None]) -> Reach:
    """By unit, the largest distance from zero that is drawn."""
    found: Reach = {}
    for one in intervals:
        if one is not None:
            found[one.unit] = max(found.get(one.unit, 0.0), _reach(one))
    return found


def interval_plot(one: Interval, reach: Reach, told: str) -> Markup:
    """`told` says in words what the picture shows."""
    half = reach.get(one.unit) or 1.0

    def x(value: float) -> float:
        # what is drawn by hand must not leave the picture, whatever somebody wrote into a verdict
        share = max(-1.0, min(1.0, value / half))
        return round(_ZERO + share * (_ZERO - _EDGE), 1)

    shapes = joined(
        tag("title", said(told)),
        _limit(one, x(one.limit)) if one.limit is not None and abs(one.limit) <= half else None,
        _line(_ZERO, 1.0, HEIGHT - 1, "zero"),
        tag("path", class_="span", d=f"M{x(one.low):g} {_MIDDLE:g}H{x(one.high):g}"),
        tag("path", class_="ends", d=_ends(x(one.low), x(one.high))),
        _dot(x(one.at), one.word) if one.at is not None else None,
    )
    size = f"0 0 {WIDTH:g} {HEIGHT:g}"
    return tag("svg", shapes, class_=f"interval {one.word}", viewBox=size, role="img", aria_label=told)


def _reach(one: Interval) -> float:
    own = max(abs(one.low), abs(one.high), abs(one.at or 0.0))
    if one.limit is not None and abs(one.limit) <= _FAR * own:
        own = max(own, abs(one.limit) * 1.05)
    return own


def _limit(one: Interval, at: float) -> Markup:
    """The ground where the rule is broken, and its border."""
    return joined(
        tag("rect", class_="forbidden", x="0", y="3", width=at, height=HEIGHT - 6) if at > 0 else None,
        _line(at, 3.0, HEIGHT - 3, "limit"),
    )


def _line(x: float, top: float, bottom: float, kind: str) -> Markup:
    return tag("path", class_=kind, d=f"M{x:g} {top:g}V{bottom:g}")


def _ends(low: float, high: float) -> str:
    return "".join(f"M{x:g} {_MIDDLE - 4:g}v8" for x in (low, high))


def _dot(x: float, word: str) -> Markup:
    """A shape for each word: a diamond is worse, a full dot better, a hollow one neither."""
    if word == "worse":
        return tag("path", class_="dot", d=f"M{x:g} {_MIDDLE - 5.5:g}l5.5 5.5-5.5 5.5-5.5-5.5z")
    return tag("circle", class_="dot", cx=x, cy=_MIDDLE, r=4.5)
