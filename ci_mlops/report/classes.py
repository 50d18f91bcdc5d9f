"""What was taken for what, where there are three or more classes."""

from collections.abc import Mapping

from ci_mlops.records import ConfusionTable, Verdict
from ci_mlops.report.blocks import Align, Details, Paragraph, Table
from ci_mlops.report.flips import flips_line
from ci_mlops.report.inline import name, strong
from ci_mlops.report.money import cost_scale, where_from
from ci_mlops.report.numbers import ARROW, NBSP, NONE, number
from ci_mlops.report.tables import candidate_title, champion_title
from ci_mlops.report.words import counted

MOST_CLASSES = 8
"""A wider table is not read: then the pairs that are confused most."""
_MOST_PAIRS = 10

Pair = tuple[int, int, int | None, int]


def class_errors(verdict: Verdict) -> Details | None:
    found = verdict.confusion_table
    if found is None:
        return None
    small = len(found.classes) <= MOST_CLASSES
    prices = _prices(found, verdict)
    table = _whole(found, prices) if small else _pairs(found, verdict, prices)
    notes = [line] if (line := flips_line(verdict)) else []
    if verdict.weighting is not None:
        notes.append("Counts are of rows, whatever they weigh.")
    hidden = sum(true != said for true, said, _, _ in found.cells) + found.left_out - len(table.rows)
    if not small and hidden > 0:
        notes.append(f"{counted(hidden, 'more pair')} of classes {'is' if hidden == 1 else 'are'} confused.")
    if verdict.cost is not None:
        notes.append(where_from(verdict))
    blocks = (table, *((Paragraph(" ".join(notes)),) if notes else ()))
    heading = "Errors and what they cost" if verdict.cost is not None else "Errors"
    return Details(f"{strong(heading)}: {_summary(found)}", blocks)


def _prices(found: ConfusionTable, verdict: Verdict) -> Mapping[tuple[int, int], str]:
    """Places of the true class and of what was said -> what each such row costs."""
    if verdict.cost is None:
        return {}
    place = {word: at for at, word in enumerate(found.classes)}
    scale = cost_scale(verdict)
    return {
        (place[true], place[said]): scale.limit(price)
        for true, said, price in verdict.cost.matrix
        if price and true in place and said in place
    }


def class_sentence(found: ConfusionTable) -> str:
    """`17 fewer rows are wrong.`; empty without a champion, or where not all is listed."""
    before, now = _wrong(found) or (None, 0)
    if before is None:
        return ""
    if now == before:
        return "As many rows are wrong as before."
    more = abs(now - before)
    return (
        f"{number(more)} {'more' if now > before else 'fewer'} {'row is' if more == 1 else 'rows are'} wrong."
    )


def _wrong(found: ConfusionTable) -> tuple[int | None, int] | None:
    if found.left_out:
        return None
    errors = [(before, now) for true, said, before, now in found.cells if true != said]
    alone = any(before is None for _, _, before, _ in found.cells)
    return (None if alone else sum(before or 0 for before, _ in errors)), sum(now for _, now in errors)


def _summary(found: ConfusionTable) -> str:
    wrong = _wrong(found)
    rows = sum(now for *_, now in found.cells)
    told = ""
    if wrong is not None:
        before, now = wrong
        of = "" if before is None or before == now else f"{number(before)}{NBSP}{ARROW}{NBSP}"
        told = f"{of}{number(now)} of {counted(rows, 'row')} wrong"
    worst = max(_by_size(found), key=lambda pair: pair[3], default=None)
    if worst is None or not worst[3]:
        return told or "no error"
    often = f"most often {_word(found, worst[0])} taken for {_word(found, worst[1])}"
    return f"{told}, {often}" if told else often


def _word(found: ConfusionTable, place: int) -> str:
    # a verdict may have been written by somebody else
    return name(found.classes[place] if 0 <= place < len(found.classes) else f"class {place}")


def _by_size(found: ConfusionTable) -> list[Pair]:
    pairs = [cell for cell in found.cells if cell[0] != cell[1]]
    return sorted(pairs, key=lambda pair: (-max(pair[2] or 0, pair[3]), pair[:2]))


def _whole(found: ConfusionTable, prices: Mapping[tuple[int, int], str]) -> Table:
    cells = {(true, said): (before, now) for true, said, before, now in found.cells}
    alone = any(before is None for before, _ in cells.values())
    size = range(len(found.classes))
    right: list[Align] = ["right" for _ in size]
    nothing = (None if alone else 0, 0)
    return Table(
        ("", *(f"Predicted: {name(word)}" for word in found.classes)),
        ("left", *right),
        tuple(
            (
                f"{strong('Actually')} {name(found.classes[true])}",
                *(
                    _cell(
                        *cells.get((true, said), nothing),
                        price=prices.get((true, said), ""),
                        wrong=true != said,
                    )
                    for said in size
                ),
            )
            for true in size
        ),
    )


def _cell(before: int | None, now: int, *, price: str, wrong: bool) -> str:
    text, difference = number(now), ""
    if before is not None and before != now:
        text = f"{number(before)}{NBSP}{ARROW}{NBSP}{text}"
        difference = strong(number(now - before, signed=True)) if wrong else ""
    each = f"{price}{NBSP}each" if price and (before or now) else ""
    told = ", ".join(filter(None, (difference, each)))
    return f"{text} ({told})" if told else text


def _pairs(found: ConfusionTable, verdict: Verdict, prices: Mapping[tuple[int, int], str]) -> Table:
    return Table(
        ("Actually", "Predicted", champion_title(verdict), candidate_title(verdict), "Change")
        + (("Each costs",) if prices else ()),
        ("left", "left", "right", "right", "right", *(("right",) if prices else ())),
        tuple(
            (
                _word(found, true),
                _word(found, said),
                "none yet" if before is None else number(before),
                number(now),
                "" if before is None else number(now - before, signed=True),
                *((prices.get((true, said), NONE),) if prices else ()),
            )
            for true, said, before, now in _by_size(found)[:_MOST_PAIRS]
        ),
    )
