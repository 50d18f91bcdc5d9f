"""
Fairness metrics by the names of fairlearn: `equalized_odds_difference by sex`.

Each is the largest difference between two groups of a column, or the smallest ratio, of one rate or of two.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Kind = Literal["difference", "ratio"]

RATES = ("accuracy", "false_negative_rate", "false_positive_rate", "recall", "selection_rate", "specificity")
"""Shares of rows that both models are asked of, so that they share the denominator."""
_SYNONYMS = {
    "true_positive_rate": "recall",
    "true_negative_rate": "specificity",
    "accuracy_score": "accuracy",
}
_KINDS: tuple[Kind, ...] = ("difference", "ratio")
_COMPOSED = {
    "demographic_parity": ("selection_rate",),
    "equal_opportunity": ("recall",),
    "equalized_odds": ("recall", "false_positive_rate"),
}
FAIRNESS: Mapping[str, tuple[Kind, tuple[str, ...]]] = MappingProxyType(
    {
        f"{name}_{kind}": (kind, rates)
        for name, rates in {**_COMPOSED, **{rate: (rate,) for rate in RATES}}.items()
        for kind in _KINDS
    }
)
"""Name -> what it is of its rates; of two rates the worse one counts."""
_ALIASES = {f"{other}_{kind}": f"{rate}_{kind}" for other, rate in _SYNONYMS.items() for kind in _KINDS}
_BY = " by "


def by_column(name: str) -> tuple[str, str] | None:
    """
    The metric and the column of its groups; None: it is no fairness metric.

    >>> by_column("recall_difference by kind of card"), by_column("recall of bug")
    (('recall_difference', 'kind of card'), None)
    """
    base, by, column = name.partition(_BY)
    base = _ALIASES.get(base.strip(), base.strip())
    return (base, column.strip()) if base in FAIRNESS and by and column.strip() else None


def canonical_fairness(name: str) -> str | None:
    """None: it is no fairness metric."""
    found = by_column(name)
    return None if found is None else _BY.join(found)


def lacks_column(name: str) -> bool:
    """A fairness metric that does not say between which groups."""
    return by_column(name) is None and _ALIASES.get(name, name) in FAIRNESS
