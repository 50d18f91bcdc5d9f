"""Sabotages of a model whose rows may carry several labels at once; a set of labels is a number, one bit a label."""

import numpy as np
from numpy.typing import NDArray

from ci_mlops.evaluation.drill.improving import improvements
from ci_mlops.evaluation.drill.sabotage import Flags, Sabotage, mirrored, where
from ci_mlops.evaluation.drill.scatter import dealt
from ci_mlops.evaluation.rows import Floats, Predictions, Rows
from ci_mlops.records import Policy

Sets = NDArray[np.bool_]
"""Shape (rows, labels)."""


class LabelSets:
    """`rows` as for any sabotage: their `candidate` is the champion."""

    def __init__(self, rows: Rows, policy: Policy) -> None:
        self.labels = policy.classes
        counts = self._sets(rows.labels).sum(axis=0)
        self.order = np.argsort(-counts, kind="stable")
        """Places of the labels, the commonest first."""
        enough = [place for place in self.order.tolist() if counts[place] >= policy.floor]
        self.rare = enough[-1] if enough else None
        self.harmless = improvements(self._right)

    def harmful(self) -> tuple[Sabotage, ...]:
        first, second = (self.labels[place] for place in self.order[:2])
        rarest = self.labels[self.rare] if self.rare is not None else "the rarest label"
        of_all = (
            ("constant", "Never a label", "", self.never),
            ("every", "Every label on every row", "", self.every),
            ("inverted", "Every label inverted", "", self.inverted),
            ("threshold-up", "Threshold up: half the labels", "", self.fewer),
            ("threshold-down", "Threshold down: twice the labels", "", self.more),
            ("swapped", "{} swapped", f"{first} and {second}", self.swapped),
            ("label-dealt", "{} dealt to other rows", first, self.label_dealt),
            ("label-lost", "Never {}", rarest, self.label_lost),
        )
        return tuple(
            Sabotage(name=name, title=title, about=about, intent="harm", apply=apply)
            for name, title, about, apply in of_all
        )

    def never(self, rows: Rows) -> Predictions:
        return self._always(rows, 0.0)

    def every(self, rows: Rows) -> Predictions:
        return self._always(rows, 1.0)

    def inverted(self, rows: Rows) -> Predictions:
        said = rows.candidate
        return Predictions(decisions=_codes(~self._sets(said.decisions)), scores=mirrored(said.scores))

    def fewer(self, rows: Rows) -> Predictions | str:
        return self._threshold(rows, 0.5)

    def more(self, rows: Rows) -> Predictions | str:
        return self._threshold(rows, 2.0)

    def swapped(self, rows: Rows) -> Predictions:
        """The two commonest labels take each other's name."""
        places = np.arange(len(self.labels))
        places[self.order[:2]] = self.order[1::-1]
        said = rows.candidate
        return Predictions(
            decisions=_codes(self._sets(said.decisions)[:, places]),
            scores=None if said.scores is None else said.scores[:, places],
        )

    def label_dealt(self, rows: Rows) -> Predictions:
        sets, scores = self._sets(rows.candidate.decisions), rows.candidate.scores
        return self._with_label(
            rows, int(self.order[0]), sets[dealt(len(rows))], _at(scores, dealt(len(rows)))
        )

    def label_lost(self, rows: Rows) -> Predictions | str:
        if self.rare is None:
            return "no label is on enough rows"
        none = self.never(rows)
        return self._with_label(rows, self.rare, self._sets(none.decisions), none.scores)

    def _always(self, rows: Rows, share: float) -> Predictions:
        scores = rows.candidate.scores
        return Predictions(
            decisions=_codes(np.full((len(rows), len(self.labels)), bool(share))),
            scores=None if scores is None else np.full_like(scores, share),
        )

    def _threshold(self, rows: Rows, times: float) -> Predictions | str:
        """At which about so many labels more are given; never all that are left."""
        said = rows.candidate
        if said.scores is None:
            return "the champion gives no scores, so there is no threshold to move"
        given = int(self._sets(said.decisions).sum())
        wanted = min(int(given * times), given + (said.scores.size - given) // 2)
        if wanted < 1:
            return "the champion gives too few labels"
        cut = np.sort(said.scores, axis=None)[-wanted]
        return Predictions(decisions=_codes(said.scores >= cut), scores=said.scores)

    def _with_label(self, rows: Rows, place: int, sets: Sets, scores: Floats | None) -> Predictions:
        """The champion, with one label's column of another."""
        own, own_scores = self._sets(rows.candidate.decisions), rows.candidate.scores
        own[:, place] = sets[:, place]
        if own_scores is not None and scores is not None:
            own_scores = own_scores.copy()
            own_scores[:, place] = scores[:, place]
        return Predictions(decisions=_codes(own), scores=own_scores)

    def _right(self, rows: Rows, chosen: Flags) -> Predictions:
        said, scores = rows.candidate, rows.candidate.scores
        other = mirrored(scores)
        if scores is not None and other is not None:
            scores = np.where(self._sets(rows.labels), np.maximum(scores, other), np.minimum(scores, other))
        return where(chosen, Predictions(decisions=rows.labels, scores=scores), said)

    def _sets(self, codes: Floats) -> Sets:
        bits = codes.astype(np.int64)[:, np.newaxis] >> np.arange(len(self.labels)) & 1
        return np.asarray(bits, dtype=np.bool_)


def _codes(sets: Sets) -> Floats:
    codes: Floats = sets @ 2.0 ** np.arange(sets.shape[1])
    return codes


def _at(scores: Floats | None, places: NDArray[np.int64]) -> Floats | None:
    return None if scores is None else scores[places]
