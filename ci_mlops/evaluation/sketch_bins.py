"""
Fixed bins for what is drawn, fewer than those that metrics are measured by: counts of them add up, whatever the partitions.

Any finite number has one, and no lower one where it is higher. Between 0 and 1, where most scores are, there are 1024 of one
width, of which those at either end are parted once more by octaves: an event may be rare, or nearly sure. Other numbers go
by octaves of either sign, 256 each.
"""

import sys

import numpy as np

from ci_mlops.evaluation.bins import octaves
from ci_mlops.evaluation.rows import Floats, Ints

_BITS = 8
_LEAST, _OCTAVES = -64, 128
_HALF = _OCTAVES << _BITS
NUMBERS = 2 * _HALF
"""Bins of numbers."""

_HIGH = int(sys.byteorder == "little")
_WITHOUT_SIGN = (1 << 31) - 1

_STEPS, _TAIL = 1024, 16
_TAIL_BITS, _TAIL_OCTAVES = 5, 26
# of the 16 steps at either end, which make 2**-6
_TAIL_BINS = _TAIL_OCTAVES << _TAIL_BITS
_SHARES = 2 * _TAIL_BINS + _STEPS - 2 * _TAIL
# of numbers, those below 0, then those of a size below 1, which have the bins of shares where they are scores
_SMALL = -_LEAST << _BITS
SCORES = _HALF + _SHARES + _HALF - _SMALL
"""Bins of scores."""


def number_bins(values: Floats) -> Ints:
    """Shape (rows,): below `NUMBERS`."""
    base, places = number_bins_from(values)
    places += base
    return places


def number_bins_from(values: Floats) -> tuple[int, Ints]:
    """The lowest bin of some numbers, and how far from it each one's is."""
    # sign, exponent and the first bits of the fraction are in one half, which takes half the time
    places = np.ascontiguousarray(values).view(np.int32)[_HIGH::2].copy()
    # all ones where the number is below 0, and of whole numbers `~n` is -1 - n
    below = places >> 31
    places &= _WITHOUT_SIGN
    places >>= 20 - _BITS
    places -= (1023 + _LEAST) << _BITS
    if places.min(initial=0) < 0 or places.max(initial=0) >= _HALF:
        np.clip(places, 0, _HALF - 1, out=places)
    places ^= below
    base = int(places.min(initial=_HALF - 1))
    places -= base
    return _HALF + base, places.astype(np.int64)


def number_middles() -> Floats:
    """Shape (NUMBERS,)."""
    middles = _middles_of_octaves(_LEAST, _OCTAVES, _BITS)
    return np.concatenate((-middles[::-1], middles))


def score_bins(scores: Floats) -> Ints:
    """Shape (rows,): below `SCORES`."""
    if not scores.size or (scores.min() >= 0 and scores.max() <= 1):
        return _share_bins(scores)
    places = number_bins(scores)
    places[scores > 1] += _SHARES - _SMALL
    inside = (scores >= 0) & (scores <= 1)
    places[inside] = _share_bins(scores[inside])
    return places


def score_middles() -> Floats:
    """Shape (SCORES,)."""
    numbers = number_middles()
    tail = _middles_of_octaves(-6 - _TAIL_OCTAVES, _TAIL_OCTAVES, _TAIL_BITS)
    steps = (np.arange(_TAIL, _STEPS - _TAIL) + 0.5) / _STEPS
    return np.concatenate((numbers[:_HALF], tail, steps, 1 - tail[::-1], numbers[_HALF + _SMALL :]))


def _share_bins(shares: Floats) -> Ints:
    places: Ints = (shares * _STEPS).astype(np.int64)
    tails = np.flatnonzero((places < _TAIL) | (places >= _STEPS - _TAIL))
    own, low = shares[tails], places[tails] < _TAIL
    # 1 less a number above one half is exact
    sizes = octaves(np.where(low, own, 1 - own), _TAIL_BITS, -6 - _TAIL_OCTAVES)
    sizes = np.clip(sizes, 0, _TAIL_BINS - 1)
    places += _HALF + _TAIL_BINS - _TAIL
    places[tails] = _HALF + np.where(low, sizes, _SHARES - 1 - sizes)
    return places


def _middles_of_octaves(least: int, many: int, bits: int) -> Floats:
    parts = 1 + (np.arange(1 << bits) + 0.5) / (1 << bits)
    middles = np.ldexp(parts, least + np.arange(many)[:, None]).ravel()
    # whatever is smaller is counted there too, and most of it is 0
    middles[0] = 0.0
    return middles
