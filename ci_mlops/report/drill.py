"""A drill as blocks: what was stopped, what was let through, and which rule is decoration."""

from ci_mlops.records.drill import Drill, DrilledRule, Fate, Sabotaged
from ci_mlops.records.metric_names import of_one_class
from ci_mlops.records.verdict import Status
from ci_mlops.report.blocks import Align, Block, Details, Heading, Items, Paragraph, Table
from ci_mlops.report.inline import capital, code, name, prose, shortened, strong
from ci_mlops.report.numbers import NONE, Scale, decimals_for, number
from ci_mlops.report.words import SHARES, counted, sign_or_unit, spoken, title

_GOOD, _BAD, _DOUBT, _PLAIN = "✅", "❌", "⚠️", "⚪"
# of one width in every terminal, as emoji are not
IN_A_TERMINAL = {_GOOD: "✓", _BAD: "✗", _DOUBT: "!", _PLAIN: "-"}
_SIGNS: dict[Fate, str] = {
    "stopped": _GOOD,
    "refused": _GOOD,
    "passed": _GOOD,
    "not_stopped": _BAD,
    "blocked": _BAD,
    "undecided": _DOUBT,
    "warned": _DOUBT,
    "unwatched": _DOUBT,
    "unproven": _DOUBT,
    "allowed": _PLAIN,
    "no_harm": _PLAIN,
}
_WORST: tuple[Status, ...] = ("broken", "undecided", "skipped", "held")
_MOST_RULES = 8


def document(drill: Drill) -> tuple[Block, ...]:
    blocks: list[Block] = [
        Heading(f"{mark_of(drill)} Drill of {name(drill.model)}: {prose(drill.reason.rstrip('.'))}"),
        *(Paragraph(f"⚠️ {prose(doubt)}") for doubt in drill.doubts),
        Paragraph(_opening(drill)),
        _sabotages(drill),
    ]
    faults = [f"{_title(one)}: {prose(text)}" for one in drill.sabotages for text in one.disagreements]
    if faults:
        lead = strong("A gate and a second reading of its numbers disagree: this is a bug in ci-mlops.")
        blocks += [Paragraph(f"{lead} Please report these lines."), Items(tuple(faults))]
    blocks += [Paragraph(_scored(drill)), _rules(drill)]
    blocks.append(_statuses(drill))
    if drill.left_out:
        lines = tuple(f"{prose(skip.what)}: {prose(skip.reason)}" for skip in drill.left_out)
        blocks.append(
            Details(f"{strong('Left out')}: {number(len(lines))}, each with its reason", (Items(lines),))
        )
    return (*blocks, Paragraph(_ending(drill)))


def mark_of(drill: Drill) -> str:
    return _BAD if drill.exit_code else _DOUBT if drill.doubts or not drill.summary.harmful else _GOOD


def _opening(drill: Drill) -> str:
    """Whose answers they are, and what the effects below are measured from."""
    told = capital(prose(drill.source))
    value = ""
    if drill.champion is not None:
        value = f": {spoken(drill.metric)} {_scale(drill).value(drill.champion)}{_each(drill.metric)}"
    return (
        f"{told}, on {counted(drill.rows, 'row')}{value}. The answers were spoilt on purpose, in one way a line, and "
        "held to the rules like any candidate's."
    )


def _sabotages(drill: Drill) -> Table:
    scale = _scale(drill)
    rows = tuple(
        (_SIGNS[one.fate], _title(one), _effect(one, scale), _outcome(one)) for one in drill.sabotages
    )
    effect = f"{title(drill.metric)}{_each(drill.metric)}"
    return Table(("", "Sabotage", effect, "What the gates did"), ("left", "left", "left", "left"), rows)


def _title(one: Sabotaged) -> str:
    words = (name(one.about).join(map(prose, word.split("{}"))) for word in one.title.split())
    return " ".join(filter(None, words)) or name("")


def _outcome(one: Sabotaged) -> str:
    """By which rules: their metrics say it shorter than the rules, which have a table of their own."""
    if one.fate != "stopped":
        return prose(one.reason)
    metrics = dict.fromkeys(gate.metric for gate in one.gates if gate.blocks)
    return f"stopped by {', '.join(spoken(metric) for metric in metrics)}"


def _scored(drill: Drill) -> str:
    refused = sum(one.fate == "refused" for one in drill.sabotages)
    more = f" ({counted(refused, 'more was', 'more were')} refused as bad data before any rule was asked)"
    return f"{strong('What each rule stops')} of the harmful ones that were scored{more if refused else ''}:"


def _effect(one: Sabotaged, scale: Scale) -> str:
    m = one.effect
    if m is None:
        return NONE
    if m.improvement is None:
        return "can't be measured"
    if m.identical or m.low == 0 == m.high:
        return "same"
    chance = "≈ " if m.word == "unclear" else ""
    return f"{chance}{'better' if m.improvement > 0 else 'worse'} by {scale.size(m.improvement)}"


def _rules(drill: Drill) -> Table:
    judged = sum(one.harmful and bool(one.gates) for one in drill.sabotages)
    rows = tuple(
        (
            str(rule.number + 1),
            name(rule.text),
            f"{number(len(rule.stopped))} of {number(judged)}",
            number(len(rule.alone)),
            _remark(rule),
        )
        for rule in drill.rules
    )
    return Table(
        ("", "Rule", "Stops", "Alone", ""),
        ("right", "left", "right", "right", "left"),
        rows,
    )


def _remark(rule: DrilledRule) -> str:
    if rule.stops_champion:
        return "stops the champion itself"
    if rule.severity == "warn":
        return "only warns"
    undefined = f"{number(len(rule.undefined))} more can't be measured" if rule.undefined else ""
    if rule.decoration:
        return f"decoration: its limit stops none{', ' if undefined else ''}{undefined}"
    return undefined


def _statuses(drill: Drill) -> Details:
    """What every rule said of every candidate that was scored."""
    shown = drill.rules[:_MOST_RULES]
    rows = tuple(
        (_title(one), *(_status(one, rule.number) for rule in shown)) for one in drill.sabotages if one.gates
    )
    head = ("Sabotage", *(f"Rule {rule.number + 1}" for rule in shown))
    more = len(drill.rules) - len(shown)
    lead = f"; {counted(more, 'more rule')} in {code('drill.json')}" if more > 0 else ""
    left: Align = "left"
    return Details(f"{strong('What each rule said')}{lead}", (Table(head, (left,) * len(head), rows),))


def _status(one: Sabotaged, rule: int) -> str:
    found = [gate for gate in one.gates if gate.number == rule]
    if not found:
        return NONE
    worst = min(found, key=lambda gate: _WORST.index(gate.status))
    blocks = worst.status == "undecided" and worst.blocks
    return "undecided, blocks" if blocks else worst.status


def _ending(drill: Drill) -> str:
    summary = drill.summary
    policy = f" Rules {code(shortened(summary.policy))}." if summary.policy else ""
    test = f" Test rows {code(shortened(summary.test))}." if summary.test else ""
    at = drill.evaluated_at[:16].replace("T", " ")
    when = f" at {at} UTC" if at and all(c in "0123456789-: " for c in at) else ""
    return f"Drilled{when} with ci-mlops {prose(shortened(drill.tool.version))}.{policy}{test}"


def _each(metric: str) -> str:
    return " per decision" if metric == "expected_cost" else ""


def _scale(drill: Drill) -> Scale:
    """As many digits as the largest effect deserves."""
    if of_one_class(drill.metric)[0] in SHARES:
        return Scale(points=True, decimals=3, change_decimals=1)
    effects = [one.effect.improvement for one in drill.sabotages if one.effect is not None]
    largest = max((abs(x) for x in (drill.champion, *effects) if x is not None), default=0.0)
    money = drill.metric == "expected_cost"
    decimals = decimals_for(largest, 0 if money and largest >= 1000 else 2 if money or largest >= 10 else 3)
    unit = drill.currency if money else drill.unit if drill.metric in ("mae", "rmse") else ""
    before, after = sign_or_unit(unit)
    return Scale(before=before, after=after, decimals=decimals, change_decimals=decimals)
