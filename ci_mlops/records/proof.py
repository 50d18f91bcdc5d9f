"""What was looked for to show that the comparison is fair, and what was found. Counts only: rows of data never travel."""

from dataclasses import dataclass
from typing import Literal

OverlapPolicy = Literal["exclude", "refuse", "tell"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingOverlap:
    """The pinned test rows, held against the pinned training data of one model."""

    role: Literal["candidate", "champion"]
    reason: str = ""
    """Why it could not be looked for; then all below is empty."""
    noted: bool = False
    """A launcher noted which rows the model was fitted on; that decides, and not what its file holds."""
    training_rows: int = 0
    columns: int = 0
    """That test and training data share, besides id and target."""
    content: int = 0
    """Test rows that say in all of them what a training row says."""
    whole: int = 0
    """Of these, the ones with the same target as well."""
    by_chance: float = 0.0
    """As many would, if the training rows were drawn like the test rows: the columns know few different rows."""
    is_chance: bool = False
    """No more than that, so that they are told and not left out."""
    same_id: int = 0
    respelt: int = 0
    """Of these, ids that differ in spaces, case or leading zeros."""
    numbered: bool = False
    """Ids number the rows of each file anew, as rows of one id say other things: told and not left out."""
    same_group: int = 0
    groups: int = 0
    groups_of: int = 0
    older: int = 0
    """Test rows that are older than the newest training row."""
    newest: str = ""
    left_out: int = 0
    """Test rows that count as trained on, by all this."""

    @property
    def is_known(self) -> bool:
        return not self.reason


@dataclass(frozen=True, slots=True, kw_only=True)
class FairnessProof:
    overlap: OverlapPolicy = "exclude"
    """What the policy says is to be done with test rows that a training holds."""
    models: tuple[TrainingOverlap, ...] = ()
    repeated: int = 0
    """Test rows that equal an earlier one in all but the id."""
    rows: int = 0
    """Test rows that were looked at."""
    merges: int | None = None
    """That the present pin of the test rows has decided; None: git can't tell."""
    at_least: bool = False
    """There may be more: the clone is shallow."""
    worn_out: int = 0
    """From so many on the pin is called worn out."""
