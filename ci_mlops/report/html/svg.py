"""What matplotlib writes, made small and fit for the inside of a page: no styles, no ids but its own, few digits."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, fromstring

from ci_mlops.report.html.tags import Markup, joined, said, tag

_KINDS = {"champion", "candidate", "dot", "band", "whisker", "grid", "title", "chance"}
_ANCHOR = re.compile(r"text-anchor: (\w+)")
_NUMBER = re.compile(r"-?\d+\.\d+")
_SPACES = re.compile(r"\s+")


def to_inline(told: str, *, key: str, name: str) -> Markup:
    """`told` is our own drawing, not a document of anybody's."""
    root = fromstring(told)  # noqa: S314 - written by matplotlib a moment ago, from numbers
    size = root.attrib["viewBox"]
    inside = joined(*(part for child in root for part in _written(child, key, "")))
    return tag(
        "svg",
        tag("title", said(name), id=f"{key}-name"),
        inside,
        class_="plot",
        viewBox=size,
        role="img",
        aria_labelledby=f"{key}-name",
        aria_describedby=f"{key}-words",
    )


def _written(one: Element, key: str, kind: str) -> Iterator[Markup]:
    """Groups melt away; what they say of their kind stays with what is drawn."""
    name = one.tag.rpartition("}")[2]
    found = one.get("id", "").split()
    kind = " ".join(found) if found and _KINDS.issuperset(found) else kind
    if name == "g":
        for child in one:
            yield from _written(child, key, kind)
    elif name == "defs":
        markers = [child for child in one if child.get("id")]
        if markers:
            shapes = (
                tag("path", id=f"{key}-{child.get('id')}", d=_short(child.get("d", ""))) for child in markers
            )
            yield tag("defs", *shapes)
    elif name == "path":
        yield tag("path", class_=kind or None, d=_short(one.get("d", "")))
    elif name == "use":
        target = next(value for attribute, value in one.attrib.items() if attribute.endswith("href"))
        place = {axis: _short(one.get(axis, "")) for axis in ("x", "y")}
        yield tag("use", href=f"#{key}-{target[1:]}", class_=kind or None, x=place["x"], y=place["y"])
    elif name == "text":
        yield _text(one, kind)


def _text(one: Element, kind: str) -> Markup:
    anchor = _ANCHOR.search(one.get("style", ""))
    turned = one.get("transform", "")
    return tag(
        "text",
        said(one.text or ""),
        class_=kind or None,
        x=_short(one.get("x", "")) or None,
        y=_short(one.get("y", "")) or None,
        text_anchor=anchor[1] if anchor else None,
        transform=None if turned.startswith("rotate(-0 ") else _short(turned) or None,
    )


def _short(numbers: str) -> str:
    """One digit behind the point is a tenth of a pixel."""
    shorter = _NUMBER.sub(lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), numbers)
    return _SPACES.sub(" ", shorter).strip().replace(" z", "z").replace(" L ", "L").replace("M ", "M")
