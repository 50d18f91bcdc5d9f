"""The first glance: the rules at once, and the few numbers that they are about."""

from ci_mlops.records import Measurement, Verdict
from ci_mlops.report.html.icons import icon, of_mark
from ci_mlops.report.html.tags import Markup, said, tag, words
from ci_mlops.report.numbers import ARROW, number
from ci_mlops.report.rows import RuleRow, rule_rows, tally
from ci_mlops.report.tables import arrow, numbers
from ci_mlops.report.words import tail, title

_MOST = 4
_MANY_RULES = 40


def tiles(verdict: Verdict) -> Markup:
    rows = rule_rows(verdict)
    found = [_rules(rows, verdict)] if rows else []
    found += [_metric(m, verdict) for m in _main(rows, verdict)[: _MOST - len(found)]]
    return tag("ul", *found, class_="tiles") if found else Markup("")


def _rules(rows: tuple[RuleRow, ...], verdict: Verdict) -> Markup:
    """A sign for each, the worst first."""
    signs = [found[0] for row in rows[:_MANY_RULES] if (found := of_mark(row.mark)) is not None]
    t = tally(verdict)
    count = f"{number(t.held)}/{number(t.rules)}"
    return tag(
        "li",
        tag("span", said("Rules that hold"), class_="label"),
        tag("strong", said(count), class_="value"),
        tag("span", *signs, class_="signs"),
    )


def _main(rows: tuple[RuleRow, ...], verdict: Verdict) -> list[Measurement]:
    """What rules on all rows are about, each metric once; else what was measured first."""
    ruled = [row.measurement for row in rows if row.measurement is not None and row.gate.slice is None]
    overall = [m for m in verdict.measurements if m.slice is None]
    each = {m.metric: m for m in [*ruled, *overall] if m.candidate is not None}
    return list(each.values())


def _metric(m: Measurement, verdict: Verdict) -> Markup:
    champion, candidate, change, _ = numbers(m, verdict)
    label = f"{title(m.metric)}{tail(m.metric, verdict)} {arrow(higher=m.higher_is_better)}"
    compared = verdict.champion is not None and m.improvement is not None
    before = tag("small", words(f"{champion} {ARROW}")) if compared else None
    return tag(
        "li",
        tag("span", words(label), class_="label"),
        tag("strong", before, words(candidate), class_="value"),
        tag("span", _sign(m), words(change), class_=f"change {m.word}") if compared else None,
    )


def _sign(m: Measurement) -> Markup:
    shape = {"better": "passed", "worse": "warned"}.get(m.word)
    return icon(shape) if shape else Markup("")
