"""What is drawn of a verdict's intervals: the rows of the comment's own table, in its own words."""

from dataclasses import dataclass

from ci_mlops.records import Limit, Measurement, Verdict
from ci_mlops.report.blocks import Interval
from ci_mlops.report.document import COMMENT
from ci_mlops.report.inline import to_terminal
from ci_mlops.report.intervals import interval_of
from ci_mlops.report.rows import rule_rows
from ci_mlops.report.tables import arrow, metric_label, numbers, row_label
from ci_mlops.report.words import rule_words, scale_of, title


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Its texts are plain."""

    label: str
    short: str
    """The same, where there is no room for what follows a metric's name."""
    arrow: str
    change: str
    bounds: str
    """Of its interval, and how sure it is where that is not 95 %."""
    rule: str
    """Empty: none compares it."""
    interval: Interval


def rows_of(verdict: Verdict) -> list[Row]:
    """None where no difference was measured, or all are nothing."""
    rows = [
        _row(measured, limit, label, verdict, interval)
        for measured, limit, label in _told(verdict)
        if (interval := interval_of(measured, limit, verdict)) is not None
    ]
    return rows if any(row.interval.low < row.interval.high for row in rows) else []


def _told(verdict: Verdict) -> list[tuple[Measurement, Limit | None, str]]:
    rules = rule_rows(verdict)[: COMMENT.rules]
    if rules:
        return [
            (row.measurement, row.gate.rule, row_label(row, verdict))
            for row in rules
            if row.measurement is not None
        ]
    overall = [m for m in verdict.measurements if m.slice is None][: COMMENT.rules]
    return [(m, None, metric_label(m, verdict)) for m in overall]


def _row(m: Measurement, limit: Limit | None, label: str, verdict: Verdict, interval: Interval) -> Row:
    _, _, change, bounds = (to_terminal(text, breaks=True) for text in numbers(m, verdict))
    rule = rule_words(limit, scale_of(m.metric, verdict, m), higher=m.higher_is_better) if limit else ""
    return Row(
        label=to_terminal(label),
        short=to_terminal(title(m.metric) if m.slice is None else label),
        arrow=arrow(higher=m.higher_is_better),
        change=change,
        bounds=bounds.replace(" (", ", ").rstrip(")"),
        rule=to_terminal(rule),
        interval=interval,
    )
