"""What slices tell in a sentence: which is worst, which are too small, and what the rows of each can show."""

from ci_mlops.records import GateResult, Measurement, Verdict
from ci_mlops.records.fairness_names import by_column
from ci_mlops.report.blocks import Paragraph
from ci_mlops.report.effect import change_interval
from ci_mlops.report.inline import prose, strong
from ci_mlops.report.numbers import ARROW, number
from ci_mlops.report.words import counted, higher_is_better, scale_of, slice_name, spoken, title, too_small


def slice_facts(verdict: Verdict) -> list[Paragraph]:
    # of two models that say the same there is nothing to be found
    facts = () if verdict.identical else (worst(verdict), *shown_by_slices(verdict))
    lines = (*facts, *groups_left_out(verdict))
    return [Paragraph(line) for line in lines if line]


def worst(verdict: Verdict) -> str:
    """`Largest drop of recall: region = north, 0.811 -> 0.733 (95 % CI of the change ...).` Empty: none can be judged."""
    gate = _first_gate(verdict)
    if gate is None:
        return ""
    own = [m for m in verdict.measurements if m.slice is not None and m.metric == gate.metric]
    judged = [m for m in own if not too_small(m)]
    small = len(own) - len(judged)
    few = f"{counted(small, 'slice is', 'slices are')} too small to judge it." if small else ""
    if not judged:
        return few
    m = min(judged, key=lambda m: _badness(m, gate))
    scale = scale_of(m.metric, verdict, m)
    champion = "" if m.champion is None else f"{scale.value(m.champion)} {ARROW} "
    candidate = "" if m.candidate is None else scale.value(m.candidate)
    lead = strong(f"{_extreme(m, gate)} {spoken(m.metric)}:")
    found = f"{lead} {slice_name(m.slice or '')}, {champion}{candidate}{change_interval(m, scale, verdict)}."
    return f"{found} {few}".strip()


def shown_by_slices(verdict: Verdict) -> list[str]:
    """For each rule on slices that compares: how many can show its margin, and which would need most rows."""
    measured = {(m.metric, m.slice): m for m in verdict.measurements}
    told = {(d.metric, d.slice, d.margin): d for d in verdict.detectable}
    by_rule: dict[int, list[GateResult]] = {}
    for gate in verdict.gates:
        if gate.slice is not None and gate.rule.kind == "max_regression" and gate.rule.value:
            by_rule.setdefault(gate.number, []).append(gate)
    lines = []
    for gates in by_rule.values():
        rows = [
            (gate, measured[gate.metric, gate.slice].rows, needed)
            for gate in gates
            if (gate.metric, gate.slice) in measured
            and (found := told.get((gate.metric, gate.slice, gate.rule.value))) is not None
            and (needed := found.rows_needed) is not None
        ]
        lacking = [(needed / has, gate, has, needed) for gate, has, needed in rows if needed > has]
        if lacking:
            lines.append(_lacking(lacking, len(rows), verdict, measured))
    return lines


def groups_left_out(verdict: Verdict) -> list[str]:
    """A fairness metric has a value, and yet not of every group."""
    return [
        f"{title(m.metric)}: {prose(m.reason)}."
        for m in verdict.measurements
        if m.slice is None and m.reason and m.candidate is not None and by_column(m.metric) is not None
    ]


def _lacking(
    lacking: list[tuple[float, GateResult, int, int]],
    of: int,
    verdict: Verdict,
    measured: dict[tuple[str, str | None], Measurement],
) -> str:
    _, gate, has, needed = min(lacking, key=lambda one: (one[0], one[1].slice or ""))
    m = measured[gate.metric, gate.slice]
    word = "loss" if higher_is_better(gate.metric, m) else "rise"
    margin = scale_of(gate.metric, verdict, m).margin(gate.rule.value or 0.0)
    return (
        f"A {word} of {spoken(gate.metric)} of {margin} could be found 4 times in 5 on "
        f"{number(of - len(lacking))} of {counted(of, 'slice')}; the nearest of the others, {slice_name(gate.slice or '')}, "
        f"has {number(has)} rows and would need about {number(rounded_up(needed))}."
    )


def rounded_up(count: int) -> int:
    """Three digits are all that such a number is good for; never less than it."""
    step = int(10 ** max(0, len(str(count)) - 3))
    return (count + step - 1) // step * step


def _first_gate(verdict: Verdict) -> GateResult | None:
    sliced = {m.metric for m in verdict.measurements if m.slice is not None}
    own = [gate for gate in verdict.gates if gate.metric in sliced]
    return next((gate for gate in own if gate.slice is not None), None) or next(iter(own), None)


def _extreme(m: Measurement, gate: GateResult) -> str:
    """Not "the worst": the table names that, and what a rule fears most need not be the largest change."""
    if not gate.rule.comparative or m.improvement is None:
        return "Lowest" if m.higher_is_better else "Highest"
    gains = m.improvement >= 0
    ways = ("drop", "rise") if m.higher_is_better else ("rise", "fall")
    return f"{'Smallest' if gains else 'Largest'} {ways[gains]} of"


def _badness(m: Measurement, gate: GateResult) -> tuple[float, str]:
    """By what the rule looks at: the change, or the candidate itself."""
    if gate.rule.comparative or m.candidate is None:
        return m.improvement or 0.0, m.slice or ""
    return (m.candidate if m.higher_is_better else -m.candidate), m.slice or ""
