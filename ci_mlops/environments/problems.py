"""What can be wrong with a declared environment, in words, with the line of the requirement. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ci_mlops.environments.names import DEAD
from ci_mlops.environments.requirement_lines import Requirement
from ci_mlops.errors import BadConfig, CiMlopsError, Problems, TrainingFailed
from ci_mlops.records import Package

ProblemKind = Literal[
    "collide",
    "dead_name",
    "no_such_package",
    "no_such_version",
    "wrong_python",
    "no_wheel",
    "missing_hash",
    "wrong_hash",
    "missing_package",
    "removed_name",
    "import_fails",
    "unpinnable",
    "build_fails",
    "unreachable",
    "stale",
    "not_solved",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    kind: ProblemKind
    what: str
    where: str = ""
    mend: str = ""

    def as_error(self, *, installing: bool = False) -> CiMlopsError:
        """What can't be read or solved is configuration; what fails while it is installed or imported is not."""
        error = TrainingFailed if installing else BadConfig
        return error(self.what, where=self.where, mend=self.mend)


def raise_all(problems: Sequence[Problem]) -> None:
    if len(problems) == 1:
        raise problems[0].as_error()
    if problems:
        raise Problems([one.as_error() for one in problems])


def dead_name(one: Requirement) -> Problem | None:
    right = DEAD.get(one.name) if one.kind == "named" else None
    if right is None:
        return None
    mend = f"Write `{right}` in its place." if right else "Leave it out: Python has it."
    return Problem(
        kind="dead_name",
        what=f"`{one.text}` is not the name of the package that is meant",
        where=one.where,
        mend=mend,
    )


def from_address(one: Requirement) -> Problem:
    return Problem(
        kind="unpinnable",
        what=f"`{one.text.partition('://')[0].split()[-1]}://...` can't be pinned: the lock holds versions and hashes, no address",
        where=one.where,
        mend="Depend on a released version; or build a wheel of it into a folder or index of your own, and name that "
        "with `--find-links` or PIP_FIND_LINKS.",
    )


def from_file(one: Requirement) -> Problem:
    return Problem(
        kind="unpinnable",
        what=f"`{one.text}` can't be pinned: it is a path to what is no folder of this repository",
        where=one.where,
        mend="For a wheel write its name and version, and `--find-links FOLDER` in a line of its own; a package of the "
        "team's own lies in a folder of this repository.",
    )


def without_hash(one: Package, source: str) -> Problem:
    return Problem(
        kind="missing_hash",
        what=f"`{one.name}=={one.version}` has no hash where it comes from, so it can't be pinned",
        where=source,
        mend="Take it from an index or a folder of wheels.",
    )


def missing_hash(one: Requirement) -> Problem:
    return Problem(
        kind="missing_hash",
        what=f"`{one.text}` has no hash, though other requirements of the file have one",
        where=one.where,
        mend="Write the file again with hashes for all (`uv pip compile --generate-hashes`, `pip-compile --generate-hashes`), "
        "or leave all hashes out: `ci-mlops pin` finds them.",
    )
