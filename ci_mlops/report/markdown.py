"""Blocks as GitHub's Markdown, cut to a size in whole blocks."""

from ci_mlops.report.blocks import Block, Details, Heading, Items, Paragraph, Simple, Table
from ci_mlops.report.inline import to_html, to_markdown

_RULES = {"left": ":--", "right": "--:", "centre": ":-:"}


def to_github(blocks: tuple[Block, ...], *, largest: int, left_out: str, end: str = "") -> str:
    """
    Markdown of at most `largest` UTF-8 bytes: folded blocks that do not fit are left out whole, the longest
    first, and `left_out` says so. `end` is always kept.
    """
    written = [_block(block) for block in blocks]
    folded = [at for at, block in enumerate(blocks) if isinstance(block, Details)]
    kept = list(written)
    note = ""
    for at in sorted(folded, key=lambda at: len(written[at]), reverse=True):
        if _size(kept, note, end) <= largest:
            break
        kept[at] = ""
        note = left_out
    text = _joined(kept, note, end)
    if len(text.encode()) > largest:
        # not even the open part fits: its first lines and the end say what is true
        return _joined([written[0]], left_out, end)
    return text


def _size(kept: list[str], note: str, end: str) -> int:
    return len(_joined(kept, note, end).encode())


def _joined(kept: list[str], note: str, end: str) -> str:
    return "\n\n".join(filter(None, [*kept, note, end])) + "\n"


def _block(block: Block) -> str:
    if isinstance(block, Details):
        inside = "\n\n".join(_simple(each) for each in block.blocks)
        return f"<details><summary>{to_html(block.summary)}</summary>\n\n{inside}\n\n</details>"
    return _simple(block)


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
