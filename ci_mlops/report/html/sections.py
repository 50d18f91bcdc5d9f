"""A document's blocks as the sections of a page, each with the pictures that belong to it."""

from dataclasses import dataclass

from ci_mlops.records import Verdict
from ci_mlops.records.flipped import FlippedRows
from ci_mlops.report.blocks import Details, Heading, Items, Paragraph, Simple
from ci_mlops.report.html.cost_plot import cost
from ci_mlops.report.html.curve_section import curve_figures
from ci_mlops.report.html.figures import absent, figures
from ci_mlops.report.html.flipped_section import KEY, flipped_blocks, flipped_finding, flipped_title
from ci_mlops.report.html.icons import of_mark
from ci_mlops.report.html.matrices import matrices
from ci_mlops.report.html.tables import table
from ci_mlops.report.html.tags import Markup, joined, said, tag, words
from ci_mlops.report.html.trail import trail
from ci_mlops.report.inline import code, headed, link

_NO_COST_CURVE = (
    "Not drawn: cost against threshold. For it, both models must give scores, and this verdict holds none."
)
_MEASURED = ("more-rules", "errors", "slices", "metrics")
_NO_ROWS = (
    f"The rows that flipped are not shown: that takes columns which the policy lists in {code('report.flipped_rows')}, "
    f"and {code('flipped.json')} beside the verdict."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    key: str
    title: str
    """Texts of `inline`."""
    finding: str = ""
    inside: Markup


def sections(blocks: list[Details], verdict: Verdict, flipped: FlippedRows | None) -> list[Section]:
    """Curves and single rows come behind what is measured, and before what it was made of."""
    found = [_of_details(block, verdict, flipped) for block in blocks]
    at = next((at for at, one in enumerate(found) if one.key not in _MEASURED), len(found))
    return [*found[:at], *_curves(verdict), *_flipped(verdict, flipped), *found[at:]]


def _of_details(block: Details, verdict: Verdict, flipped: FlippedRows | None) -> Section:
    title, finding = headed(block.summary)
    blocks = (*block.blocks, *(trail(verdict) if block.key == "audit" else ()))
    inside = joined(*(simple(one, title) for one in blocks))
    if block.key == "errors":
        inside = joined(_errors(verdict), inside, _unshown(verdict, flipped))
    return Section(key=block.key, title=title, finding=finding, inside=inside)


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


def _unshown(verdict: Verdict, flipped: FlippedRows | None) -> Markup:
    lacks = flipped is None and verdict.flips is not None and verdict.flips.rows > 0
    return absent([_NO_ROWS]) if lacks else Markup("")


def _flipped(verdict: Verdict, found: FlippedRows | None) -> list[Section]:
    if found is None:
        return []
    title = flipped_title(found)
    inside = joined(*(simple(block, title) for block in flipped_blocks(found, verdict)))
    return [Section(key=KEY, title=title, finding=flipped_finding(found), inside=inside)]


def _curves(verdict: Verdict) -> list[Section]:
    if not verdict.measurements:
        return []
    found, lacking, title, finding = curve_figures(verdict)
    inside = joined(figures(found, verdict), absent(lacking))
    return [Section(key="curves", title=title, finding=finding, inside=inside)]
