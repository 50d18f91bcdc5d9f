"""What can go wrong, one exit code per kind.

    CiMlopsError
    ├── BadConfig        2   ci-mlops.yml or the command line
    ├── BadData          4   data sets, pins, predictions
    ├── RegistryFailed   5
    ├── TrainingFailed   6   the team's environment, training or predict command
    └── PlatformFailed   9   `publish` alone: never changes a verdict

Anything else that is raised is a bug of ours and ends with exit code 3 and its traceback.
"""

from typing import ClassVar


class CiMlopsError(Exception):
    """
    An expected failure, told to the person who reads a red CI job on a phone.

    Args:
        what: What happened, in one sentence.
        where: The place to look at: `file:line key`, a path, a command or a URL.
        mend: What to do about it; commands in backticks.
    """

    exit_code: ClassVar[int]

    def __init__(self, what: str, *, where: str = "", mend: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.mend = mend

    def __str__(self) -> str:
        parts = [self.what]
        if self.where:
            parts.append(f"  where: {self.where}")
        if self.mend:
            parts.append(f"  mend:  {self.mend}")
        return "\n".join(parts)


class BadConfig(CiMlopsError):
    exit_code = 2


class BadData(CiMlopsError):
    exit_code = 4


class RegistryFailed(CiMlopsError):
    exit_code = 5


class TrainingFailed(CiMlopsError):
    exit_code = 6


class PlatformFailed(CiMlopsError):
    exit_code = 9


class Problems(BadConfig):
    """Several problems of one file, told in one go."""

    def __init__(self, problems: list[CiMlopsError]) -> None:
        first = problems[0]
        super().__init__(first.what, where=first.where, mend=first.mend)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class BadDataProblems(Problems, BadData):
    """Several problems of the data sets, told in one go."""

    exit_code = 4
