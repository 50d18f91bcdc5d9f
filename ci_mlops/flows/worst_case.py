"""The rows that a candidate can't score, read once more as if it were wrong on all of them."""

from collections.abc import Callable
from dataclasses import replace

from ci_mlops.datasets.lost_as_wrong import Wrong
from ci_mlops.datasets.prediction_file import PredictionFile
from ci_mlops.errors import BadData
from ci_mlops.evaluation.gates import Held, hold
from ci_mlops.evaluation.worst_case import called_instead, doubted, not_held, rules_in_doubt, unread
from ci_mlops.records import Comparison, Policy

Compared = Callable[[PredictionFile, Policy], Comparison]
"""A candidate, by some rules."""


def held_at_worst(found: Comparison, candidate: PredictionFile, policy: Policy, compared: Compared) -> Held:
    """The rules held against what was `found`; what holds only as nothing is known of lost rows is undecided."""
    held, lost = hold(found, policy), found.rows.lost
    asked = rules_in_doubt(held, policy)
    if not lost or asked is None:
        return held
    for called in called_instead(asked.policy, found):
        file = replace(candidate, where_lost=Wrong(called=called, probabilities=asked.of_probabilities))
        try:
            why = not_held(hold(compared(file, asked.policy), asked.policy), asked)
        except BadData as error:
            # such as a lost row without its price
            unknown = unread(held, asked, f"nobody can say what it comes to: {error.what}")
            return doubted(held, asked, unknown, lost)
        held = doubted(held, asked, why, lost)
    return held
