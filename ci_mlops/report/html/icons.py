"""One sign for each fate: a shape of its own, so that no colour has to be told from another."""

from ci_mlops.records import Verdict
from ci_mlops.report.html.tags import Markup, said, tag

_RING = "M10 1.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z"
SHAPES = {
    "passed": (_RING, "M6 10.4l2.7 2.7L14.2 7.4"),
    "blocked": ("M6.5 1.5h7l5 5v7l-5 5h-7l-5-5v-7z", "M7 7l6 6M13 7l-6 6"),
    "undecided": ("M10 1.2L18.8 10 10 18.8 1.2 10z", "M8 8a2 2 0 1 1 2.8 1.8c-.6.3-.8.7-.8 1.3M10 13.4v.2"),
    "warned": ("M10 2L18.8 17.5H1.2z", "M10 7.8v4.4M10 14.6v.2"),
    "skipped": (_RING, "M6.2 10h7.6"),
    "waived": (_RING, "M7 10V8.2a3 3 0 0 1 5.7-1.3M6.4 10h7.2v4H6.4z"),
    "informs": (_RING, "M10 9v5M10 6v.2"),
    "failed": ("M2.5 2.5h15v15h-15z", "M10 6v5M10 13.6v.2"),
}
_OF_MARKS = {
    "✅": ("passed", "held"),
    "❌": ("blocked", "broken"),
    "⚠️": ("warned", "broken, only warns"),
    "🟡": ("undecided", "undecided"),
    "⚪": ("skipped", "skipped"),
    "🔓": ("waived", "waived"),
}
_OF_VERDICTS = {"not_applicable": "skipped", "not_evaluated": "failed"}


def verdict_shape(verdict: Verdict) -> str:
    """Never that of a passed one where nothing was decided."""
    return "informs" if verdict.for_information else _OF_VERDICTS.get(verdict.verdict, verdict.verdict)


def icon(shape: str, name: str = "") -> Markup:
    """Without a name it says nothing that the words beside it don't."""
    outline, sign = SHAPES[shape]
    inside = (tag("path", class_="i-shape", d=outline), tag("path", class_="i-sign", d=sign))
    if not name:
        return tag("svg", *inside, class_=f"icon {shape}", viewBox="0 0 20 20", aria_hidden="true")
    title = tag("title", said(name))
    return tag(
        "svg", title, *inside, class_=f"icon {shape}", viewBox="0 0 20 20", role="img", aria_label=name
    )


def of_mark(text: str) -> tuple[Markup, str] | None:
    """The sign at the head of a text, and what follows it."""
    for mark, (shape, name) in _OF_MARKS.items():
        if text.startswith(mark):
            return icon(shape, name), text.removeprefix(mark).lstrip()
    return None
