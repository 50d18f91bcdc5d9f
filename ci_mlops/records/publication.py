"""What is said to the outside, as values: decided in one place, carried out by a platform."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

State = Literal["success", "failure", "error", "pending", "not_applicable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    level: Literal["error", "warning", "notice"]
    title: str
    message: str
    file: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A file that a comment shows, where a platform takes one; the comment says as much in words."""

    name: str
    """Of the file; made of all that is drawn, so that equal pictures have equal names."""
    data: bytes
    lacking: str = ""
    """Why it could not be drawn here, as the head of a sentence; `data` is empty then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """Everything that one verdict says on a platform."""

    model: str
    """Empty: it is about several models."""
    summary: str
    outputs: Mapping[str, str]
    annotations: tuple[Annotation, ...]
    state: State
    """Of the status that a branch rule can require; a platform that knows no `not_applicable` says `success`."""
    description: str
    """Of that status; one line, cut to the platform's length."""
    comment: str
    """Empty: none is wanted."""
    key: str
    """What makes the sticky comment ours: model and workflow."""
    begins: bool = False
    """The evaluation only begins: what an earlier run said is kept below, told as of its own commit."""
    tags: tuple[str, ...] = ()
    """Of the run, where a platform can tag one."""
    pictures: tuple[Picture, ...] = ()
    """Of the comment, which holds a place for each by its name."""
    of_run: bool = False
    """About several models, it still sets a status: the one for all that a run judges."""

    @property
    def sets_status(self) -> bool:
        return bool(self.model) or self.of_run


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    comment: Literal["created", "updated", "unchanged", "skipped", "failed"]
    status: Literal["set", "skipped", "failed"]
    comment_url: str = ""
    warnings: tuple[str, ...] = ()
    """Each names what could not be said, and the permission that is missing."""
