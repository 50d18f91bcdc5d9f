"""YAML text as a tree of nodes, with limits that no config of a person reaches and every bomb does."""

from collections.abc import Iterator
from dataclasses import dataclass

import yaml
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from ci_mlops.config.scalars import Scalar, resolve
from ci_mlops.errors import BadConfig

DEEPEST = 24
MOST_VALUES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    line: int
    tag: str | None
    scalar: Scalar = None
    items: tuple["Node", ...] | None = None
    pairs: tuple[tuple["Node", "Node"], ...] | None = None
    weight: int = 1
    """Values in it, every alias written out."""
    depth: int = 1


def parse(text: str, name: str) -> Node | None:
    """
    The one document of `text`; None where it is empty.

    Raises:
        BadConfig: not YAML, several documents, an alias to nothing, too deep or too many values.
    """
    # the parser in Python, not libyaml: its messages are the same on every machine
    events = yaml.parse(text, Loader=yaml.SafeLoader)
    try:
        return _document(events, name)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        raise BadConfig(f"not YAML: {error.problem or error.context}", where=line) from error
    except (ValueError, OverflowError) as error:
        # PyYAML lets an escape beyond Unicode (`"\UFFFFFFFF"`) and a giant %YAML version through to Python
        raise BadConfig("not YAML: a number or an escape in it is out of range", where=name) from error


def _document(events: Iterator[Event], name: str) -> Node | None:
    root: Node | None = None
    documents = 0
    builder = _Builder(events, name)
    for event in events:
        if isinstance(event, DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise BadConfig(
                    "the file holds several YAML documents",
                    where=f"{name}:{_line(event)}",
                    mend="Keep one: remove the `---` line and what is not the config.",
                )
        elif isinstance(event, NodeEvent):
            root = builder.node(event, 1)
    return root


class _Builder:
    def __init__(self, events: Iterator[Event], name: str) -> None:
        self.events = events
        self.name = name
        self.anchors: dict[str, Node] = {}
        self.seen = 0

    def node(self, event: NodeEvent, depth: int) -> Node:
        self.seen += 1
        if depth > DEEPEST or self.seen > MOST_VALUES:
            raise self._too_much(event, "deep" if depth > DEEPEST else "many")
        if isinstance(event, AliasEvent):
            return self._alias(event, depth)
        assert isinstance(event, ScalarEvent | CollectionStartEvent)  # noqa: S101 - there is no fourth kind
        node = self._plain(event, depth)
        if node.weight > MOST_VALUES:
            raise self._too_much(event, "many")
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def _plain(self, event: ScalarEvent | CollectionStartEvent, depth: int) -> Node:
        line, tag = _line(event), event.tag
        if isinstance(event, ScalarEvent):
            # `implicit[0]`: a plain word, neither quoted nor a block
            scalar = resolve(event.value) if event.implicit[0] else event.value
            return Node(line=line, tag=tag, scalar=scalar)
        children = []
        while isinstance(inner := next(self.events), NodeEvent):
            children.append(self.node(inner, depth + 1))
        weight = 1 + sum(child.weight for child in children)
        deepest = 1 + max((child.depth for child in children), default=0)
        if isinstance(event, SequenceStartEvent):
            return Node(line=line, tag=tag, items=tuple(children), weight=weight, depth=deepest)
        pairs = tuple(zip(children[::2], children[1::2], strict=True))
        return Node(line=line, tag=tag, pairs=pairs, weight=weight, depth=deepest)

    def _alias(self, event: AliasEvent, depth: int) -> Node:
        if event.anchor not in self.anchors:
            # an anchor is known when its node ends, so a node that holds itself ends here too
            raise BadConfig(
                f"`*{event.anchor}` stands for nothing",
                where=f"{self.name}:{_line(event)}",
                mend=f"Write `&{event.anchor}` at the value that is meant, above this line.",
            )
        node = self.anchors[event.anchor]
        if depth + node.depth - 1 > DEEPEST:
            raise self._too_much(event, "deep")
        return node

    def _too_much(self, event: Event, how: str) -> BadConfig:
        what = (
            f"values are nested more than {DEEPEST} deep"
            if how == "deep"
            else f"the file holds more than {MOST_VALUES} values, with every alias written out"
        )
        return BadConfig(
            what,
            where=f"{self.name}:{_line(event)}",
            mend="No config needs that many: see docs/config.md.",
        )


def _line(event: Event) -> int:
    return event.start_mark.line + 1 if event.start_mark is not None else 1
