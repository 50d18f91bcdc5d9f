"""What became of the one comment."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    outcome: Literal["created", "updated", "unchanged", "skipped"]
    url: str
    warning: str = ""
