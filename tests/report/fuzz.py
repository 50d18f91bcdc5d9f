"""
Ten thousand strange strings through every renderer, in a cell, a summary, a list and a sentence each.

`python -m tests.report.fuzz [COUNT [SEED]]` tries others than the test does; it ends with the strings that came alive.
"""

import json
import random
import re
import sys
import time
from collections.abc import Iterator
from itertools import islice

from ci_mlops.platforms.github.commands import annotation_command, output_lines
from ci_mlops.records import Annotation
from ci_mlops.report.azure import RUN_PAGE, THREAD
from ci_mlops.report.blocks import Details, Heading, Items, Paragraph, Table
from ci_mlops.report.inline import code, commands_escaped, name, plain, prose, strong
from ci_mlops.report.markdown import GITHUB, to_dialect
from ci_mlops.report.terminal import to_text
from tests.report import inert
from tests.report.payloads import PAYLOADS

BATCH = 250
_SHORT = [payload.text for payload in PAYLOADS if len(payload.text) < 500]
_TOKENS = sorted({token for text in _SHORT for token in re.findall(r"\w+|\s|[^\w\s]+", text)} | set(_SHORT))
_SIGNS = "`|\\<>[](){}!#@$*_~:;&=+-.,/'\" \t\r\n\x00\x1b\x85\u2028\u202e\u200b\ufeff\ue000\ue001\ue002\ue003"
_PLANES = (
    (0x20, 0x7F),
    (0x80, 0x250),
    (0x300, 0x370),
    (0x2000, 0x2100),
    (0xD800, 0xE010),
    (0x1F300, 0x1F700),
)


def strings(count: int, seed: int) -> Iterator[str]:
    """Pieces of the payloads, signs of Markdown and any characters at all, put together by chance."""
    chance = random.Random(seed)

    def piece() -> str:
        kind = chance.random()
        if kind < 0.5:
            return chance.choice(_TOKENS)
        if kind < 0.85:
            return "".join(chance.choices(_SIGNS, k=chance.randint(1, 6)))
        return chr(chance.randrange(*chance.choice(_PLANES)))

    for _ in range(count):
        yield "".join(piece() for _ in range(chance.randint(0, 8)))


def check_all(batch: list[str]) -> None:
    """
    Raises:
        AssertionError: one of them is more than text somewhere.
    """
    for dialect in (GITHUB, THREAD, RUN_PAGE):
        text = to_dialect(_blocks(batch), dialect, largest=10**9, left_out="cut", end="<!-- end -->")
        check = inert.check_markdown if dialect is GITHUB else inert.check_azure
        [cells] = check(text, comments=1).tables
        assert cells == [4] * (len(batch) + 1)
    inert.check_terminal(to_text(_blocks(batch), width=60, colour=False))
    for text in batch:
        _check_lines(text)


def _blocks(batch: list[str]) -> tuple[Heading | Paragraph | Items | Table | Details, ...]:
    rows = tuple((name(text), prose(text), strong(code(text)), "end") for text in batch)
    return (
        Heading(f"About {name(batch[0])}: {prose(batch[0])}"),
        Paragraph("x"),
        Table(("a", "b", "c", "d"), ("left", "right", "centre", "left"), rows),
        Items(tuple(f"{prose(text)}: {name(text)}" for text in batch)),
        *(Paragraph(f"As {prose(text)}, {name(text)}.") for text in batch),
        *(Details(f"{strong(name(text))} {prose(text)}", (Paragraph(prose(text)),)) for text in batch),
    )


def _check_lines(text: str) -> None:
    """An output, an annotation and JSON: one line each, and nothing that a runner obeys."""
    told = plain(text)
    inert.check_terminal(told)
    assert "\n" not in told
    assert output_lines({"reason": told}).count("\n") == 3
    line = annotation_command(Annotation(level="error", title=told, message=told, file=told))
    assert len(line.splitlines()) == 1
    assert line.startswith("::error")
    inert.check_log(commands_escaped(json.dumps(text, ensure_ascii=False)))


def living(count: int, seed: int) -> list[str]:
    """Those that came alive."""
    found: list[str] = []
    rest = strings(count, seed)
    while batch := list(islice(rest, BATCH)):
        try:
            check_all(batch)
        except AssertionError:
            found += [text for text in batch if _is_alive(text)] or [f"only together: {batch!a}"]
    return found


def _is_alive(text: str) -> bool:
    try:
        check_all([text])
    except AssertionError:
        return True
    return False


def main() -> None:
    given = [int(word) for word in sys.argv[1:3]]
    count, seed = (*given, *(10_000, 1)[len(given) :])
    began = time.monotonic()
    found = living(count, seed)
    for text in found:
        print(f"came alive: {text!a}")
    print(f"{count} strings of seed {seed} in {time.monotonic() - began:.1f} s: {len(found)} came alive")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
