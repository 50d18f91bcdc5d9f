"""The whole page, in the order of the document: one file that asks nobody for anything."""

from ci_mlops.records import Verdict
from ci_mlops.records.flipped import FlippedRows
from ci_mlops.report.blocks import Block, Details, Paragraph, Table
from ci_mlops.report.document import Size, document
from ci_mlops.report.headline import headline
from ci_mlops.report.html.head import head, script
from ci_mlops.report.html.icons import icon, verdict_shape
from ci_mlops.report.html.sections import Section, paragraph, sections, simple, written
from ci_mlops.report.html.tags import Markup, joined, said, tag, words
from ci_mlops.report.html.tiles import tiles
from ci_mlops.report.inline import name

WHOLE = Size(rules=200, slices=500, every_metric=True)
_KEY = (
    "Drawn is the change with its interval: right of the line is better, and on the shaded side the rule is broken. "
    "What is counted in one unit has one scale."
)


def to_page(verdict: Verdict, flipped: FlippedRows | None = None) -> str:
    """`flipped`: single rows of this very verdict, where the policy lets them be shown."""
    # the first block is the headline, which a page tells in a way of its own, and the last one says who judged when
    _, *blocks, last = document(verdict, WHOLE)
    lead, ruled, after = _parts([block for block in blocks if not isinstance(block, Details)])
    found = [_ruled(ruled, verdict)] if ruled else []
    found += sections([block for block in blocks if isinstance(block, Details)], verdict, flipped)
    body = tag(
        "body",
        tag("a", said("Skip to the report"), href="#report", class_="skip"),
        _top(verdict),
        tag(
            "div",
            _contents(found),
            tag("main", _hero(verdict, lead, after, last), *map(written, found), id="report"),
            class_="page",
        ),
        tag("script", Markup(script())),
    )
    return f"<!doctype html>\n{tag('html', head(verdict), body, lang='en')}\n"


def _parts(blocks: list[Block]) -> tuple[list[Block], list[Block], list[Block]]:
    """What is said before the table, the table with its footnote, and what to do now."""
    at = next((at for at, block in enumerate(blocks) if isinstance(block, Table)), None)
    return (blocks, [], []) if at is None else (blocks[:at], blocks[at : at + 2], blocks[at + 2 :])


def _ruled(blocks: list[Block], verdict: Verdict) -> Section:
    drawn = any(isinstance(block, Table) and any(block.intervals) for block in blocks)
    inside = joined(_simple(blocks), tag("p", said(_KEY)) if drawn else None)
    return Section(key="rules", title="Rules" if verdict.gates else "Metrics", inside=inside)


def _hero(verdict: Verdict, lead: list[Block], after: list[Block], last: Block) -> Markup:
    # no green where nothing was decided
    shape = verdict_shape(verdict)
    first = [paragraph(block.text, "lead") for block in lead[:1] if isinstance(block, Paragraph)]
    when = tag("p", words(last.text), class_="when") if isinstance(last, Paragraph) else None
    return tag(
        "section",
        tag(
            "div",
            icon(shape),
            tag("div", tag("h1", words(headline(verdict)), id="verdict"), when),
            class_="title",
        ),
        *first,
        _simple(lead[len(first) :]),
        tiles(verdict),
        tag("div", _simple(after), class_="next") if after else None,
        class_=f"hero {shape}",
        aria_labelledby="verdict",
    )


def _simple(blocks: list[Block]) -> Markup:
    return joined(*(simple(block, "Rules") for block in blocks if not isinstance(block, Details)))


def _top(verdict: Verdict) -> Markup:
    change = verdict.change
    where = [words(name(verdict.model))]
    if change is not None and change.repository:
        where.append(words(name(change.repository)))
    if change is not None and change.number is not None:
        into = f" into {name(change.base_ref)}" if change.base_ref else ""
        where.append(words(f"change {change.number}{into}"))
    places = (tag("li", one) for one in where)
    return tag("header", tag("ul", *places, class_="where"), _themes(), class_="top")


def _themes() -> Markup:
    """Radio buttons and CSS: a switch that needs no script."""
    choices = (
        tag(
            "label",
            tag("input", type="radio", name="theme", value=value, checked=value == "auto"),
            tag("span", said(value.capitalize())),
        )
        for value in ("auto", "light", "dark")
    )
    return tag("fieldset", tag("legend", said("Colours"), class_="sr"), *choices, class_="themes")


def _contents(found: list[Section]) -> Markup | None:
    links = (tag("li", tag("a", words(one.title), href=f"#{one.key}")) for one in found)
    return tag("nav", tag("ol", *links), class_="contents", aria_label="Contents") if found else None
