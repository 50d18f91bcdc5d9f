"""Single rows that flipped, with the columns that the team's policy lists and no others."""

from math import isfinite

from ci_mlops.records import Verdict
from ci_mlops.records.flipped import FlippedRow, FlippedRows, Told
from ci_mlops.report.blocks import Align, Paragraph, Simple, Table
from ci_mlops.report.inline import name
from ci_mlops.report.money import cost_scale
from ci_mlops.report.numbers import NONE, Scale, number, short
from ci_mlops.report.tables import CHANGE_HEAD, candidate_title, champion_title
from ci_mlops.report.words import counted, scale_of

KEY = "flipped"
_DIGITS, _MOST_DIGITS = 3, 12
_CHANGES = {
    "expected_cost": "What each costs more with the candidate than with the champion",
    "errors": "Whether each is an error more or less",
    "absolute_error": "By how much the candidate's error is larger than the champion's",
}


def flipped_title(found: FlippedRows) -> str:
    return (
        "Rows whose error changed most" if found.change == "absolute_error" else "Rows whose decision flipped"
    )


def flipped_finding(found: FlippedRows) -> str:
    more = f", {number(found.left_out)} more are not shown" if found.left_out > 0 else ""
    return f"{counted(len(found.rows), 'row')} of those that matter most{more}"


def flipped_blocks(found: FlippedRows, verdict: Verdict) -> tuple[Simple, ...]:
    if not found.rows:
        return (Paragraph("There is none."),)
    scores = any(row.champion_score is not None or row.candidate_score is not None for row in found.rows)
    titles = (champion_title(verdict), candidate_title(verdict))
    head = ("Truth", *titles, *(tuple(f"Score, {title}" for title in titles) if scores else ()), CHANGE_HEAD)
    scale = _scale(found, verdict)
    right: list[Align] = ["right" for _ in head[3:]]
    right += [_align(found, at) for at in range(len(found.columns))]
    rows = tuple(
        (
            *(_told(value) for value in (row.truth, row.champion, row.candidate)),
            *(_scores(row, verdict) if scores else ()),
            _change(row, scale),
            *map(_told, row.values),
        )
        for row in found.rows
    )
    columns = tuple(name(column) for column in found.columns)
    return (
        Paragraph(f"{_CHANGES[found.change]}; the columns are those that the policy lists for it."),
        Table((*head, *columns), ("left", "left", "left", *right), rows),
    )


def _scale(found: FlippedRows, verdict: Verdict) -> Scale:
    if found.change == "expected_cost":
        return cost_scale(verdict)
    return scale_of("mae" if found.change == "absolute_error" else "errors", verdict)


def _align(found: FlippedRows, at: int) -> Align:
    held = [row.values[at] for row in found.rows if at < len(row.values)]
    return "right" if all(isinstance(value, int | float) or value is None for value in held) else "left"


def _change(row: FlippedRow, scale: Scale) -> str:
    word = "better" if row.change < 0 else "worse" if row.change > 0 else "="
    return f"{scale.change(row.change)} {word}" if isfinite(row.change) else word


def _scores(row: FlippedRow, verdict: Verdict) -> tuple[str, ...]:
    """In digits enough to tell them apart, and from the score that a model decides from."""
    scores = (row.champion_score, row.candidate_score)
    beside = [*(score for score in scores if score is not None), *_decided_from(verdict)]
    for digits in range(_DIGITS, _MOST_DIGITS + 1):
        if len({round(score, digits) for score in beside}) == len(set(beside)):
            break
    return tuple(NONE if score is None else _plainly(score, digits) for score in scores)


def _plainly(score: float, digits: int) -> str:
    text = number(score, digits)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _decided_from(verdict: Verdict) -> tuple[float, ...]:
    told = verdict.threshold
    if told is None:
        return (0.5,)
    return tuple(one.threshold for one in (told.champion, told.candidate) if one is not None)


def _told(value: Told) -> str:
    if value is None:
        return NONE
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)  # it may be an account or a year: every digit, and none apart
    return short(value) if isinstance(value, float) and isfinite(value) else name(str(value))
