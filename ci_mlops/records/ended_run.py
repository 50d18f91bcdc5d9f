"""A run of the gate that has ended, for the run that may say what it could not."""

from dataclasses import dataclass, field

from ci_mlops.records.change import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedRun:
    """As the platform tells it; nothing of this is taken from what the run left."""

    id: str
    url: str
    event: str
    """What started it, in the platform's own word."""
    workflow: str
    """Its file, from the repository's top."""
    head: str
    """Commit of the change's own branch."""
    branch: str
    owner: str
    """Whose branch it is: a fork's owner, or this repository's."""
    source: str
    """Repository of that branch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A pull request as the platform knows it this moment."""

    change: Change
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeRef:
    """Where the platform keeps the merge of a change into its base, which nobody but itself writes."""

    url: str
    ref: str
    authorization: str = field(default="", repr=False)
    """A header's value, for that address alone."""
