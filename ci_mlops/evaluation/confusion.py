"""What was taken for what, counted in rows, for the report."""

from collections import Counter

from ci_mlops.evaluation.tally import Tally
from ci_mlops.records import ConfusionTable, Policy

MOST_CELLS = 10_000
"""A verdict of hundreds of classes must stay a file that can be read again."""


def confusion_table(everything: Tally, policy: Policy) -> ConfusionTable | None:
    table = everything.table
    if table is None:
        return None
    champion: Counter[tuple[int, int]] = Counter()
    candidate: Counter[tuple[int, int]] = Counter()
    columns = (*(side.tolist() for side in table.places), table.rows.tolist())
    for true, before, after, rows in zip(*columns, strict=True):
        champion[true, before] += rows
        candidate[true, after] += rows
    present = sorted({*champion, *candidate}, key=lambda cell: (-max(champion[cell], candidate[cell]), cell))
    words = dict(policy.names)
    alone = everything.champion is None
    return ConfusionTable(
        classes=tuple(words.get(label, label) for label in policy.classes),
        cells=tuple(
            (*cell, None if alone else champion[cell], candidate[cell])
            for cell in sorted(present[:MOST_CELLS])
        ),
        left_out=len(present[MOST_CELLS:]),
    )
