"""What a decision would cost, from whichever score on a model decided."""

from collections.abc import Sequence

from ci_mlops.records import Verdict
from ci_mlops.report.blocks import Align, Block, Paragraph, Table
from ci_mlops.report.money import cost_scale
from ci_mlops.report.numbers import short
from ci_mlops.report.tables import candidate_title, champion_title

_SHOWN = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9)
_ROWS = {
    "validation": "on the validation rows",
    "test": "on the test rows, for information: a threshold is chosen on validation rows",
}


def cost_curves(verdict: Verdict) -> tuple[Block, ...]:
    """A few points of the curves, and where each is lowest; nothing where there are none."""
    thresholds = verdict.curves.get("threshold", [])
    for rows, told in _ROWS.items():
        titles = {"champion": champion_title(verdict), "candidate": candidate_title(verdict)}
        curves = {
            title: found
            for side, title in titles.items()
            # a verdict may have been written by somebody else
            if len(found := verdict.curves.get(f"{rows}_cost.{side}", [])) == len(thresholds) and found
        }
        if curves:
            return _table(verdict, thresholds, curves, told)
    return ()


def _table(
    verdict: Verdict, thresholds: Sequence[float], curves: dict[str, list[float]], told: str
) -> tuple[Block, ...]:
    places = [at for at, threshold in enumerate(thresholds) if round(threshold, 6) in _SHOWN]
    scale = cost_scale(verdict)
    right: list[Align] = ["right" for _ in range(len(places) + 1)]
    rows = []
    for title, values in curves.items():
        lowest = min(range(len(values)), key=values.__getitem__)
        shown = [scale.value(values[at]) for at in places]
        rows.append((title, *shown, f"{scale.value(values[lowest])} at {short(thresholds[lowest])}"))
    head = ("Deciding from", *(short(thresholds[at]) for at in places), "Lowest")
    return (
        Paragraph(f"Expected cost per decision, by the score that a model decides from ({told}):"),
        Table(head, ("left", *right), tuple(rows)),
    )
