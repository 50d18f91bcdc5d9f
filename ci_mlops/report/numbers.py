"""Numbers as people write them: a true minus, thin thousands, and spaces that never break a line."""

from dataclasses import dataclass
from math import ceil, floor, log10

MINUS = "\N{MINUS SIGN}"
NBSP = "\N{NO-BREAK SPACE}"
ARROW = "\N{RIGHTWARDS ARROW}"
NONE = "\N{EN DASH}"

_PLAIN_LIMIT = 1e12
_MILLION = 999_999.5  # from here on six digits would be written with an exponent
_FINEST = 9
_LEAST = 1e-9
"""What is smaller is the noise of floating point."""
_FAR = 100
"""How many times larger the number beside it is where a small one is read by itself."""


def number(value: float, decimals: int = 0, *, signed: bool = False) -> str:
    """
    A rounded nothing has no minus, thousands stand apart.

    >>> number(1234.5, 1).split(), number(0.26, 1, signed=True), number(-0.001, 1)
    (['1', '234.5'], '+0.3', '0.0')
    """
    text = f"{abs(value):,.{decimals}f}" if abs(value) < _PLAIN_LIMIT else f"{abs(value):.3g}"
    something = bool(text.strip("0.,"))
    sign = MINUS if value < 0 and something else "+" if signed and value > 0 and something else ""
    return sign + text.replace(",", NBSP)


def short(value: float) -> str:
    """As few digits as say it: limits and levels."""
    digits = ",.6g" if abs(value) < _MILLION else ",.0f" if abs(value) < _PLAIN_LIMIT else ".3g"
    text = f"{value:{digits}}"
    return text.replace(",", NBSP).replace("-", MINUS)


def percent(share: float) -> str:
    return f"{short(round(share * 100, 2))}{NBSP}%"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How one metric's values and differences are written."""

    before: str = ""
    """A currency's sign."""
    after: str = ""
    """Any other unit, with its space."""
    decimals: int = 3
    points: bool = False
    """A share: its differences are percentage points."""
    change_decimals: int = 3
    beside: float = 0.0
    """The larger of the two values that are written so."""

    def value(self, value: float) -> str:
        text = number(abs(value), told_apart(abs(value), self.decimals, beside=self.beside))
        return f"{self._sign(value, text)}{self.before}{text}{self.after}"

    def change(self, difference: float) -> str:
        """A signed difference with its unit."""
        bare = self.bare(difference)
        sign, digits = (bare[0], bare[1:]) if bare[0] in "+" + MINUS else ("", bare)
        return f"{sign}{self.before}{digits}{self._change_unit}"

    def bare(self, difference: float) -> str:
        """A signed difference without its unit, as in an interval's column."""
        change = difference * (100 if self.points else 1)
        return number(change, left_of(abs(change), self.change_decimals), signed=True)

    def size(self, difference: float) -> str:
        """An unsigned difference in full: `5.3 pp`, `€3.71`."""
        return f"{self.before}{self.bare(abs(difference)).lstrip('+')}{self._change_unit}"

    def margin(self, limit: float) -> str:
        """A rule's allowed difference, in the digits that it was written with."""
        return f"{self.before}{short(round(limit * 100, 8) if self.points else limit)}{self._change_unit}"

    def limit(self, limit: float) -> str:
        text = short(abs(limit))
        return f"{self._sign(limit, text)}{self.before}{text}{self.after}"

    @property
    def _change_unit(self) -> str:
        return f"{NBSP}pp" if self.points else self.after

    @staticmethod
    def _sign(value: float, text: str) -> str:
        return MINUS if value < 0 and text.strip("0." + NBSP) else ""


def decimals_for(size: float, fewest: int) -> int:
    """Decimals that leave two digits of a number that is not zero: 0.0004 needs five."""
    if size <= 0 or size >= 1:
        return fewest
    return min(_FINEST, max(fewest, ceil(-log10(size)) + 1))


def told_apart(size: float, decimals: int, *, beside: float = 0.0) -> int:
    """
    Decimals of a row, or more where they would make a small number a round one: 0.958 is never 1, and 0.04 never 0.

    >>> [f"{size:.{told_apart(size, 0, beside=20225.0)}f}" for size in (20225.3, 101.4, 12.3, 0.958, 0.04)]
    ['20225', '101', '12.30', '0.958', '0.040']
    """
    if not _LEAST <= size < _PLAIN_LIMIT:
        return decimals
    digits = 3 if size >= 0.1 and size * _FAR <= beside else 2
    own = digits - 1 - floor(log10(size))
    if own > decimals:
        decimals = min(_FINEST, max(own, 2))
    # what is not quite perfect is not shown as perfect
    short_of = 1 - size
    return ceil(-log10(short_of)) if short_of >= _LEAST and round(size, decimals) >= 1 else decimals


def left_of(size: float, decimals: int) -> int:
    """Decimals of a difference, or more where they would leave nothing of it, or a round one: its sign decides."""
    if not _LEAST <= size < 1 or (decimals and round(size, decimals)):
        return decimals
    return decimals_for(size, decimals)
