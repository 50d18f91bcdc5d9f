"""
Fixed bins of scores: the same for any partitioning, so that counts of them add up.

Probabilities have 65 536 bins: of one width between 1/64 and 63/64, and beyond them so many an octave, for an event may
be as rare as one row in a million. Other scores go by the first bits of the float: 1024 an octave, of either sign.
"""

from typing import Literal

import numpy as np

from ci_mlops.evaluation.rows import Floats, Ints

Scale = Literal["probability", "any"]

SIZE = 1 << 16
COARSE = 3
"""Slices have 2**COARSE times fewer bins."""
_EDGE = 2.0**-6
_RARE_BITS, _RARE_OCTAVES = 10, 24
_SURE_BITS, _SURE_OCTAVES = 8, 32
_RARE = _RARE_OCTAVES << _RARE_BITS
_SURE = _SURE_OCTAVES << _SURE_BITS
_MIDDLE = SIZE - _RARE - _SURE
_ANY_BITS, _ANY_OCTAVES = 10, 32
_LEAST_ANY = -16


def bins_of(scores: Floats, scale: Scale) -> Ints:
    """Shape (rows,): below `SIZE`, and never lower where the score is higher. Of scores off the scale, any bin."""
    return _of_probabilities(scores) if scale == "probability" else _of_any(scores)


def _of_probabilities(scores: Floats) -> Ints:
    middle = scores - _EDGE
    middle *= _MIDDLE / (1 - 2 * _EDGE)
    places: Ints = np.clip(middle, 0, _MIDDLE - 1, out=middle).astype(np.int64)
    places += _RARE
    rare = np.flatnonzero(scores < _EDGE)
    places[rare] = np.clip(octaves(scores[rare], _RARE_BITS, -6 - _RARE_OCTAVES), 0, _RARE - 1)
    sure = np.flatnonzero(scores > 1 - _EDGE)
    # 1 less a number above one half is exact
    of_sure = np.clip(octaves(1 - scores[sure], _SURE_BITS, -6 - _SURE_OCTAVES), 0, _SURE - 1)
    places[sure] = SIZE - 1 - of_sure
    return places


def _of_any(scores: Floats) -> Ints:
    half = _ANY_OCTAVES << _ANY_BITS
    sizes = np.clip(octaves(np.abs(scores), _ANY_BITS, _LEAST_ANY), 0, half - 1)
    places: Ints = np.where(scores < 0, half - 1 - sizes, half + sizes)
    return places


def octaves(values: Floats, bits: int, least: int) -> Ints:
    """Of values not below 0: number of the stretch, 2**bits an octave, counted from 2**least on."""
    return (values.view(np.int64) >> (52 - bits)) - ((1023 + least) << bits)
