"""`${{ }}`: what stands in it, in a key and within text."""

import re
from dataclasses import dataclass
from typing import Any

from tests.azure.errors import PipelineRefused
from tests.azure.expressions import evaluate
from tests.azure.values import Known, to_text

INSERTED = re.compile(r"\$\{\{((?:'[^']*'|[^'])*?)\}\}")
EACH = re.compile(r"each\s+([A-Za-z_]\w*)\s+in\s+(.+)", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Where a text stands, and what its expressions may look into."""

    alias: str
    path: str
    depth: int
    named: dict[str, Any]

    def evaluate(self, expression: str) -> Any:
        try:
            return evaluate(expression, self.named)
        except PipelineRefused as refused:
            raise PipelineRefused(refused.what, self.path) from refused

    def refuse(self, what: str) -> PipelineRefused:
        return PipelineRefused(what, self.path)


@dataclass(frozen=True, kw_only=True)
class Directive:
    kind: str
    expression: str = ""
    name: str = ""


def directive_of(key: str, scope: Scope) -> Directive | None:
    """What a key orders; None: it is an ordinary key, or one that is computed."""
    hit = INSERTED.fullmatch(key.strip())
    if hit is None:
        return None
    words = hit[1].strip()
    if words in ("else", "insert"):
        return Directive(kind=words)
    first, _, rest = words.partition(" ")
    if first in ("if", "elseif"):
        return Directive(kind=first, expression=rest)
    if first == "each":
        if each := EACH.fullmatch(words):
            return Directive(kind="each", name=each[1], expression=each[2])
        raise scope.refuse(f"'{key}' is no loop: ${{{{ each NAME in LIST }}}}")
    return None


def inserted(text: str, scope: Scope) -> Any:
    """A text with its expressions filled in; one that is nothing but an expression keeps the kind of its value."""
    if whole := INSERTED.fullmatch(text.strip()):
        value = scope.evaluate(whole[1])
        # what came out is never read again for expressions: it may hold anybody's words
        return to_text(value) if isinstance(value, (bool, float, int)) or value is None else value
    if "${{" in INSERTED.sub("", text):
        raise scope.refuse(f"'${{{{' is not closed: {text}")
    return INSERTED.sub(lambda hit: to_text(scope.evaluate(hit[1])), text)


def with_name(scope: Scope, name: str, value: Any) -> Scope:
    return Scope(
        alias=scope.alias, path=scope.path, depth=scope.depth, named={**scope.named, name.lower(): value}
    )


def scope_of(alias: str, path: str, depth: int, parameters: Known, variables: Any) -> Scope:
    named = {"parameters": parameters, "variables": variables}
    return Scope(alias=alias, path=path, depth=depth, named=named)
