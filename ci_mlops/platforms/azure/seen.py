"""What Azure DevOps told us, as far as we look at it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    id: str
    descriptor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    id: int
    status: str
    deleted: bool
    """The thread, or the comment that it began with."""
    author: Author
    """Whoever began it."""
    comment: int
    """The number of its first comment."""
    content: str
    key: str
    """What its property says that it is about; anybody may set one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file of a pull request."""

    name: str
    author: Author
    made: bool = False
    """By this very call: whose it is needs no asking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Iteration:
    """One push to a pull request."""

    id: int
    head: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    genre: str
    name: str
    state: str
    description: str
    url: str
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    id: int
    reason: str
    branch: str
    pipeline: str
    repository: str
    deleted: bool = False
    told: Mapping[str, str] = field(default_factory=dict)
    """What its trigger said, such as `pr.isFork`."""
