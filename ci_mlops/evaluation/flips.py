"""How many decisions flipped between champion and candidate, for better or worse: counted already, in the joint table."""

from collections.abc import Sequence

from ci_mlops.evaluation.tally import Tally
from ci_mlops.records import Policy
from ci_mlops.records.flips import Flip, Flips

MOST_KINDS = 100
Counted = tuple[int, int, int, int]
"""Truth, champion, candidate, rows."""


def flips(everything: Tally, policy: Policy, words: Sequence[str]) -> Flips | None:
    """
    None: there is no champion, or nothing is decided, as in a regression.

    `words`: for each class, in the order of its code; of rows of several labels, a code is a set.
    """
    if everything.champion is None or policy.task != "classification":
        return None
    flipped = [cell for cell in _cells(everything) if cell[1] != cell[2]]
    kinds = [
        Flip(truth=words[truth], champion=words[before], candidate=words[after], rows=rows)
        for truth, before, after, rows in sorted(flipped, key=lambda cell: (-cell[3], cell[:3]))
        if not policy.multilabel and rows
    ]
    return Flips(
        better=sum(rows for truth, _, after, rows in flipped if after == truth),
        worse=sum(rows for truth, before, _, rows in flipped if before == truth),
        otherwise=sum(rows for truth, before, after, rows in flipped if truth not in (before, after)),
        kinds=tuple(kinds[:MOST_KINDS]),
        left_out=len(kinds[MOST_KINDS:]),
    )


def _cells(everything: Tally) -> list[Counted]:
    sets, table = everything.label_sets, everything.table
    if sets is not None:
        truth, champion, candidate = sets.sets.tolist()
        return list(zip(truth, champion, candidate, sets.rows.tolist(), strict=True))
    if table is not None:
        columns = (side.tolist() for side in table.places)
        return list(zip(*columns, table.rows.tolist(), strict=True))
    return [(code >> 2, code >> 1 & 1, code & 1, rows) for code, rows in enumerate(everything.joint.tolist())]
