"""The picture in words, for who can't see it."""

from ci_mlops.records import Verdict
from ci_mlops.report.html.cost_plot import cost_curves_of, cost_words
from ci_mlops.report.numbers import NBSP
from ci_mlops.report.picture.rows import Row, rows_of

_FATES = {
    "better": "better",
    "worse": "worse",
    "unclear": "no difference that can be shown",
    "same": "the same",
}


def words(verdict: Verdict) -> str:
    told = [f"Change from the champion, with its 95{NBSP}% interval."]
    told += [f"{_sentence(row)}." for row in rows_of(verdict)]
    curves, rows = cost_curves_of(verdict)
    return " ".join([*told, *([cost_words(verdict, curves, rows)] if curves else [])])


def _sentence(row: Row) -> str:
    change = row.change.removesuffix("better").removesuffix("worse").rstrip(f"≈=  {NBSP}")
    rule = f"; {row.rule}" if row.rule else ""
    return f"{row.label} {row.arrow}: {change}, {row.bounds}, {_FATES[row.interval.word]}{rule}"
