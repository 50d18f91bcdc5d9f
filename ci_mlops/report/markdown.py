"""Blocks as Markdown, cut to a size in whole blocks. What one platform does its own way is a `Dialect`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ci_mlops.report.blocks import Block, Details, Heading, Items, Paragraph, Simple, Table
from ci_mlops.report.image import Image, to_place
from ci_mlops.report.inline import to_html, to_markdown

_RULES = {"left": ":--", "right": "--:", "centre": ":-:"}
_APART = "\N{WORD JOINER}"


@dataclass(frozen=True, slots=True)
class Dialect:
    folds: bool = True
    """Shows `<details>` folded; else they are sections, with their summary as the heading."""
    references: re.Pattern[str] | None = None
    """
    A sign before what makes it a reference, where the platform looks for these in the text as it was sent. Code is no
    shelter there, so the two are set apart by a character that has no width.
    """


GITHUB = Dialect()


def to_github(blocks: tuple[Block, ...], *, largest: int, left_out: str, end: str = "") -> str:
    return to_dialect(blocks, GITHUB, largest=largest, left_out=left_out, end=end)


def to_dialect(
    blocks: Sequence[Block | Image], dialect: Dialect, *, largest: int, left_out: str, end: str = ""
) -> str:
    """
    Markdown of at most `largest` UTF-8 bytes: details that do not fit are left out whole, the longest first, then
    whatever stands last; `left_out` says so. `end` is always kept.
    """
    kept = [apart(_block(block, dialect), dialect) for block in blocks]
    details = [at for at, block in enumerate(blocks) if isinstance(block, Details)]
    others = [at for at, block in enumerate(blocks) if not isinstance(block, Details)]
    note = ""
    for at in (*sorted(details, key=lambda at: _bytes(kept[at]), reverse=True), *reversed(others)):
        if _bytes(_joined(kept, note, end)) <= largest:
            break
        kept[at], note = "", left_out
    return _joined(kept, note, end)


def _joined(kept: list[str], note: str, end: str) -> str:
    return "\n\n".join(filter(None, [*kept, note, end])) + "\n"


def _bytes(text: str) -> int:
    return len(text.encode())


def apart(text: str, dialect: Dialect) -> str:
    """What a platform would look for in the text as it was sent, set apart."""
    return dialect.references.sub(rf"\g<0>{_APART}", text) if dialect.references else text


def _block(block: Block | Image, dialect: Dialect) -> str:
    if isinstance(block, Image):
        return to_place(block)
    if not isinstance(block, Details):
        return _simple(block)
    inside = "\n\n".join(_simple(each) for each in block.blocks)
    if not dialect.folds:
        return f"#### {to_markdown(block.summary)}\n\n{inside}"
    return f"<details><summary>{to_html(block.summary)}</summary>\n\n{inside}\n\n</details>"


def _simple(block: Simple) -> str:
    if isinstance(block, Heading):
        return f"### {to_markdown(block.text)}"
    if isinstance(block, Paragraph):
        return to_markdown(block.text)
    if isinstance(block, Items):
        marks = [f"{at}." if block.numbered else "-" for at in range(1, len(block.texts) + 1)]
        return "\n".join(f"{mark} {to_markdown(text)}" for mark, text in zip(marks, block.texts, strict=True))
    return _table(block)


def _table(table: Table) -> str:
    rules = "|".join(_RULES[align] for align in table.align)
    return "\n".join([_row(table.head), f"|{rules}|", *map(_row, table.rows)])


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(to_markdown(cell, cell=True) for cell in cells) + " |"
