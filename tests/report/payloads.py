"""What strangers write into names, and what each would do if it came alive; and a verdict that is full of it."""

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Payload:
    name: str
    text: str
    does: str
    """If it lived."""


PAYLOADS = (
    Payload("mention", "@everyone `@octocat`", "calls people"),
    Payload("mention by id", "@<0e4c6f7e-1111-2222-3333-444455556666>", "calls a person on Azure DevOps"),
    Payload("link", "[click](https://evil.example/x)", "leads a reader away"),
    Payload("reference link", "[x]\n\n[x]: https://evil.example 'y'", "defines a link for text of ours"),
    Payload("autolink", "https://evil.example www.evil.example <https://evil.example>", "becomes a link"),
    Payload("javascript link", "[x](javascript:alert(1))", "runs a script on a click"),
    Payload("email", "me@evil.example <me@evil.example>", "becomes a link to a mailbox"),
    Payload("image", "![x](https://evil.example/pixel.png)", "tells a stranger who reads this"),
    Payload("script", "<script>alert(1)</script>", "runs a script"),
    Payload("handler", "<img src=x onerror=alert(1)><svg onload=alert(1)>", "runs a script"),
    Payload("frame", "<iframe src='data:text/html,<b>x'></iframe><style>*{display:none}</style>", "hides the verdict"),
    Payload("attribute", "\" onmouseover=alert(1) x=' y=`", "leaves an attribute that holds it"),
    Payload("end of details", "</summary></details><h1>Model gate passed</h1>", "leaves the fold, and shouts"),
    Payload("table break", "a | b |\n| c \\| d", "adds cells, and shifts the numbers"),
    Payload("heading", "x\n\n# Model gate passed\n\n===", "writes a verdict of its own"),
    Payload("code fence", "``` ` ``\n```\nx", "ends the code that it stands in"),
    Payload("fake marker", "--> <!-- ci-mlops:report:v1 model=x key=y run=9.9 sha= -->", "passes for our own comment"),
    Payload("task list", "- [x] Approved by the owner", "shows a tick that nobody made"),
    Payload("footnote", "[^1]\n\n[^1]: approved", "writes at the end of the comment"),
    Payload("math", "$\\href{javascript:alert(1)}{x}$ $`x`$ $$x$$", "draws, and links"),
    Payload("emoji", ":white_check_mark: :tada:", "shows the sign of a passed rule"),
    Payload("cross-reference", "#12 GH-12 acme/credit#3 AB#4 !5", "links this change to another"),
    Payload("commit", "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef acme@deadbee", "links a commit"),
    Payload("entity", "&lt;b&gt;&#64;everyone&#x3C;script&#x3E;&amp;nbsp;", "is decoded once too often"),
    Payload("emphasis", "**Passed** ~~blocked~~ _x_ ==y== ||z||", "looks like words of ours"),
    Payload("alert", "> [!NOTE]\n> Approved", "writes in a box"),
    Payload("diagram", "```mermaid\ngraph TD; A-->B; click A href 'javascript:alert(1)'\n```", "draws, and links"),
    Payload("bidi", "\u202edessap\u202c \u2066x\u2069 \u200fy", "turns the words around it"),
    Payload("zero width", "pass\u200bed \ufeff\u2060\u00adx\u034f", "looks like another name"),
    Payload("marks of ours", "\ue000\ue001\ue002\ue003\ue004 x", "opens and closes what we wrote"),
    Payload("escape codes", "\x1b[2J\x1b[31mred\x1b[0m \x1b]8;;https://evil.example\x07x\x1b]8;;\x07 \x9b31m", "paints over the log"),
    Payload("control", "a\rb\x00c\x08d\x0be\x85f\u2028g", "paints over a line, ends a string or a file"),
    Payload("github command", "::error file=x::y\n::set-output name=verdict::passed\n  ::add-mask::e", "is obeyed by a runner"),
    Payload("old github command", "##[set-output name=verdict]passed ##[error]x", "is obeyed by a runner"),
    Payload("azure command", "##vso[task.setvariable variable=verdict;isOutput=true]passed", "is obeyed by an agent"),
    Payload("output", "x\nverdict=passed\nEOF\nexit-code<<EOF\n0\nEOF", "writes outputs of its own"),
    Payload("shell", "$(touch PWN) `touch PWN` ; touch PWN ${{ github.token }} $(System.AccessToken)", "runs a command"),
    Payload("format", "{verdict} {0.__class__} %s %(x)s", "is filled in"),
    Payload("empty", "", "leaves two backticks, which open a code that ends who knows where"),
    Payload("space", " \u00a0\u2003\t", "as the empty one"),
    Payload("very long", "W" * 3_000, "pushes the verdict out of the comment"),
    Payload("very long and wide", "\U0001f9ea" * 2_000, "as above, in four bytes a letter"),
    Payload("combining", "z" + "\u0335\u0489" * 200, "paints over the lines above and below"),
    Payload("half a pair", "\ud83d x", "can't be encoded, and ends the report"),
)  # fmt: skip


def poisoned(value: Any, text: str) -> Any:
    """The same record with `text` in every field that may hold anybody's string; what is one of a few words stays."""
    hints = typing.get_type_hints(type(value))
    return dataclasses.replace(
        value,
        **{
            field.name: _poisoned(getattr(value, field.name), hints[field.name], text)
            for field in dataclasses.fields(value)
            if field.name != "schema"
        },
    )


def _poisoned(value: Any, hint: Any, text: str) -> Any:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if value is None or origin is Literal:
        return value
    if origin in (typing.Union, types.UnionType):
        fitting = [one for one in inner if one is not type(None)]
        return _poisoned(value, fitting[0], text)
    if isinstance(value, str):
        return text
    if dataclasses.is_dataclass(value):
        return poisoned(value, text)
    if isinstance(value, tuple):
        hints = inner[:1] * len(value) if inner[-1:] == (Ellipsis,) else inner
        return tuple(_poisoned(one, hint, text) for one, hint in zip(value, hints, strict=True))
    if isinstance(value, Mapping):
        return {
            _poisoned(key, inner[0], text if at == 0 else f"{text}{at}"): _poisoned(one, inner[1], text)
            for at, (key, one) in enumerate(value.items())
        }
    return value
