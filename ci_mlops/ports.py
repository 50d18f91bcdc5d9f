"""What the stories ask of the outside. Keep these narrow: platforms are alike until they are not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ci_mlops.records import (
    Annotation,
    Change,
    EndedRun,
    Entry,
    MergeRef,
    Proposal,
    Publication,
    Published,
    Registration,
    Version,
)


class Platform(Protocol):
    """The CI around us, or none."""

    name: str

    def change(self) -> Change: ...

    def announce(self, publication: Publication) -> None:
        """Summary, outputs and annotations: local writes that can't be refused. Always before `publish`."""

    def publish(self, publication: Publication) -> Published:
        """
        Commit status, then the one sticky comment. Never raises for a refusal: a missing permission is a
        warning in what it returns, and the verdict stands.

        Raises:
            PlatformFailed: the platform can't be reached at all, or the environment names none.
        """

    def annotate(self, annotations: Sequence[Annotation]) -> None: ...

    def artifact(self, name: str, into: Path) -> Path | None:
        """
        The newest unexpired artifact of that name, unpacked; made by a run of this repository, of our own workflow, on
        a pull request or in a merge queue. None: there is none.
        """


class Proposals(Protocol):
    """Pull requests as the platform's API tells them, and what a run without rights left for them. Read only."""

    def proposal(self, number: int) -> Proposal:
        """
        Raises:
            PlatformFailed: here and below, where the platform does not tell.
        """

    def ended(self) -> EndedRun:
        """The run whose end started this one."""

    def proposals_of(self, run: EndedRun) -> tuple[Proposal, ...]:
        """The open pull requests into this repository that have the run's head today."""

    def is_told(self, run: EndedRun) -> bool:
        """
        A run that may say a verdict has spoken of this head, if only to say that it begins: the run itself, or one that a
        maintainer started.
        """

    def left_by(self, run: EndedRun, name: str, into: Path, *, wanted: Callable[[str], bool]) -> Path | None:
        """The wanted files of an artifact of that very run, unpacked without trust; None: it left none of that name."""

    def merge_ref(self, change: Change) -> MergeRef: ...


class Registry(Protocol):
    """Where versions live. A pointer is an alias where the server has aliases, else a version's tag."""

    def pointer(self, name: str, stage: str) -> Version | None: ...

    def versions(self, name: str) -> list[Version]:
        """All versions, newest first; empty where the name is unknown."""

    def register(self, registration: Registration) -> Version:
        """Store the model and its evidence; a version with the same digest and verdict is returned, not doubled."""

    def move(self, name: str, stage: str, version: str) -> None: ...

    def pointers(self, name: str) -> Mapping[str, str]:
        """Stage -> number of the version that it points to; stages that point to nothing are not in it."""

    def entries(self, name: str) -> list[Entry]:
        """The audit trail of the name, oldest first, as it lies there."""

    def add_entry(self, about: Version, text: str, digest: str) -> int:
        """
        Its number: given once, in order, without gaps, whoever else adds at the same time. An answer that is lost on
        its way may leave the entry there twice.
        """

    def settle(self, about: Version, number: int, digest: str) -> None:
        """Note beside an entry that its pointer was seen, and on the version that the entry is the newest about it."""

    def fetch(self, version: Version, into: Path) -> Path:
        """The model as it was judged, byte for byte; its digest is checked."""

    def download(self, version: Version, into: Path) -> Path:
        """Whatever somebody else registered: there is no digest that it could be held against."""

    def evidence(self, version: Version, name: str) -> bytes | None:
        """A file that was registered beside the model; None: there is none of that name."""

    def keep(self, version: Version, name: str, content: bytes) -> None:
        """A file more beside the model, which `evidence` gives; one of that name is replaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """How a child process ended."""

    exit_code: int
    seconds: float
    peak_memory: int
    """Bytes; 0 where unknown."""
    tail: str
    """The last lines of its output, made harmless."""


class Environment(Protocol):
    """The team's declared environment: everything of theirs runs in it, and nothing of ours."""

    @property
    def python(self) -> str:
        """Path of its interpreter."""

    @property
    def python_version(self) -> str: ...

    def digest(self) -> str: ...

    def packages(self) -> tuple[str, ...]:
        """`name==version`, sorted."""

    def run(
        self,
        command: Sequence[str] | str,
        *,
        folder: Path,
        log: Path,
        time_limit: float | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> Finished:
        """Run a command (a string goes through the shell) with an allow-listed environment and a live log."""
