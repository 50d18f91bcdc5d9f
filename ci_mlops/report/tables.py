"""The one table that every reader sees: seven columns, a rule or a metric a row."""

from ci_mlops.records import Measurement, Verdict
from ci_mlops.records.slices import nearest
from ci_mlops.report.blocks import Align, Table
from ci_mlops.report.capacity import most_alarms
from ci_mlops.report.inline import BREAK, name, prose, strong
from ci_mlops.report.intervals import interval_of, intervals_of
from ci_mlops.report.numbers import NBSP, NONE, Scale, number, percent
from ci_mlops.report.rows import RuleRow
from ci_mlops.report.waivers import until
from ci_mlops.report.words import FLOOR, rule_words, scale_of, slice_name, spoken, tail, title, too_small

THIS_CHANGE = f"This{NBSP}PR"
CHANGE_HEAD = "Change"
INTERVAL_HEAD = f"95{NBSP}% CI"
ALIGN: tuple[Align, ...] = ("centre", "left", "right", "right", "right", "right", "left")
# a cell may break before a word: seven columns that can't are wider than a comment, and the last is cut
_WORDS = {"better": f"{BREAK}better", "worse": f"{BREAK}worse", "unclear": f"{NBSP}≈", "same": f"{NBSP}="}


def rules_table(rows: tuple[RuleRow, ...], verdict: Verdict) -> Table:
    leading = verdict.verdict == "passed"
    cells = tuple(_rule_row(row, verdict, first=leading and not at) for at, row in enumerate(rows))
    drawn = tuple(interval_of(row.measurement, row.gate.rule, verdict) for row in rows)
    return Table(_head(verdict, "Rule"), ALIGN, cells, drawn)


def metrics_table(measurements: tuple[Measurement, ...], verdict: Verdict) -> Table:
    """Measured without a rule; the last column says on how many rows."""
    return Table(
        ("Metric", *_head(verdict, "")[2:6], "Rows"),
        ("left", "right", "right", "right", "right", "right"),
        tuple(
            (
                f"{metric_label(m, verdict)}{NBSP}{arrow(higher=m.higher_is_better)}",
                *numbers(m, verdict),
                number(m.rows),
            )
            for m in measurements
        ),
        intervals_of(measurements, verdict),
    )


def numbers(m: Measurement, verdict: Verdict, *, stress: bool = False) -> tuple[str, str, str, str]:
    """Champion, candidate, change, interval; what is better is set strong, and what is to be stressed."""
    scale = scale_of(m.metric, verdict, m)
    champion = NONE if m.champion is None else scale.value(m.champion)
    candidate = NONE if m.candidate is None else scale.value(m.candidate)
    if m.candidate is not None and (stress or m.word == "better"):
        candidate = strong(candidate)
    if verdict.champion is None:
        return "none yet", candidate, NONE, NONE
    return champion, candidate, change(m, scale), interval(m, scale)


def change(m: Measurement, scale: Scale) -> str:
    """In the metric's own direction: a cost that falls has a minus and is better."""
    if m.improvement is None:
        return prose(m.reason) or NONE
    return scale.change(_own(m, m.improvement)) + _WORDS[m.word]


def interval(m: Measurement, scale: Scale) -> str:
    if m.low is None or m.high is None:
        return NONE
    low, high = sorted((_own(m, m.low), _own(m, m.high)))
    level = "" if m.level == 0.95 else f" ({percent(m.level)})"
    return f"{scale.bare(low)}{NBSP}…{BREAK}{scale.bare(high)}{level}"


def rule_text(row: RuleRow, verdict: Verdict) -> str:
    """The rule in words, and what was found where it does not simply hold."""
    gate = row.gate
    words = rule_words(gate.rule, scale_of(gate.metric, verdict, row.measurement), higher=row.higher)
    if gate.rule.kind == "capacity":
        words = f"at most {most_alarms(verdict)}"
    waived = f" ({until(gate.waiver)})" if gate.waiver is not None else ""
    return words + _finding(row, verdict) + (" (warns only)" if gate.severity == "warn" else waived)


def arrow(*, higher: bool) -> str:
    return "↑" if higher else "↓"


def champion_title(verdict: Verdict) -> str:
    champion = verdict.champion
    if champion is None or not champion.label:
        return "Champion"
    version = champion.label[:1] == "v" and champion.label[1:].isascii() and champion.label[1:].isdigit()
    return f"Champion{NBSP}{champion.label[:20]}" if version else f"Champion {name(champion.label)}"


def candidate_title(verdict: Verdict) -> str:
    return THIS_CHANGE if verdict.change and verdict.change.event == "pull_request" else "Candidate"


def _head(verdict: Verdict, last: str) -> tuple[str, ...]:
    return ("", "Metric", champion_title(verdict), candidate_title(verdict), CHANGE_HEAD, INTERVAL_HEAD, last)


def _rule_row(row: RuleRow, verdict: Verdict, *, first: bool) -> tuple[str, ...]:
    m = row.measurement or _bare_measurement(row, verdict)
    champion, candidate, changed, bounds = numbers(m, verdict, stress=row.mark == "❌")
    rule = rule_text(row, verdict)
    if row.mark == "❌":
        label = strong(f"{row_label(row, verdict)}{NBSP}{arrow(higher=row.higher)}")
        return row.mark, label, champion, candidate, changed, bounds, strong(rule)
    label = row_label(row, verdict, lead=first)
    return row.mark, f"{label}{NBSP}{arrow(higher=row.higher)}", champion, candidate, changed, bounds, rule


def row_label(row: RuleRow, verdict: Verdict, *, lead: bool = False) -> str:
    metric = row.gate.metric
    if row.slices > 1 and row.gate.slice is not None:
        return f"Worst slice {spoken(metric)}, {slice_name(row.gate.slice)}"
    words = strong(title(metric)) if lead else title(metric)
    return words + (
        f", {slice_name(row.gate.slice)}" if row.gate.slice is not None else tail(metric, verdict)
    )


def metric_label(m: Measurement, verdict: Verdict) -> str:
    return title(m.metric) + (f", {slice_name(m.slice)}" if m.slice is not None else tail(m.metric, verdict))


def _finding(row: RuleRow, verdict: Verdict) -> str:
    """What follows a rule that does not simply hold."""
    gate, m = row.gate, row.measurement
    if gate.status == "skipped":
        return f": skipped, {prose(gate.reason)}"
    if m is None and gate.slice is not None and gate.status == "undecided":
        return f": {prose(gate.reason)}{_meant(gate.slice, verdict)}"
    if gate.status == "held" or m is None:
        return ""
    if gate.status == "undecided" and (m.fault or too_small(m)):
        return f": {prose(m.reason)}" if m.reason else f": too few ({number(m.events)}, {FLOOR} needed)"
    return _how_far(row, scale_of(gate.metric, verdict, m), m)


def _meant(slice_: str, verdict: Verdict) -> str:
    """For a value that is misspelt: the nearest one that there is."""
    guess = nearest(slice_, [there for there, _ in verdict.slices])
    return f"; did you mean {name(guess)}?" if guess else ""


def _how_far(row: RuleRow, scale: Scale, m: Measurement) -> str:
    gate = row.gate
    if gate.rule.kind == "max_regression" and m.low is not None and m.high is not None:
        if gate.status == "broken" and m.high < 0:
            return f": worse by at least {scale.size(m.high)}"
        if gate.status == "undecided" and m.low < 0:
            return f": may be worse by {scale.size(m.low)}"
    if gate.rule.confident and m.candidate_low is not None and m.candidate_high is not None:
        return f": lies between {scale.value(m.candidate_low)} and {scale.value(m.candidate_high)}"
    if gate.status == "undecided":
        return ": these rows can't show it"
    return ": it does not" if gate.rule.kind == "improve" else ": missed"


def _bare_measurement(row: RuleRow, verdict: Verdict) -> Measurement:
    """A rule whose metric was not measured still has its row."""
    gate = row.gate
    return Measurement(
        metric=gate.metric,
        slice=gate.slice,
        rows=0,
        events=0,
        higher_is_better=row.higher,
        champion=gate.champion,
        candidate=gate.candidate,
        improvement=gate.improvement,
        low=gate.low,
        high=gate.high,
        level=verdict.search.level if verdict.search is not None and gate.low is not None else 0.95,
        # of a search there is no one measurement, and its gate says what it found
        reason=gate.reason if gate.status == "held" else "not measured",
    )


def _own(m: Measurement, improvement: float) -> float:
    return improvement if m.higher_is_better else -improvement
