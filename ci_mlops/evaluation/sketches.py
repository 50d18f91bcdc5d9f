"""
Both models' curves: ROC, precision-recall, calibration, histograms of scores; of a regression, its residuals.

They are for the eye, and nothing is decided by them. Rows are counted in fixed bins while they are read for something else;
whole numbers and exact sums merge by `+`, so partitions may come in any order.
"""

from dataclasses import dataclass
from typing import Literal, Self

from ci_mlops.evaluation.noted import blocks
from ci_mlops.evaluation.residual_sketch import ResidualSketch, residual_bars
from ci_mlops.evaluation.rows import Rows
from ci_mlops.evaluation.score_sketch import ScoreSketch, score_bars
from ci_mlops.evaluation.sketching import Told
from ci_mlops.records import Policy

Kind = Literal["scores", "residuals"]
_SIDES = ("champion", "candidate")


@dataclass(slots=True)
class Sketches:
    """Only the kind that is asked for holds what was counted."""

    scores: dict[str, ScoreSketch]
    residuals: dict[str, ResidualSketch]

    @classmethod
    def of(cls, kind: Kind) -> Self:
        if kind == "scores":
            return cls({side: ScoreSketch() for side in _SIDES}, {})
        return cls({}, {side: ResidualSketch() for side in _SIDES})

    def add(self, rows: Rows) -> None:
        for block in blocks(rows):
            for side, said in zip(_SIDES, (block.champion, block.candidate), strict=True):
                if said is None:
                    continue
                if self.scores:
                    self.scores[side].add(block, said)
                if self.residuals:
                    self.residuals[side].add(block, said)

    def __add__(self, other: Self) -> "Sketches":
        return Sketches(
            {side: own + other.scores[side] for side, own in self.scores.items()},
            {side: own + other.residuals[side] for side, own in self.residuals.items()},
        )

    def told(self) -> Told:
        """By the names that a verdict has for them."""
        seen = [(side, one.seen()) for side, one in self.scores.items() if one.drawable]
        spread = [(side, one) for side, one in self.residuals.items() if one.drawable]
        found: Told = {}
        for side, one in seen:
            found |= _named(one.curves() | one.calibration(), side)
        for side, of in spread:
            found |= _named(of.spread(), side)
        return found | (score_bars(seen) if seen else {}) | (residual_bars(spread) if spread else {})


def _named(curves: Told, side: str) -> Told:
    return {f"{kind}.{side}": values for kind, values in curves.items()}


def sketched(policy: Policy) -> Kind | None:
    """None: of three and more classes, or of several labels, there is not one curve but one for each."""
    if policy.classes:
        return None
    return "scores" if policy.task == "classification" else "residuals"
