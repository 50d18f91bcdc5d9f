"""Confusion matrices of both models, side by side; each cell is shaded by its share of the class's rows."""

from ci_mlops.records import ConfusionTable, Verdict
from ci_mlops.report.html.figures import absent
from ci_mlops.report.html.tags import Markup, joined, plain, said, tag, words
from ci_mlops.report.inline import name
from ci_mlops.report.numbers import number, percent
from ci_mlops.report.tables import candidate_title, champion_title

MOST_ROOMY = 5
"""Of more classes the cells are small, and hold no shares."""
MOST_NUMBERED = 16
"""Of more classes the numbers can't be read: shades alone are shown, and every cell's tooltip."""
MOST_SHADED = 40
_SHADES = 10

Cells = dict[tuple[int, int], int]


def matrices(verdict: Verdict) -> Markup:
    found = _of_two(verdict) or _of_many(verdict.confusion_table)
    if found is None:
        return Markup("")
    classes, sides = found
    if len(classes) > MOST_SHADED:
        return absent(
            [
                f"{number(len(classes))} classes are too many for a matrix: the table tells what is confused most."
            ]
        )
    titles = {"champion": champion_title(verdict), "candidate": candidate_title(verdict)}
    shown = (_matrix(titles[side], classes, cells) for side, cells in sides.items())
    holds = "Each cell: rows, and" if len(classes) <= MOST_ROOMY else "Shaded by"
    weighed = ", whatever they weigh" if verdict.weighting is not None else ""
    told = f"{holds} their share of the rows of the actual class{weighed}."
    return joined(tag("div", *shown, class_="matrices"), tag("p", said(told), class_="note"))


def _of_two(verdict: Verdict) -> tuple[tuple[str, ...], dict[str, Cells]] | None:
    c = verdict.confusion
    if c is None:
        return None
    counts = {"champion": c.champion, "candidate": c.candidate}
    sides = {
        side: {(0, 0): four[0], (0, 1): four[1], (1, 0): four[2], (1, 1): four[3]}
        for side, four in counts.items()
        if four is not None
    }
    return (c.negative, c.positive), sides


def _of_many(found: ConfusionTable | None) -> tuple[tuple[str, ...], dict[str, Cells]] | None:
    if found is None:
        return None
    size = range(len(found.classes))
    inside = [cell for cell in found.cells if cell[0] in size and cell[1] in size]
    sides = {"candidate": {(true, said): now for true, said, _, now in inside}}
    if all(before is not None for _, _, before, _ in inside):
        sides = {"champion": {(true, said): before or 0 for true, said, before, _ in inside}, **sides}
    return found.classes, sides


def _matrix(title: str, classes: tuple[str, ...], cells: Cells) -> Markup:
    size = "roomy" if len(classes) <= MOST_ROOMY else "dense" if len(classes) <= MOST_NUMBERED else "shades"
    corner = (said("actual \N{DOWNWARDS ARROW}"), tag("br"), said("predicted \N{RIGHTWARDS ARROW}"))
    heads = (tag("th", words(name(word)), scope="col", title=plain(name(word))) for word in classes)
    whole = tag(
        "table",
        tag("caption", words(title)),
        tag("thead", tag("tr", tag("td", *corner), *heads)),
        tag("tbody", *(_row(classes, true, cells, size) for true in range(len(classes)))),
        class_=f"matrix {size}",
    )
    label = f"Decisions, {plain(title)}"
    return tag("div", whole, class_="scroll", tabindex="0", role="region", aria_label=label)


def _row(classes: tuple[str, ...], true: int, cells: Cells, size: str) -> Markup:
    counts = [max(0, cells.get((true, predicted), 0)) for predicted in range(len(classes))]
    total = sum(counts)
    head = name(classes[true])
    shown = (
        _cell(count, count / total if total else None, size, right=at == true)
        for at, count in enumerate(counts)
    )
    return tag("tr", tag("th", words(head), scope="row", title=plain(head)), *shown)


def _cell(count: int, share: float | None, size: str, *, right: bool) -> Markup:
    # by the root, for errors are few; and some is never shown as nothing
    shade = min(_SHADES, round((share or 0.0) ** 0.5 * _SHADES)) or int(count > 0)
    kind = f"{'right' if right else 'wrong'} s{shade}"
    told = "" if share is None else percent(round(share, 3))
    if size == "roomy":
        return tag("td", tag("b", said(number(count))), tag("small", said(told)), class_=kind)
    # of many classes a number is read by a screen reader or in a tooltip alone
    counted = tag("span", said(number(count)), class_="sr" if size == "shades" else None)
    return tag("td", counted, class_=kind, title=f"{number(count)}, {told}" if count else None)
