"""Elements of a page. What anybody else wrote becomes markup here or in `inline.to_html`, and nowhere else."""

from html import escape
from typing import NewType

from ci_mlops.report.inline import to_html, to_terminal

Markup = NewType("Markup", str)
_VOID = {"br", "hr", "img", "input", "link", "meta"}


def words(text: str) -> Markup:
    """A text of `inline`."""
    return Markup(to_html(text))


def plain(text: str) -> str:
    """The same without its marks, for an attribute or a plot; not escaped yet."""
    return to_terminal(text)


def said(text: str) -> Markup:
    return Markup(escape(text))


def tag(element: str, /, *inside: Markup | None, **attributes: str | float | bool | None) -> Markup:
    """
    One element; an attribute that is None or False is left out, and one that is True has no value.

    >>> tag("td", said("a < b"), class_="wide", aria_label='"x"', hidden=True)
    '<td class="wide" aria-label="&quot;x&quot;" hidden>a &lt; b</td>'
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    opened = f"<{element}{written}>"
    return Markup(opened if element in _VOID else f"{opened}{joined(*inside)}</{element}>")


def joined(*parts: Markup | None) -> Markup:
    return Markup("".join(filter(None, parts)))


def _attribute(key: str, value: str | float | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    if value is True:
        return f" {name}"
    return f' {name}="{escape(f"{value:g}" if isinstance(value, float) else str(value))}"'
