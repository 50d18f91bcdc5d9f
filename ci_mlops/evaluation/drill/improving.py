"""Better candidates: wrong rows made right. A rule that stops one of them stops progress."""

from collections.abc import Callable

import numpy as np

from ci_mlops.evaluation.drill.sabotage import FEW, Flags, Sabotage, some
from ci_mlops.evaluation.rows import Predictions, Rows

Right = Callable[[Rows, Flags], Predictions]
"""The champion, with the truth on the chosen rows."""


def improvements(right: Right) -> tuple[Sabotage, Sabotage]:
    """Of a model that decides between classes."""

    def few_right(rows: Rows) -> Predictions | str:
        wrong = _wrong(rows)
        if wrong.sum() < FEW:
            return f"the champion is wrong on fewer than {FEW} rows"
        return right(rows, some(wrong, FEW))

    def third_right(rows: Rows) -> Predictions | str:
        wrong = _wrong(rows)
        if wrong.sum() <= FEW:
            return f"the champion is wrong on no more than {FEW} rows"
        return right(rows, some(wrong, -(-int(wrong.sum()) // 3)))

    return (
        Sabotage(name="few-right", title="3 wrong rows made right", intent="harmless", apply=few_right),
        Sabotage(
            name="third-right",
            title="A third of the wrong rows made right",
            intent="harmless",
            apply=third_right,
        ),
    )


def _wrong(rows: Rows) -> Flags:
    return np.asarray(rows.candidate.decisions != rows.labels, dtype=np.bool_)
