"""What a change changes of what its model is made of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedItem:
    """One thing inside a part: a parameter, a column, a package, a file of code."""

    name: str
    champion: str | None = None
    """None: the champion's making has no such thing; empty: it has, and there is no more to say of it than its name."""
    candidate: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedPart:
    """One line of "what this change changes": code, training data, test data, environment, parameters, policy."""

    part: str
    champion: str
    candidate: str
    changed: bool | None
    """None: it is not known what the champion was made of, as for a version that somebody else registered."""
    champion_rows: int | None = None
    candidate_rows: int | None = None
    """Of a data set whose pin tells them."""
    items: tuple[ChangedItem, ...] = ()
    """What differs, where it is known."""
    left_out: int = 0
    """Items that are not listed, where there are too many."""
    commits: int | None = None
    """Of code: how many lie between the champion's commit and the candidate's; None: this clone does not tell."""
