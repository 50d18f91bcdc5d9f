"""What a reader may unfold: errors and their cost, slices, all metrics."""

from ci_mlops.records import CostReport, Measurement, Verdict
from ci_mlops.report.blocks import Align, Details, Paragraph, Table
from ci_mlops.report.capacity import alarms
from ci_mlops.report.classes import class_errors
from ci_mlops.report.curves import cost_curves
from ci_mlops.report.effect import good_or_bad
from ci_mlops.report.flips import flips_line
from ci_mlops.report.inline import code, name, strong
from ci_mlops.report.intervals import intervals_of
from ci_mlops.report.money import cost_scale, each_costs, number_costs, where_from
from ci_mlops.report.numbers import ARROW, NBSP, number
from ci_mlops.report.rows import RuleRow
from ci_mlops.report.searched import only_searched, search_summary, searched
from ci_mlops.report.slice_facts import slice_facts
from ci_mlops.report.tables import (
    CHANGE_HEAD,
    INTERVAL_HEAD,
    candidate_title,
    champion_title,
    metrics_table,
    numbers,
    rules_table,
)
from ci_mlops.report.words import FLOOR, counted, event_words, positive, slice_name, title, too_small

_SLICE_ALIGN: tuple[Align, ...] = ("left", "left", "right", "right", "right", "right", "right")
_NOTABLE = {"worse": 0, "better": 1, "unclear": 2, "same": 3}


def more_rules(rows: tuple[RuleRow, ...], verdict: Verdict) -> Details | None:
    if not rows:
        return None
    return Details(f"{strong('More rules')}: {number(len(rows))}", (rules_table(rows, verdict),))


def errors(verdict: Verdict) -> Details | None:
    """The four counts of both models, and what one more of each error costs."""
    c = verdict.confusion
    if c is None:
        return class_errors(verdict) or number_costs(verdict)
    cost = verdict.cost
    was = c.champion or (None, None, None, None)
    wrong = (False, True, True, False)
    cells = [
        _count(before, now, price, wrong=error)
        for before, now, price, error in zip(was, c.candidate, each_costs(verdict), wrong, strict=True)
    ]
    table = Table(
        ("", f"Predicted: {name(c.negative)}", f"Predicted: {name(c.positive)}"),
        ("left", "right", "right"),
        (
            (f"{strong('Actually')} {name(c.negative)}", cells[0], cells[1]),
            (f"{strong('Actually')} {name(c.positive)}", cells[2], cells[3]),
        ),
    )
    counted_so = "Rows are counted here, whatever they weigh." if verdict.weighting is not None else ""
    source = " ".join(filter(None, (counted_so, flips_line(verdict), where_from(verdict), alarms(verdict))))
    heading = "Errors and what they cost" if cost else "Errors"
    blocks = (*((table, Paragraph(source)) if source else (table,)), *cost_curves(verdict))
    return Details(f"{strong(heading)}: {_errors_summary(verdict)}", blocks)


def slices(verdict: Verdict, *, rows: int, every_metric: bool) -> Details | None:
    """The slices of one metric, or of all; what is worse first."""
    measured = [m for m in verdict.measurements if m.slice is not None]
    if not measured:
        return only_searched(verdict)
    metric = _sliced_metric(verdict, measured)
    shown = sorted(measured if every_metric else [m for m in measured if m.metric == metric], key=_notable)
    head = ("Slice", "Metric") if every_metric else ("Slice",)
    change_head = (CHANGE_HEAD, INTERVAL_HEAD)
    columns = (
        "Rows",
        champion_title(verdict) if every_metric else f"{title(metric)}, {champion_title(verdict).lower()}",
    )
    table = Table(
        (*head, *columns, candidate_title(verdict), *change_head),
        _SLICE_ALIGN[not every_metric :],
        tuple(_slice_row(m, verdict, every_metric=every_metric) for m in shown[:rows]),
        intervals_of(tuple(shown[:rows]), verdict),
    )
    cut = len(shown) - rows
    note = (
        (Paragraph(f"{counted(cut, 'more row')} {'is' if cut == 1 else 'are'} in {code('verdict.json')}."),)
        if cut > 0
        else ()
    )
    return Details(
        f"{strong('Slices')}: {_slices_summary(measured)}{search_summary(verdict)}",
        (*slice_facts(verdict), table, *note, *searched(verdict)),
    )


def all_metrics(verdict: Verdict, gated: set[str], *, every: bool) -> Details | None:
    """What was measured on all rows; in a comment without what its table shows already."""
    rest = tuple(m for m in verdict.measurements if m.slice is None and (every or m.metric not in gated))
    if not rest:
        return None
    found = ", ".join(
        f"{number(count)} {word}"
        for word in ("better", "worse")
        if (count := sum(m.word == word for m in rest))
    )
    heading = "All metrics" if every else "Other metrics"
    nothing = "" if verdict.champion is None else ", none clearly better or worse"
    return Details(f"{strong(heading)}: {found or f'{len(rest)}{nothing}'}", (metrics_table(rest, verdict),))


def moved(verdict: Verdict) -> Details | None:
    """The rows that a change pins instead of base's."""
    if not verdict.moved:
        return None
    rows = counted(max(m.rows for m in verdict.moved), "row")
    return Details(
        f"{strong('On the new rows, for information')}: {rows}, no rule looks at them",
        (metrics_table(verdict.moved, verdict),),
    )


def _count(before: int | None, now: int, price: str, *, wrong: bool) -> str:
    text, difference = number(now), ""
    if before is not None and before != now:
        text = f"{number(before)}{NBSP}{ARROW}{NBSP}{text}"
        difference = strong(number(now - before, signed=True)) if wrong else ""
    told = ", ".join(filter(None, (difference, f"{price}{NBSP}each" if price else "")))
    return f"{text} ({told})" if told else text


def _errors_summary(verdict: Verdict) -> str:
    """`12 fewer missed defaults (-6 000), 19 more false alarms (+380)`."""
    c = verdict.confusion
    if c is None:
        return ""
    if c.champion is None:
        return f"{number(c.candidate[2])} missed {event_words(verdict, c.candidate[2])}, {counted(c.candidate[1], 'false alarm')}"
    missed, alarms = c.candidate[2] - c.champion[2], c.candidate[1] - c.champion[1]
    word = event_words(verdict, abs(missed))
    # rows that cost or weigh differently have no price for each
    cost = verdict.cost if verdict.cost and not verdict.cost.by_row and verdict.weighting is None else None
    per_miss = cost.false_negative - cost.true_positive if cost else 0.0
    per_alarm = cost.false_positive - cost.true_negative if cost else 0.0
    return (
        f"{_more(missed, f'missed {word}', f'missed {word}')}{_money(verdict, cost, missed * per_miss)}, "
        f"{_more(alarms, 'false alarm', 'false alarms')}{_money(verdict, cost, alarms * per_alarm)}"
    )


def _more(difference: int, one: str, many: str) -> str:
    if not difference:
        return f"as many {many}"
    return f"{number(abs(difference))} {'more' if difference > 0 else 'fewer'} {one if abs(difference) == 1 else many}"


def _money(verdict: Verdict, cost: CostReport | None, amount: float) -> str:
    if cost is None or not amount:
        return ""
    text = cost_scale(verdict).limit(amount)
    return f" ({'+' if amount > 0 else ''}{text})"


def _sliced_metric(verdict: Verdict, measured: list[Measurement]) -> str:
    metrics = {m.metric for m in measured}
    gated = next((g.metric for g in verdict.gates if g.slice is not None and g.metric in metrics), None)
    return gated or ("recall" if "recall" in metrics else measured[0].metric)


def _slice_row(m: Measurement, verdict: Verdict, *, every_metric: bool) -> tuple[str, ...]:
    head = (slice_name(m.slice or ""), *((title(m.metric),) if every_metric else ()))
    champion, candidate, change, interval = numbers(m, verdict)
    if verdict.champion is not None and m.low is not None and too_small(m):
        event = event_words(verdict, 0) if m.metric == "recall" and positive(verdict) else "events"
        event = "rows" if m.events == m.rows else event
        change, interval = f"too few {event} ({number(m.events)}, at least {FLOOR} needed)", ""
    return (*head, number(m.rows), champion, candidate, change, "" if m.low is None else interval)


def _notable(m: Measurement) -> tuple[int, int]:
    return 5 if too_small(m) else _NOTABLE[m.word], -m.rows


def _slices_summary(measured: list[Measurement]) -> str:
    """A slice is worse where any of its metrics is; too small where none could be judged."""
    by_slice: dict[str, list[Measurement]] = {}
    judged = good_or_bad(measured)
    for m in judged:
        by_slice.setdefault(m.slice or "", []).append(m)
    words = [_slice_word(own) for own in by_slice.values()]
    small = f", {number(words.count('small'))} too small to judge" if "small" in words else ""
    metrics = len({m.metric for m in judged})
    better = words.count("better")
    of = f" in at least one of {number(metrics)} metrics" if metrics > 1 and better else ""
    return f"{len(words)} checked, {better} better{of}, {words.count('worse')} worse{small}"


def _slice_word(own: list[Measurement]) -> str:
    words = {m.word for m in own if not too_small(m)}
    if not words:
        return "small"
    return "worse" if "worse" in words else "better" if "better" in words else "unclear"
