"""Where a loss comes from, as far as the counts tell."""

from ci_mlops.records import Measurement, Verdict
from ci_mlops.report.inline import strong
from ci_mlops.report.numbers import number
from ci_mlops.report.provenance import part_words
from ci_mlops.report.rows import rule_rows
from ci_mlops.report.words import slice_name

# metrics whose loss is a count of errors among rows that both models share
_ERRORS = {"recall": "extra misses", "specificity": "extra false alarms", "accuracy": "extra errors"}
# a slice is named where it holds at least half of the loss, and well more than its share of the rows
_HALF = 0.5
_MANY = 10
_MORE_THAN_ITS_SHARE = 1.5


def where_it_comes_from(verdict: Verdict) -> str:
    """Empty where nothing is known."""
    changed = [part.part for part in verdict.changed if part.changed]
    sentences = [_slice_sentence(verdict)]
    if changed and changed != ["code"]:
        sentences.append(f"This change touches {' and '.join(map(part_words, changed[:_MANY]))}.")
    told = " ".join(filter(None, sentences))
    return f"{strong('Where it comes from:')} {told[0].lower()}{told[1:]}" if told else ""


def _slice_sentence(verdict: Verdict) -> str:
    broken = next((row for row in rule_rows(verdict) if row.mark == "❌"), None)
    whole = broken.measurement if broken else None
    # weights make shares of what no longer is a count of rows
    weighted = verdict.weighting is not None
    if whole is None or whole.slice is not None or whole.metric not in _ERRORS or weighted:
        return ""
    total = _extra(whole)
    parts = [m for m in verdict.measurements if m.metric == whole.metric and m.slice is not None]
    worst = max(parts, key=_extra, default=None)
    if worst is None or worst.slice is None or total < 2 or not total >= _extra(worst) >= _HALF * total:
        return ""
    if _extra(worst) * whole.events < _MORE_THAN_ITS_SHARE * total * worst.events:
        return ""
    held = f"{number(_extra(worst))} of the {number(total)} {_ERRORS[whole.metric]}"
    return f"slice {slice_name(worst.slice)} holds {held}, with {number(worst.rows)} of the {number(whole.rows)} rows."


def _extra(m: Measurement) -> int:
    extra = 0.0 if m.champion is None or m.candidate is None else m.events * (m.champion - m.candidate)
    return round(extra) if abs(extra) <= m.events else 0
