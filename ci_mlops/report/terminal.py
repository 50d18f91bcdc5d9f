"""Blocks for a terminal or a CI log: the same order and words, nothing folded away."""

import textwrap
from collections.abc import Mapping

from ci_mlops.report.blocks import Block, Details, Heading, Items, Simple, Table
from ci_mlops.report.grid import NARROWEST_COLUMN, grid, listed, shown_width
from ci_mlops.report.inline import to_terminal

NARROWEST = 40
# emoji are two cells wide in one terminal and one in another: tables need signs that are one in all
_MARKS = {
    "❌": "✗ broken",
    "⚠️": "! warns",
    "🟡": "? open",
    "✅": "✓ held",
    "⚪": "- skipped",
    "🔓": "! waived",
}
_COLOURS = {"✗": "31", "!": "33", "?": "33", "✓": "32"}


def to_text(blocks: tuple[Block, ...], *, width: int, colour: bool, marks: Mapping[str, str] = _MARKS) -> str:
    """Colour changes no letter and no line. `marks`: what a cell that is one emoji becomes."""
    return "\n\n".join(_block(block, max(width, NARROWEST), colour, marks) for block in blocks)


def bold(text: str, *, colour: bool) -> str:
    return "\n".join(f"\x1b[1m{line}\x1b[0m" for line in text.splitlines()) if colour else text


def _block(block: Block, width: int, colour: bool, marks: Mapping[str, str]) -> str:
    if isinstance(block, Details):
        head = bold(_wrapped(to_terminal(block.summary), width), colour=colour)
        return "\n".join([head, *(_simple(each, width, colour, marks) for each in block.blocks)])
    return _simple(block, width, colour, marks)


def _simple(block: Simple, width: int, colour: bool, marks: Mapping[str, str]) -> str:
    if isinstance(block, Table):
        return _table(block, width, colour, marks)
    if isinstance(block, Items):
        bullets = [f"{at}. " if block.numbered else "- " for at in range(1, len(block.texts) + 1)]
        pairs = zip(bullets, block.texts, strict=True)
        return "\n".join(_wrapped(to_terminal(text), width, mark) for mark, text in pairs)
    text = _wrapped(to_terminal(block.text), width)
    return bold(text, colour=colour and isinstance(block, Heading))


def _table(table: Table, width: int, colour: bool, marks: Mapping[str, str]) -> str:
    lines: list[str] = []
    for breaks, narrowest in ((False, NARROWEST_COLUMN), (True, 8)):
        head = [to_terminal(cell, breaks=breaks) for cell in table.head]
        rows = [[to_terminal(marks.get(cell, cell), breaks=breaks) for cell in row] for row in table.rows]
        lines = grid(head, rows, table.align, width=width, narrowest=narrowest)
        if max(map(shown_width, lines)) <= width:
            break
    else:
        lines = listed(head, rows, width=width)
    return "\n".join(_coloured(line) if colour else line for line in lines)


def _wrapped(text: str, width: int, first: str = "") -> str:
    return textwrap.fill(
        text,
        width,
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _coloured(line: str) -> str:
    sign = line.lstrip()[:1]
    return f"\x1b[{_COLOURS[sign]}m{line}\x1b[0m" if sign in _COLOURS else line
