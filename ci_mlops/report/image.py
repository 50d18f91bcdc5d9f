"""A picture's place in a comment: a line that a platform fills with the address of the picture, or takes away."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ci_mlops.records import Picture, Verdict
from ci_mlops.report.blocks import Block, Table
from ci_mlops.report.inline import to_terminal
from ci_mlops.report.numbers import ARROW, MINUS, NONE

WIDTH = 420
"""CSS pixels. Azure DevOps takes a width behind the address; a picture has twice as many, for fine screens."""
ROOM = 1024
"""Bytes that an address may take more than the place that it is put into."""
_LONGEST_WORDS = 1_200
_PLACE = re.compile(
    r"(?m)^(?P<words>!\[[^\[\]\n]*\])\(ci-mlops-picture:(?P<name>[\w.-]+)(?P<width> =\d+x)\)\n*"
)
_WORDLESS = re.compile(rf"[^\w .,;%()+'²=…≈{MINUS}{NONE}{ARROW}↑↓€£$¥&<>-]|_|(?<!\d)\.(?=\w)")
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


@dataclass(frozen=True, slots=True)
class Image:
    name: str
    words: str
    """What it shows, for who can't see it; a text of `inline`."""


def image_of(verdict: Verdict, picture: Picture | None) -> Image | None:
    if picture is None:
        return None
    from ci_mlops.report.picture.words import words

    return Image(picture.name, words(verdict))


def below_the_table(blocks: Sequence[Block], image: Image | None) -> tuple[Block | Image, ...]:
    """Of metrics, with its footnote; nowhere, where there is none."""
    at = next((at for at, block in enumerate(blocks) if isinstance(block, Table)), None)
    if image is None or at is None:
        return tuple(blocks)
    return (*blocks[: at + 2], image, *blocks[at + 2 :])


def to_place(image: Image) -> str:
    return f"![{_inert(image.words)}](ci-mlops-picture:{image.name} ={WIDTH}x)"


def filled(text: str, addresses: dict[str, str]) -> str:
    """With the address of every picture that has one, by its name; the places of others go."""

    def fill(found: re.Match[str]) -> str:
        address = addresses.get(found["name"])
        return f"{found['words']}({address}{found['width']})\n\n" if address else ""

    return _PLACE.sub(fill, text)


def shown(text: str) -> list[str]:
    """Names of the pictures that a text has places for."""
    return [found["name"] for found in _PLACE.finditer(text)]


def _inert(text: str) -> str:
    """Between the brackets of an image nothing is text yet: no sign is left there that Markdown gives a meaning to."""
    plain = " ".join(_WORDLESS.sub(" ", to_terminal(text)).split())
    cut = plain if len(plain) <= _LONGEST_WORDS else f"{plain[: _LONGEST_WORDS - 1].rstrip()}…"
    return re.sub("[&<>]", lambda found: _ESCAPED[found[0]], cut)
