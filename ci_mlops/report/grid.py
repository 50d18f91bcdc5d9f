"""
A table in letters that fits its terminal: cells wrap, and wide characters keep their columns.

By hand, as importing tabulate took a quarter of the whole `report` command; `pin` draws its list with it.
"""

import textwrap
from collections.abc import Sequence
from itertools import zip_longest
from unicodedata import combining, east_asian_width

from ci_mlops.report.blocks import Align

GAP = "  "
NARROWEST_COLUMN = 12


def grid(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    align: Sequence[Align],
    *,
    width: int,
    narrowest: int = NARROWEST_COLUMN,
) -> list[str]:
    """Lines of a table; its widest columns wrap until it fits, or no column can give more."""
    widths = _widths([head, *rows], width, narrowest)
    lines = _lines(head, widths, align)
    lines.append(GAP.join("-" * room for room in widths))
    for row in rows:
        lines += _lines(row, widths, align)
    return lines


def listed(head: Sequence[str], rows: Sequence[Sequence[str]], *, width: int) -> list[str]:
    """Where no column can give more: each row under its first cell, a line for each other."""
    lines = []
    for name, *cells in rows:
        lines += textwrap.wrap(name, width, break_on_hyphens=False)
        for title, cell in zip(head[1:], cells, strict=True):
            told = f"{title}: {cell}" if title else cell
            lines += (
                textwrap.wrap(
                    told, width, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False
                )
                if cell
                else []
            )
    return lines


def shown_width(text: str) -> int:
    """Cells of a terminal: a Chinese character takes two, an accent none."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def _widths(rows: Sequence[Sequence[str]], width: int, narrowest: int) -> list[int]:
    widths = [max(map(shown_width, column)) for column in zip(*rows, strict=True)]
    while sum(widths) + len(GAP) * (len(widths) - 1) > width and max(widths) > narrowest:
        widths[widths.index(max(widths))] -= 1
    # what can't be broken keeps its room: better a wide table than a torn number
    wrapped = [[_wrapped(cell, room) for cell, room in zip(row, widths, strict=True)] for row in rows]
    return [
        max(shown_width(line) for cell in column for line in cell) for column in zip(*wrapped, strict=True)
    ]


def _lines(row: Sequence[str], widths: Sequence[int], align: Sequence[Align]) -> list[str]:
    cells = [_wrapped(cell, room) for cell, room in zip(row, widths, strict=True)]
    return [
        GAP.join(_padded(*each) for each in zip(line, widths, align, strict=True)).rstrip(" ")
        for line in zip_longest(*cells, fillvalue="")
    ]


def _wrapped(text: str, room: int) -> list[str]:
    return textwrap.wrap(text, max(room, 1), break_long_words=False, break_on_hyphens=False) or [""]


def _padded(text: str, room: int, align: Align) -> str:
    space = " " * (room - shown_width(text))
    return space + text if align == "right" else text + space
