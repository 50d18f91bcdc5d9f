"""The names of an ONNX classifier's classes, read from the file without the `onnx` package. A sibling of score.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator

# fields of onnx.proto: ModelProto.graph, GraphProto.node, NodeProto.attribute, AttributeProto.{name, ints, strings}
GRAPH, NODE, ATTRIBUTE, NAME, INTS, STRINGS = 7, 1, 5, 1, 8, 9


def classes_of(file: Path, count: int) -> list[str] | None:
    """What the last classifier of the graph says, if it names that many; None: it says nothing."""
    found = None
    try:
        for graph in parts(file.read_bytes(), GRAPH):
            for node in parts(graph, NODE):
                for attribute in parts(node, ATTRIBUTE):
                    names = labels(attribute)
                    if names is not None and len(names) == count:
                        found = names
    except (IndexError, ValueError):
        return None
    return found


def classes_by_answers(predictions: Any, scores: Any) -> list[str] | None:
    """Where every class is somewhere the likeliest and always goes with one label, the answers tell the names."""
    likeliest = scores.argmax(axis=1)
    names = []
    for place in range(scores.shape[1]):
        said = {str(label) for label in predictions[likeliest == place].tolist()}
        if len(said) != 1:
            return None
        names.append(said.pop())
    return names if len(set(names)) == len(names) else None


def labels(attribute: bytes) -> list[str] | None:
    name = next(parts(attribute, NAME), b"")
    if not name.startswith(b"classlabels_"):
        return None
    texts = [text.decode("utf-8", "replace") for text in parts(attribute, STRINGS)]
    return texts or [str(number) for number in integers(attribute, INTS)] or None


def fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """(number, bytes or integer) of a protobuf message."""
    place = 0
    while place < len(message):
        key, place = varint(message, place)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, place = varint(message, place)
            yield number, value
        elif kind == 2:
            size, place = varint(message, place)
            yield number, message[place : place + size]
            place += size
        elif kind in (1, 5):
            place += 8 if kind == 1 else 4
        else:
            raise ValueError(kind)


def parts(message: bytes, wanted: int) -> Iterator[bytes]:
    return (value for number, value in fields(message) if number == wanted and isinstance(value, bytes))


def integers(message: bytes, wanted: int) -> Iterator[int]:
    for number, value in fields(message):
        if number != wanted:
            continue
        if isinstance(value, int):
            yield signed(value)
            continue
        place = 0
        while place < len(value):  # packed
            one, place = varint(value, place)
            yield signed(one)


def signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value


def varint(message: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
        shift += 7
