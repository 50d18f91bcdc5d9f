"""What fairness is made of: a rate of each group of people, and which groups have rows enough for it."""

from collections.abc import Mapping
from typing import TypeVar

from ci_mlops.evaluation.bucketed_rates import BucketedRate, bucketed
from ci_mlops.evaluation.paired_rates import PairedRate, Rate
from ci_mlops.evaluation.tally import Tally
from ci_mlops.records.slices import MISSING

Groups = Mapping[str, Rate]
_Kind = TypeVar("_Kind", PairedRate, BucketedRate)

COUNTED = {
    "accuracy": "rows",
    "selection_rate": "rows",
    "recall": "positives",
    "false_negative_rate": "positives",
    "specificity": "negatives",
    "false_positive_rate": "negatives",
}


def paired_rate(tally: Tally, rate: str) -> Rate:
    """The rows of the rate's denominator; the joint table holds them by `label * 4 + champion * 2 + candidate`."""
    if tally.buckets is None:
        joint = [int(count) for count in tally.joint]
        return _rate_of(rate, PairedRate(*joint[:4]), PairedRate(*joint[4:]))
    cells = bucketed(tally.buckets)
    return _rate_of(rate, BucketedRate(*cells[:4]), BucketedRate(*cells[4:]))


def _rate_of(rate: str, negatives: _Kind, positives: _Kind) -> _Kind:
    """`Said 1` is a hit of the selection rate, of recall and of false alarms."""
    if COUNTED[rate] == "rows":
        return (negatives if rate == "selection_rate" else negatives.turned).beside(positives)
    one_class = positives if COUNTED[rate] == "positives" else negatives
    return one_class if rate in ("recall", "false_positive_rate") else one_class.turned


def parted(counted: Mapping[str, Groups], floor: int, drawn: str) -> tuple[dict[str, dict[str, Rate]], str]:
    """
    The groups with enough rows in each rate's denominator, and which are left out; no value is no group. `drawn`: what
    rows are drawn together by, see `GroupMetric`.
    """
    kept: dict[str, dict[str, Rate]] = {}
    few: dict[str, str] = {}
    for rate, groups in counted.items():
        kept[rate] = {}
        for name, group in sorted(groups.items()):
            if f"={MISSING}" in name:
                few[name] = "no value"
            elif group.units < floor:
                few.setdefault(name, f"{group.units} {drawn}{COUNTED[rate]}, at least {floor} needed")
            else:
                kept[rate][name] = group
    return kept, f"left out: {', '.join(f'{name} ({why})' for name, why in few.items())}" if few else ""
