"""One expression, from text to value. What is not known is an error, at compile time and at run time alike."""

import re
from collections.abc import Mapping
from typing import Any

from tests.azure.errors import PipelineRefused
from tests.azure.functions import FUNCTIONS, MANY, Function
from tests.azure.values import Unconvertible, index, members

TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\.?\d[\d.]*)|(?P<name>[A-Za-z_]\w*)|(?P<mark>[()\[\],.*]))"
)
WORDS = {"true": True, "false": False, "null": None}


def evaluate(
    expression: str, named: Mapping[str, Any], functions: Mapping[str, Function] | None = None
) -> Any:
    """
    Args:
        expression: Without `${{ }}` or `$[ ]`.
        named: What may be looked into: parameters, variables, dependencies...
        functions: More than the general ones: `always()` and its kin in a condition.
    """
    reading = _Reading(expression, named, functions or {})
    try:
        value = reading.expression()
    except Unconvertible as error:
        raise PipelineRefused(f"a list or an object stands where text is needed: {expression}") from error
    reading.end()
    return value


class _Reading:
    """Reads and evaluates at once, from left to right."""

    def __init__(self, source: str, named: Mapping[str, Any], functions: Mapping[str, Function]) -> None:
        self._source = source
        self._tokens = self._split(source)
        self._named = {name.lower(): value for name, value in named.items()}
        self._functions = {
            **FUNCTIONS,
            **{name.lower(): (0, MANY, function) for name, function in functions.items()},
        }

    def expression(self) -> Any:
        value = self._primary()
        while True:
            if self._next("."):
                if self._next("*"):
                    value = members(value)
                    name = self._take("name") if self._next(".") else None
                    value = value if name is None else [index(one, name) for one in value]
                else:
                    value = index(value, self._take("name"))
            elif self._next("["):
                value = index(value, self.expression())
                self._expect("]")
            else:
                return value

    def end(self) -> None:
        if self._tokens:
            self._refuse(f"unexpected symbol '{self._tokens[0][1]}'")

    def _primary(self) -> Any:
        if not self._tokens:
            self._refuse("it ends too early")
        kind, text = self._tokens.pop(0)
        if kind == "text":
            return text[1:-1].replace("''", "'")
        if kind == "number":
            return float(text) if text.count(".") < 2 else text
        if kind != "name":
            self._refuse(f"unexpected symbol '{text}'")
        if self._next("("):
            return self._call(text)
        if text.lower() in WORDS:
            return WORDS[text.lower()]
        if text.lower() not in self._named:
            self._refuse(f"unrecognized value '{text}'")
        return self._named[text.lower()]

    def _call(self, name: str) -> Any:
        if name.lower() not in self._functions:
            self._refuse(f"unrecognized function '{name}'")
        least, most, function = self._functions[name.lower()]
        given: list[Any] = []
        while not self._next(")"):
            if given:
                self._expect(",")
            given.append(self.expression())
        if not least <= len(given) <= most:
            self._refuse(f"'{name}' takes {least} to {most} arguments, and got {len(given)}")
        return function(given)

    def _next(self, mark: str) -> bool:
        if self._tokens and self._tokens[0] == ("mark", mark):
            self._tokens.pop(0)
            return True
        return False

    def _expect(self, mark: str) -> None:
        if not self._next(mark):
            self._refuse(f"'{mark}' is missing")

    def _take(self, kind: str) -> str:
        if not self._tokens or self._tokens[0][0] != kind:
            self._refuse(f"a {kind} is missing")
        return self._tokens.pop(0)[1]

    def _split(self, source: str) -> list[tuple[str, str]]:
        tokens, at = [], 0
        source = source.rstrip()
        while at < len(source):
            hit = TOKEN.match(source, at)
            if hit is None or hit.lastgroup is None:
                self._refuse(f"unexpected symbol '{source[at:].strip()[:1]}'")
            tokens.append((hit.lastgroup, hit[hit.lastgroup]))
            at = hit.end()
        return tokens

    def _refuse(self, what: str) -> Any:
        raise PipelineRefused(f"{what} in the expression: {self._source.strip()}")
