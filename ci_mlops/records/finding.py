"""What was seen of how a model was made, that a reader of the verdict must know. Facts, never the team's own text."""

from dataclasses import dataclass
from typing import Literal

FindingCode = Literal[
    "unseeded_split",
    "unseeded_model",
    "group_on_both_sides",
    "fitted_on_more_rows",
    "duplicates_of_training_rows",
    "rows_left_out",
    "prepared_outside",
    "schema_coerced",
    "own_environment",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    code: FindingCode
    role: Literal["candidate", "champion"]
    where: str = ""
    """`train.py:14`, relative to the config's folder."""
    names: tuple[str, ...] = ()
    """Columns, or classes of the library that did it: `StandardScaler`."""
    count: int | None = None
    of: int | None = None
    detail: str = ""
    """A word of a closed list, as `int64 -> int32`; the report makes the sentence."""
