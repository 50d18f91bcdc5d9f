"""What the search for worse slices found: a sentence where it found any, and a table to be unfolded."""

from ci_mlops.records import Verdict
from ci_mlops.records.search import Search
from ci_mlops.report.blocks import Block, Details, Paragraph, Simple, Table
from ci_mlops.report.inline import code, name, strong
from ci_mlops.report.numbers import ARROW, NBSP, Scale, number
from ci_mlops.report.tables import candidate_title, champion_title
from ci_mlops.report.words import counted, scale_of, slice_name

_LOSSES = {"expected_cost": "expected cost", "error_rate": "error rate", "mae": "mean absolute error"}
_MOST = 20


def worse_slices(verdict: Verdict) -> list[Block]:
    """For a reader who unfolds nothing; empty where none got worse."""
    search = verdict.search
    if search is None or not search.worse:
        return []
    first = search.worse[0]
    scale = _scale(search, verdict)
    what = (
        f"{_LOSSES[search.loss]} {scale.value(first.champion)} {ARROW} {scale.value(first.candidate)}, "
        f"worse by at least {scale.size(first.at_least)}"
    )
    worst = "It is" if len(search.worse) == 1 else "The clearest is"
    says = "" if search.correction == "Holm" else " The search warns and blocks nothing."
    return [
        Paragraph(
            f"⚠️ {strong(_counted(search))}. {worst} {slice_name(first.slice)}, "
            f"{counted(first.rows, 'row')}, {what}.{says}"
        )
    ]


def searched(verdict: Verdict) -> list[Simple]:
    """How the search was made, and what it found."""
    search = verdict.search
    if search is None:
        return []
    scale = _scale(search, verdict)
    few = (
        f"; {counted(search.too_small, 'more slice')} had too few {_drawn(verdict)} that differ"
        if search.too_small
        else ""
    )
    again = (
        f" {counted(search.repeated, 'other')} that overlap them and tell nothing more are not listed."
        if search.repeated
        else ""
    )
    told = Paragraph(
        f"{strong(f'{_counted(search)}.')} By {_LOSSES[search.loss]}, row by row, corrected for their number "
        f"({search.correction}, 5{NBSP}%){few}.{again}"
    )
    if not search.worse:
        return [told]
    loss = _LOSSES[search.loss]
    table = Table(
        (
            "Slice that got worse",
            "Rows",
            f"{loss[0].upper()}{loss[1:]}, {champion_title(verdict).lower()}",
            candidate_title(verdict),
            "Worse by at least",
        ),
        ("left", "right", "right", "right", "right"),
        tuple(
            (
                slice_name(one.slice),
                number(one.rows),
                scale.value(one.champion),
                scale.value(one.candidate),
                scale.size(one.at_least),
            )
            for one in search.worse[:_MOST]
        ),
    )
    cut = len(search.worse) - _MOST
    return [
        told,
        table,
        *([Paragraph(f"{counted(cut, 'more')} in {code('verdict.json')}.")] if cut > 0 else []),
    ]


def only_searched(verdict: Verdict) -> Details | None:
    """Where no slice is declared."""
    if verdict.search is None:
        return None
    return Details(
        f"{strong('Slices')}: {search_summary(verdict).removeprefix(', ')}", tuple(searched(verdict))
    )


def search_summary(verdict: Verdict) -> str:
    """What is added to the summary of the slices."""
    search = verdict.search
    if search is None:
        return ""
    return f", {number(search.searched)} searched and {number(len(search.worse)) if search.worse else 'none'} worse"


def _counted(search: Search) -> str:
    found = f"{number(len(search.worse))} got worse" if search.worse else "none is shown to be worse"
    return (
        f"Searched {counted(search.searched, 'slice')} of {counted(len(search.columns), 'column')}: {found}"
    )


def _drawn(verdict: Verdict) -> str:
    grouping = verdict.grouping
    if grouping is None:
        return "rows"
    return f"groups (by {name(grouping.column)})" if grouping.block is None else "stretches of time"


def _scale(search: Search, verdict: Verdict) -> Scale:
    metric = "accuracy" if search.loss == "error_rate" else search.loss
    m = next((m for m in verdict.measurements if m.metric == search.loss and m.slice is None), None)
    return scale_of(metric, verdict, m)
