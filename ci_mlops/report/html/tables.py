"""A table of a document: its first words head each row, and its intervals are drawn beside their numbers."""

from ci_mlops.report.blocks import Interval, Table
from ci_mlops.report.html.icons import of_mark
from ci_mlops.report.html.interval_plots import Reach, interval_plot, reaches
from ci_mlops.report.html.tags import Markup, plain, said, tag, words
from ci_mlops.report.tables import CHANGE_HEAD, INTERVAL_HEAD

_LONG = 12
"""Rows from which on a reader wants to search."""


def table(found: Table, label: str) -> Markup:
    """`label` names it for who can't see what is around it."""
    drawn = found.head.index(INTERVAL_HEAD) if any(found.intervals) else None
    reach = reaches(found.intervals)
    heads = [
        _drawn_head(text) if at == drawn else _head(text, found.align[at])
        for at, text in enumerate(found.head)
    ]
    rows = [_row(found, at, drawn, reach) for at in range(len(found.rows))]
    whole = tag(
        "table",
        tag("thead", tag("tr", *heads)),
        tag("tbody", *rows),
        class_="simple" if drawn is None else "rich",
        data_sortable=len(rows) > 1 and drawn is not None,
        data_search=len(rows) >= _LONG,
    )
    # a region that scrolls is reached by the keyboard, so it needs a name
    return tag("div", whole, class_="scroll", tabindex="0", role="region", aria_label=plain(label))


def _head(text: str, align: str) -> Markup:
    return tag("th", words(text), scope="col", class_=align) if text else tag("td", class_=align)


def _drawn_head(text: str) -> Markup:
    ends = (
        tag("span", said("\N{LEFTWARDS ARROW} worse")),
        tag("span", words(text)),
        tag("span", said("better \N{RIGHTWARDS ARROW}")),
    )
    return tag("th", tag("div", *ends), scope="col", class_="drawn")


def _row(found: Table, at: int, drawn: int | None, reach: Reach) -> Markup:
    texts = found.rows[at]
    heads_at = found.align.index("left") if "left" in found.align else 0
    cells = [
        _cell(text, found.align[place], found.head[place], heads=place == heads_at)
        for place, text in enumerate(texts)
    ]
    if drawn is None:
        return tag("tr", *cells)
    one = found.intervals[at]
    # what changed stands before its interval
    cells[drawn] = _drawn(one, reach, change=texts[drawn - 1], bounds=texts[drawn])
    return tag("tr", *cells, class_=one.word if one is not None else None)


def _drawn(one: Interval | None, reach: Reach, *, change: str, bounds: str) -> Markup:
    numbers = tag("span", words(bounds), class_="bounds") if bounds else None
    if one is None:
        return tag("td", numbers, class_="drawn")
    told = f"{plain(change)}, {plain(INTERVAL_HEAD)} {plain(bounds)}"
    return tag("td", interval_plot(one, reach, told), numbers, class_="drawn")


def _cell(text: str, align: str, head: str, *, heads: bool) -> Markup:
    marked = of_mark(text)
    if marked is not None and not marked[1]:
        return tag("td", marked[0], class_="mark")
    if heads:
        return tag("th", words(text), scope="row", class_=align)
    kind = f"{align} change" if head == CHANGE_HEAD else align
    return tag("td", words(text), class_=kind, data_label=plain(head) or None)
