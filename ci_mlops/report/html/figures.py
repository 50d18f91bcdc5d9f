"""A picture with its title and the words that say what it shows."""

from collections.abc import Mapping
from dataclasses import dataclass

from ci_mlops.records import Verdict
from ci_mlops.report.html.tags import Markup, joined, said, tag, words
from ci_mlops.report.tables import candidate_title, champion_title


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    key: str
    title: str
    picture: Markup
    words: str
    """A text of `inline`: the picture, for who reads and for who can't see it."""


def figure(one: Figure, under_title: Markup | None = None) -> Markup:
    return tag(
        "figure",
        tag("h3", said(one.title)),
        under_title,
        one.picture,
        tag("figcaption", words(one.words), id=f"{one.key}-words"),
        id=one.key,
    )


def figures(found: list[Figure], verdict: Verdict) -> Markup:
    if not found:
        return Markup("")
    if len(found) == 1:
        return figure(found[0], legend(verdict))
    return joined(legend(verdict), tag("div", *map(figure, found), class_="figures"))


def legend(verdict: Verdict) -> Markup:
    """Line, mark and name: told apart without colours too."""
    titles = {"candidate": candidate_title(verdict)}
    if verdict.champion is not None:
        titles = {"champion": champion_title(verdict), **titles}
    entries = (tag("span", _swatch(side), words(title), class_="entry") for side, title in titles.items())
    return tag("p", *entries, class_="legend")


def _swatch(side: str) -> Markup:
    stroke = tag("path", class_=side, d="M1 7h30")
    mark = (
        tag("rect", class_=f"{side} dot", x="12.5", y="3.5", width="7", height="7")
        if side == "champion"
        else tag("circle", class_=f"{side} dot", cx="16", cy="7", r="4")
    )
    return tag("svg", stroke, mark, class_="swatch", viewBox="0 0 32 14", aria_hidden="true")


def absent(lines: list[str]) -> Markup:
    """A sentence for every picture that can't be drawn: nothing is left out in silence."""
    return joined(*(tag("p", words(line), class_="absent") for line in lines))


def of_both(texts: Mapping[str, str]) -> str:
    """`71 % with the champion and 78 % with the candidate`."""
    return " and ".join(f"{text} with the {side}" for side, text in texts.items())
