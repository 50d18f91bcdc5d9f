"""The text of a config as plain values and the line of each; whatever is wrong with the text itself is told."""

import re
from dataclasses import dataclass
from typing import Any

from ci_mlops.config.marks import Loc, Marks, spell
from ci_mlops.config.nodes import Node, parse
from ci_mlops.errors import BadConfig, CiMlopsError

LARGEST = 1024 * 1024
_LONGEST_KEY = 200
_NOT_TEXT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    values: dict[Any, Any]
    marks: Marks
    problems: tuple[tuple[int, CiMlopsError], ...]
    """(line, problem), told beside the problems of the values: tags, keys written twice, keys without a value."""
    told: frozenset[Loc]
    """Where those are, if no second problem is needed there."""

    @property
    def written(self) -> frozenset[str]:
        """The keys at the top of the file, with a value or without."""
        return frozenset(str(loc[0]) for loc in self.marks.lines if len(loc) == 1)


def read_document(text: str, name: str) -> Document:
    """
    Raises:
        BadConfig: nothing can be made of the text: not YAML, empty, no mapping, or a bomb.
    """
    text = text.removeprefix("\ufeff")
    if len(text.encode(errors="replace")) > LARGEST:
        raise BadConfig(
            "the file is larger than 1 MiB", where=name, mend="Is it a config? See docs/config.md."
        )
    if odd := _NOT_TEXT.search(text):
        line = text.count("\n", 0, odd.start()) + 1
        raise BadConfig(
            f"a character that YAML does not allow: U+{ord(odd.group()):04X}",
            where=f"{name}:{line}",
            mend="Remove it.",
        )
    root = parse(text, name)
    if root is None or (root.pairs is None and root.items is None and root.scalar is None):
        raise BadConfig(
            "the file is empty",
            where=f"{name}:1",
            mend="Start with `model: NAME` and `task: classification`.",
        )
    if root.pairs is None:
        raise BadConfig(
            "the file is not a mapping of keys to values",
            where=f"{name}:{root.line}",
            mend="Start with `model: NAME` and `task: classification`.",
        )
    return _Reading(name).document(root)


class _Reading:
    """Nodes to values; collects what is wrong on the way."""

    def __init__(self, name: str) -> None:
        self.marks: dict[Loc, int] = {}
        self.where = Marks(name=name, lines=self.marks)
        self.problems: list[tuple[int, CiMlopsError]] = []
        self.told: set[Loc] = set()

    def document(self, root: Node) -> Document:
        values = self._value(root, ())
        return Document(
            values=values,
            marks=self.where,
            problems=tuple(self.problems),
            told=frozenset(self.told),
        )

    def _tell(self, loc: Loc, line: int, what: str, mend: str, *, settled: bool = True) -> None:
        problem = BadConfig(what, where=f"{self.where.name}:{line} {spell(loc)}".rstrip(), mend=mend)
        self.problems.append((line, problem))
        if settled and loc:
            self.told.add(loc)

    def _value(self, node: Node, loc: Loc) -> Any:
        if node.tag is not None:
            self._tell(
                loc, node.line, f"the tag `{_short(node.tag)}` is refused", "Write the value without a tag."
            )
        if node.items is not None:
            return [self._item(item, (*loc, number)) for number, item in enumerate(node.items)]
        if node.pairs is not None:
            return self._mapping(node.pairs, loc)
        if isinstance(node.scalar, str) and (odd := _CONTROL.search(node.scalar)):
            self._tell(loc, node.line, f"a control character: U+{ord(odd.group()):04X}", "Remove it.")
        return node.scalar

    def _item(self, node: Node, loc: Loc) -> Any:
        self.marks[loc] = node.line
        if _empty(node):
            self._tell(loc, node.line, "the list item is empty", "Give it a value, or remove it.")
        return self._value(node, loc)

    def _mapping(self, pairs: tuple[tuple[Node, Node], ...], loc: Loc) -> dict[Any, Any]:
        values: dict[Any, Any] = {}
        lines: dict[str, int] = {}
        for key, value in pairs:
            word = _word(key)
            if word is None:
                self._tell(
                    loc,
                    key.line,
                    "a key is not a plain word",
                    "Write keys as words, without tags or braces.",
                    settled=False,
                )
                continue
            here = (*loc, word)
            if word in lines:
                self._tell(
                    here,
                    key.line,
                    f"`{_short(word)}` is written twice, first on line {lines[word]}",
                    "Keep one of them.",
                    settled=False,
                )
                continue
            lines[word] = self.marks[here] = key.line
            if _empty(value):
                self._tell(
                    here, key.line, f"`{_short(word)}` has no value", "Give it a value, or remove the line."
                )
                continue
            values[word] = self._value(value, here)
        return values


def _empty(node: Node) -> bool:
    return node.items is None and node.pairs is None and node.scalar is None and node.tag is None


def _word(key: Node) -> str | None:
    """A key as text: labels are keys too, and may be read as numbers."""
    if key.items is not None or key.pairs is not None or key.tag is not None or key.scalar is None:
        return None
    word = str(key.scalar)
    plain = word.strip() and len(word) <= _LONGEST_KEY and "\n" not in word and not _CONTROL.search(word)
    return word if plain else None


def _short(text: str) -> str:
    text = " ".join(_CONTROL.sub("?", text).split())
    return text if len(text) <= 60 else f"{text[:57]}..."
