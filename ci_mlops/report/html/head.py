"""What the browser is told before the page: above all that nothing may be fetched, and that only our own script may run."""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from ci_mlops.records import Verdict
from ci_mlops.report.for_information import LEAD
from ci_mlops.report.html.icons import verdict_shape
from ci_mlops.report.html.tags import Markup, plain, said, tag
from ci_mlops.report.inline import name

_HERE = Path(__file__).parent
_COLOURS = {"passed": "0b6b61", "blocked": "b3361a", "undecided": "7d5200", "informs": "1f56c4"}
_GREY = "56606d"
_WORDS = {
    "passed": "Passed",
    "blocked": "Blocked",
    "undecided": "Undecided",
    "not_applicable": "Not applicable",
    "not_evaluated": "Not evaluated",
}


def head(verdict: Verdict) -> Markup:
    style = _text("page.css")
    policy = (
        f"default-src 'none'; style-src {_allowed(style)}; script-src {_allowed(script())}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    shape = verdict_shape(verdict)
    title = plain(f"{LEAD if verdict.for_information else _WORDS[verdict.verdict]}: {name(verdict.model)}")
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", said(title)),
        tag("link", rel="icon", href=_sign(_COLOURS.get(shape, _GREY))),
        tag("style", Markup(style)),
    )


def script() -> str:
    return _text("page.js")


def _sign(colour: str) -> str:
    """The verdict's colour, on the browser's tab."""
    drawing = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><rect width='16' height='16' rx='4' fill='#{colour}'/></svg>"
    return f"data:image/svg+xml;base64,{b64encode(drawing.encode()).decode()}"


def _text(file: str) -> str:
    return (_HERE / file).read_text(encoding="utf-8")


def _allowed(text: str) -> str:
    """Of all texts only this one."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
