"""A document's blocks as the sections of a page, each with the pictures that belong to it."""

from dataclasses import dataclass

from ci_mlops.records import Verdict
from ci_mlops.report.blocks import Details, Heading, Items, Paragraph, Simple
from ci_mlops.report.html.cost_plot import cost
from ci_mlops.report.html.curve_section import curve_figures
from ci_mlops.report.html.figures import absent, figures
from ci_mlops.report.html.icons import of_mark
from ci_mlops.report.html.matrices import matrices
from ci_mlops.report.html.tables import table
from ci_mlops.report.html.tags import Markup, joined, said, tag, words
from ci_mlops.report.html.trail import trail
from ci_mlops.report.inline import headed, link

_NO_COST_CURVE = (
    "Not drawn: cost against threshold. For it, both models must give scores, and this verdict holds none."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    key: str
    title: str
    """Texts of `inline`."""
    finding: str = ""
    inside: Markup


def of_details(block: Details, verdict: Verdict) -> list[Section]:
    """One, and behind all metrics the curves that they are read from."""
    title, finding = headed(block.summary)
    blocks = (*block.blocks, *(trail(verdict) if block.key == "audit" else ()))
    inside = joined(*(simple(one, title) for one in blocks))
    if block.key == "errors":
        inside = joined(_errors(verdict), inside)
    found = [Section(key=block.key, title=title, finding=finding, inside=inside)]
    return [*found, *_curves(verdict)] if block.key == "metrics" else found


def simple(block: Simple, title: str = "") -> Markup:
    if isinstance(block, Heading):
        return tag("h3", words(block.text))
    if isinstance(block, Paragraph):
        return paragraph(block.text)
    if isinstance(block, Items):
        lines = (tag("li", words(text)) for text in block.texts)
        return tag("ol" if block.numbered else "ul", *lines)
    return table(block, title or "Table")


def paragraph(text: str, kind: str | None = None) -> Markup:
    marked = of_mark(text)
    if marked is None:
        before, address = link(text)
        where = tag("a", said(address), href=address, rel="noreferrer") if address else None
        return tag("p", joined(words(before), where), class_=kind)
    sign, rest = marked
    return tag("div", sign, tag("p", words(rest)), class_="callout")


def written(section: Section) -> Markup:
    finding = tag("p", words(section.finding), class_="finding") if section.finding else None
    head = tag("header", joined(tag("h2", words(section.title), id=f"{section.key}-title"), finding))
    return tag(
        "section", head, section.inside, id=section.key, class_="card", aria_labelledby=f"{section.key}-title"
    )


def _errors(verdict: Verdict) -> Markup:
    """What was taken for what, and beside it what that costs from each score on."""
    found, of_classes = cost(verdict), matrices(verdict)
    if found is not None:
        parts = [tag("div", part) for part in (of_classes, figures([found], verdict)) if part]
        return tag("div", *parts, class_="beside")
    if verdict.cost is None or not verdict.cost.by_error or verdict.confusion is None:
        return of_classes
    return joined(of_classes, absent([_NO_COST_CURVE]))


def _curves(verdict: Verdict) -> list[Section]:
    found, lacking, title, finding = curve_figures(verdict)
    if not found and not lacking:
        return []
    inside = joined(figures(found, verdict), absent(lacking))
    return [Section(key="curves", title=title, finding=finding, inside=inside)]
