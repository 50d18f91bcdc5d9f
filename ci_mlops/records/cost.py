"""What decisions cost: the team's own numbers, as the policy holds them and as a verdict shows them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceColumn:
    """A price that each row has of its own: the value in a column of the test data, times a number."""

    column: str
    times: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceCost:
    """What decisions cost on the rows of one slice; a kind that is not listed costs there what it costs everywhere."""

    slice: str
    prices: tuple[tuple[str, float], ...] = ()
    """(`false_negative`, 900.0)."""
    columns: tuple[tuple[str, PriceColumn], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one decision costs, by what was true and what was said. Benefits are negative costs."""

    unit: str = ""
    false_negative: float = 0.0
    false_positive: float = 0.0
    true_positive: float = 0.0
    true_negative: float = 0.0
    volume: float | None = None
    """Decisions a year."""
    columns: tuple[tuple[str, PriceColumn], ...] = ()
    """Kinds of decisions that each row has a price of its own for; their number above is 0."""
    slices: tuple[SliceCost, ...] = ()
    """Of several that a row is in, the last one counts."""
    matrix: tuple[tuple[str, str, float], ...] = ()
    """Of three or more classes: (true class, class that was said, cost); what is not listed costs nothing."""
    over: float = 0.0
    """Of a predicted number: what each unit costs that it is too large."""
    under: float = 0.0
    """What each unit costs that it is too small."""

    @property
    def by_error(self) -> bool:
        """Whether the four prices of two classes say it all."""
        return not (self.by_row or self.matrix or self.over or self.under)

    @property
    def by_row(self) -> bool:
        """Whether rows of the same error may cost differently."""
        return bool(self.columns or self.slices)

    @property
    def of_rows(self) -> tuple[str, ...]:
        """The columns that prices are read from, each once."""
        everywhere = [self.columns, *(one.columns for one in self.slices)]
        return tuple(dict.fromkeys(price.column for columns in everywhere for _, price in columns))


@dataclass(frozen=True, slots=True, kw_only=True)
class CostReport(Cost):
    """With what was found: the expected cost of one decision, of both models."""

    champion: float | None
    candidate: float
