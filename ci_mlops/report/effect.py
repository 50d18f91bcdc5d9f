"""The second line: what the change means, in money and errors before scores."""

from collections.abc import Sequence

from ci_mlops.records import Confusion, Measurement, Verdict
from ci_mlops.report.capacity import alarms
from ci_mlops.report.classes import class_sentence
from ci_mlops.report.inline import capital, prose, strong
from ci_mlops.report.money import (
    amount,
    cost_scale,
    more_a_year,
    right_and_costlier,
    volume_of,
    year_interval,
    year_of_change,
)
from ci_mlops.report.numbers import ARROW, NBSP, Scale, number, percent
from ci_mlops.report.rows import RuleRow, Tally, rule_rows, tally
from ci_mlops.report.words import FLOOR, counted, event_words, scale_of, spoken, title, too_small

# what a champion's cost must at least be for a share of it to say anything
_TINY = 1e-9


def effect(verdict: Verdict) -> str:
    """The paragraph under the heading of a verdict that was reached."""
    if verdict.identical:
        return (
            f"{strong('Every prediction of the two models is the same.')} {rules_sentence(verdict)}".strip()
        )
    broken = next((row for row in rule_rows(verdict) if row.mark == "❌"), None)
    main = _main(verdict)
    first = _main_sentence(main, verdict) if main else ""
    if broken is not None:
        # of a slice that the search found there is no measurement, and a sentence of its own below
        told = broken_sentence(broken, verdict) or first
        return " ".join(filter(None, (strong(rules_sentence(verdict)), told)))
    return " ".join(filter(None, (first, errors_sentence(verdict), rules_sentence(verdict))))


def rules_sentence(verdict: Verdict) -> str:
    """How many rules hold, and whether a slice is worse."""
    t = tally(verdict)
    if t.blocking == t.rules == 1:
        return f"The only rule is broken{_on_slices(verdict)}."
    if t.blocking:
        told = (
            f"{number(t.blocking)} of {counted(t.rules, 'rule')} {'is' if t.blocking == 1 else 'are'} broken"
        )
        return f"{told}{_on_slices(verdict) if t.blocking == 1 else ''}."
    return _rules(t) + _slices(verdict)


def _on_slices(verdict: Verdict) -> str:
    """Of the one rule that is broken."""
    slices = sum(gate.slice is not None for gate in verdict.gates if gate.blocks and gate.status == "broken")
    return f", on {number(slices)} slices" if slices > 1 else ""


def _rules(t: Tally) -> str:
    if not t.rules:
        return "No rule is set: this is measured, not judged"
    if t.held == t.rules:
        return {1: "The only rule holds", 2: "Both rules hold"}.get(t.rules, f"All {t.rules} rules hold")
    parts = [f"{number(t.held)} of {counted(t.rules, 'rule')} {'holds' if t.held == 1 else 'hold'}"]
    parts += [f"{number(t.warned)} broken, which only warns"] if t.warned else []
    parts += [f"{number(t.undecided)} undecided"] if t.undecided else []
    parts += [f"{number(t.waived)} waived"] if t.waived else []
    parts += [f"{number(t.skipped)} skipped"] if t.skipped else []
    return ", ".join(parts)


def broken_sentence(row: RuleRow, verdict: Verdict) -> str:
    """`The candidate misses 17 more defaults: recall 0.811 -> 0.733 (95 % CI ...), which costs 3.71 more.`"""
    m = row.measurement
    if m is None or m.candidate is None:
        return ""
    if row.gate.rule.kind == "capacity":
        return alarms(verdict)
    scale = scale_of(m.metric, verdict, m)
    told = f"{spoken(m.metric)} {_from_to(m, scale)}{change_interval(m, scale, verdict)}{more_a_year(verdict) if volume_of(m, verdict) else ''}"
    lead = "" if m.slice is not None else _errors_of(m.metric, verdict)
    sentence = f"{lead}: {told}" if lead else capital(told)
    cost = verdict.cost
    if (
        cost is None
        or cost.champion is None
        or m.metric == "expected_cost"
        or cost.candidate <= cost.champion
    ):
        return f"{sentence}.{right_and_costlier(m, verdict)}"
    more = cost_scale(verdict).size(cost.candidate - cost.champion)
    return (
        f"{sentence}, which costs {more} more per decision{more_a_year(verdict)}." if lead else f"{sentence}."
    )


def errors_sentence(verdict: Verdict) -> str:
    """`12 fewer defaults are missed, for 19 more false alarms.`"""
    c = verdict.confusion
    # rows are counted one by one: that can go the other way than what they weigh
    if verdict.confusion_table is not None and verdict.weighting is None:
        return class_sentence(verdict.confusion_table)
    if c is None or c.champion is None or verdict.weighting is not None:
        return ""
    missed, alarms = c.candidate[2] - c.champion[2], c.candidate[1] - c.champion[1]
    word, as_many = event_words(verdict, abs(missed)), event_words(verdict, 0)
    if not missed and not alarms:
        return f"As many {as_many} are missed and as many false alarms raised as before."
    misses = f"{_more(missed)} {word} {'is' if abs(missed) == 1 else 'are'} missed"
    raised = f"{_more(alarms)} {'false alarm' if abs(alarms) == 1 else 'false alarms'}"
    if not alarms:
        return f"{misses}, with as many false alarms."
    if not missed:
        return f"{raised}, with as many {as_many} missed."
    return f"{misses}, {'and' if (missed < 0) == (alarms < 0) else 'for'} {raised}."


def change_interval(m: Measurement, scale: Scale, verdict: Verdict) -> str:
    """` (95 % CI of the change -12.7 to -3.1 pp)`."""
    if m.low is None or m.high is None:
        return ""
    low, high = sorted((m.low, m.high) if m.higher_is_better else (-m.low, -m.high))
    first = scale.change(low) if scale.before else scale.bare(low)
    return (
        f" ({percent(m.level)} CI of the change {first} to {scale.change(high)}{year_interval(m, verdict)})"
    )


def _main(verdict: Verdict) -> Measurement | None:
    """What the first sentence is about: the cost, else what the first rule is about."""
    overall = [m for m in verdict.measurements if m.slice is None and m.candidate is not None]
    cost = next((m for m in overall if m.metric == "expected_cost" and m.champion is not None), None)
    gated = next((m for gate in verdict.gates for m in overall if m.metric == gate.metric), None)
    return cost or gated or next(iter(overall), None)


def _main_sentence(m: Measurement, verdict: Verdict) -> str:
    scale = scale_of(m.metric, verdict, m)
    per = " per decision" if m.metric == "expected_cost" else ""
    if m.candidate is None:
        return ""
    if m.champion is None:
        return f"{strong(title(m.metric))} is {scale.value(m.candidate)}{per}{_a_year(m.candidate, m, verdict)}; there is no champion to compare with."
    if too_small(m) and m.word != "same":
        why = (
            prose(m.reason)
            if m.low is None
            else f"too few rows count for it ({number(m.events)}, at least {FLOOR} needed)"
        )
        return f"{strong(f'{title(m.metric)}: not to be told')}, {why}: {_from_to(m, scale)}{per}."
    word = m.word
    if word in ("unclear", "same"):
        found = "the same" if word == "same" else "no change that these rows can show"
        return f"{strong(f'{title(m.metric)}: {found}')}, {_from_to(m, scale)}{per}{change_interval(m, scale, verdict)}."
    falls = (word == "better") != m.higher_is_better
    verb = f"{'falls' if falls else 'rises'} by {_by(m, scale)}{year_of_change(m, verdict)}"
    return f"{strong(f'{title(m.metric)} {verb}')}: {_from_to(m, scale)}{per}{change_interval(m, scale, verdict)}."


def _a_year(cost: float, m: Measurement, verdict: Verdict) -> str:
    volume = volume_of(m, verdict)
    return f", {amount(cost * volume, verdict)} a year" if volume else ""


def _by(m: Measurement, scale: Scale) -> str:
    """A cost by its share, everything else by its own difference."""
    champion, candidate = m.champion or 0.0, m.candidate or 0.0
    if m.metric == "expected_cost" and champion > _TINY and abs(candidate / champion - 1) < 10:
        return f"{number(abs(candidate / champion - 1) * 100)}{NBSP}%"
    return scale.size(candidate - champion)


def _from_to(m: Measurement, scale: Scale) -> str:
    candidate = scale.value(m.candidate or 0.0)
    return candidate if m.champion is None else f"{scale.value(m.champion)} {ARROW} {candidate}"


def _errors_of(metric: str, verdict: Verdict) -> str:
    c: Confusion | None = verdict.confusion
    if c is None or c.champion is None or verdict.weighting is not None:
        return ""
    missed, alarms = c.candidate[2] - c.champion[2], c.candidate[1] - c.champion[1]
    if metric in ("recall", "negative_predictive_value") and missed > 0:
        return f"The candidate misses {_more(missed)} {event_words(verdict, missed)}"
    if metric in ("precision", "specificity") and alarms > 0:
        return f"The candidate raises {_more(alarms)} {'false alarm' if alarms == 1 else 'false alarms'}"
    return ""


def good_or_bad(measured: Sequence[Measurement]) -> Sequence[Measurement]:
    """Without the selection rate, if there are others: how many are called positive is neither by itself."""
    return [m for m in measured if m.metric != "selection_rate"] or measured


def _slices(verdict: Verdict) -> str:
    """How the sentence on the rules ends where slices were measured."""
    compared = [m for m in good_or_bad(verdict.measurements) if m.slice is not None and not too_small(m)]
    worse = {m.slice for m in compared if m.word == "worse"}
    if not compared:
        return "."
    # the search for others has a sentence of its own
    of = "declared " if verdict.search is not None and verdict.search.worse else ""
    if not worse:
        return f"; no {of}slice is shown to be worse."
    return f"; {counted(len(worse), f'{of}slice is', f'{of}slices are')} shown to be worse."


def _more(difference: int) -> str:
    return f"{number(abs(difference))} {'more' if difference > 0 else 'fewer'}"
