"""What was found, why, and how sure it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Subject = Literal[
    "name",
    "script",
    "run",
    "data",
    "test",
    "target",
    "task",
    "positive",
    "classes",
    "id",
    "group",
    "weight",
    "slices",
    "unit",
    "environment",
    "python",
    "model-source",
    "metrics",
    "gates",
]

TOLD = "you said so"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    subject: Subject
    value: Any
    why: str
    where: str = ""
    """`file:line` of the witness."""
    sure: bool = True
    """False: marked in the file, and asked at a terminal."""
    options: tuple[str, ...] = ()
    """What else it could be, for the question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What can't be found, and what to type."""

    subject: Subject
    what: str
    mend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What was seen and should be known, though nothing is guessed from it."""

    text: str
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    guesses: Mapping[Subject, Guess]
    missing: tuple[Missing, ...] = ()
    notices: tuple[Notice, ...] = field(default=())

    def value(self, subject: Subject) -> Any:
        guess = self.guesses.get(subject)
        return guess.value if guess else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the person said, by flags or answers: each beats any guess."""

    name: str | None = None
    script: str | None = None
    run: str | None = None
    data: str | None = None
    test: str | None = None
    target: str | None = None
    task: str | None = None
    positive: str | None = None
    id: str | None = None
    environment: str | None = None
    python: str | None = None
    model_source: str | None = None


@dataclass
class Findings:
    """Filled step by step."""

    guesses: dict[Subject, Guess] = field(default_factory=dict)
    missing: list[Missing] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def add(self, guess: Guess | None) -> None:
        if guess is not None:
            self.guesses[guess.subject] = guess

    def lacks(self, subject: Subject, what: str, mend: str) -> None:
        self.missing.append(Missing(subject=subject, what=what, mend=mend))
