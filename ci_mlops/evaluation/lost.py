"""
What lies in the rows that a candidate can't score: few of all rows can be most of the positives, of the weight, of an
amount, or of what the champion gets wrong.
"""

from collections.abc import Iterator

import numpy as np

from ci_mlops.evaluation.exact import as_fraction, exact_sums
from ci_mlops.evaluation.rows import Floats, Ints
from ci_mlops.evaluation.taken import losses
from ci_mlops.records import LostPart, Policy
from ci_mlops.records.comparison import LostKind

EVERYWHERE = -1
Sums = dict[tuple[LostKind, str, int], tuple[int, int]]
"""
Kind, column and code of the class of a part -> of it in the lost rows, and in these and the compared ones. Rows are
counted, and what is added up is exact, as `exact_sums` writes it. Merges by `plus`.
"""
# as many of these as there are rows still add up to a float
_LARGEST = 1e290


def plus(one: Sums, other: Sums) -> Sums:
    both = dict(one)
    for part, (lost, total) in other.items():
        before = both.get(part, (0, 0))
        both[part] = (before[0] + lost, before[1] + total)
    return both


def classes_in(lost: Floats, kept: Floats, policy: Policy) -> Sums:
    """Rows of each class, of labels' codes; a number that is predicted is of no class."""
    if policy.task == "regression":
        return {}
    size = len(policy.classes) or 2
    there, here = (_counts(codes.astype(np.int64), size, policy) for codes in (lost, kept))
    return {("class", "", code): (there[code], there[code] + here[code]) for code in range(size)}


def _counts(codes: Ints, size: int, policy: Policy) -> list[int]:
    if policy.multilabel:
        return [int((codes >> place & 1).sum()) for place in range(size)]
    return [int(count) for count in np.bincount(codes, minlength=size)]


def column_in(name: str, lost: tuple[Floats, Floats], kept: tuple[Floats, Floats], policy: Policy) -> Sums:
    """
    Sums of a column's numbers, whatever their sign, in all rows and in each class; `lost`, `kept`: numbers and codes of
    labels. Of a lost row that has no number nothing is asked.
    """
    by_class = policy.task == "classification" and not policy.multilabel
    size = (len(policy.classes) or 2) if by_class else 1
    there, here = (
        exact_sums(_magnitudes(values), codes.astype(np.int64) if by_class else None, size)
        for values, codes in (lost, kept)
    )
    found: Sums = {("column", name, EVERYWHERE): (sum(there), sum(there) + sum(here))}
    if by_class:
        found |= {("column", name, code): (there[code], there[code] + here[code]) for code in range(size)}
    return found


def errors_in(lost: tuple[Floats, Floats], kept: tuple[Floats, Floats], *, regression: bool) -> Sums:
    """The champion's losses; `lost`, `kept`: its decisions and the labels."""
    there, here = (exact_sums(_magnitudes(losses(*of, regression=regression)))[0] for of in (lost, kept))
    return {("errors", "", EVERYWHERE): (there, there + here)}


def _magnitudes(values: Floats) -> Floats:
    found: Floats = np.minimum(np.nan_to_num(np.abs(values), posinf=0.0), _LARGEST)
    return found


def told(sums: Sums, rows: int, policy: Policy) -> Iterator[LostPart]:
    """The parts that something was lost of, in words; `rows`: lost and compared."""
    for (kind, column, code), (lost, total) in sorted(sums.items()):
        if not lost:
            continue
        label = "" if code == EVERYWHERE else _label(code, policy)
        if kind == "class":
            yield LostPart(kind=kind, label=label, rows=total, lost=lost, total=total)
            continue
        own = rows if code == EVERYWHERE else sums["class", "", code][1]
        amount = float(as_fraction(total))
        if kind == "errors" and policy.task == "classification":
            own = int(amount)
        yield LostPart(
            kind=kind, column=column, label=label, rows=own, lost=float(as_fraction(lost)), total=amount
        )


def _label(code: int, policy: Policy) -> str:
    if not policy.classes:
        return "positives" if code else "negatives"
    label = policy.classes[code]
    return f"rows of {dict(policy.names).get(label, label)}"
