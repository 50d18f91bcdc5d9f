"""The repository: is base there, and what would get into the way of a hand-over?"""

from collections.abc import Iterator

from ci_mlops import repository
from ci_mlops.errors import CiMlopsError, PlatformFailed
from ci_mlops.flows.doctor.check import Check, fine, problem, problems_of, warning
from ci_mlops.flows.doctor.clone import is_shallow
from ci_mlops.flows.doctor.patient import Patient


def look(patient: Patient) -> Iterator[Check]:
    if patient.top is None:
        yield from _no_repository(patient)
        return
    if repository.head(patient.folder) is None:
        yield problem(
            "git.commit", "The repository has no commit yet.", exit_code=2, mend="Commit, then try again."
        )
        return
    yield from _base(patient)
    yield from _depth(patient)
    yield from _tracked_output(patient)


def _no_repository(patient: Patient) -> Iterator[Check]:
    try:
        repository.find_root(patient.folder)
    except CiMlopsError as error:
        yield from problems_of("git", error)
        return
    yield problem(
        "git",
        "This folder is in no git repository: there is no base to compare with.",
        exit_code=2,
        where=str(patient.folder),
        mend="`git init`, and commit.",
    )


def _base(patient: Patient) -> Iterator[Check]:
    try:
        commit = repository.base_commit(patient.tools.platform.change(), patient.folder)
    except (CiMlopsError, PlatformFailed) as error:
        yield problem("git.base", error.what, exit_code=2, where=error.where, mend=error.mend)
        return
    if commit is None:
        yield warning(
            "git.base",
            "There is no base yet: the first report has no champion to compare with.",
            mend="On a branch of its own, a change is compared with `main` or `master`.",
        )
    else:
        yield fine("git.base", f"A change is compared with {commit[:8]}.")


def _depth(patient: Patient) -> Iterator[Check]:
    if is_shallow(patient.folder):
        yield warning(
            "git.depth",
            "This clone is shallow.",
            mend="The change and its base are enough: `fetch-depth: 2`; `git fetch --unshallow` brings the rest.",
        )
    else:
        yield fine("git.depth", "The clone is complete.")


def _tracked_output(patient: Patient) -> Iterator[Check]:
    assert patient.top is not None  # noqa: S101 - asked for by `look`
    output = patient.output.resolve()
    if not output.is_relative_to(patient.top) or output == patient.top:
        return
    tracked = [file for file in repository.listed_files(patient.top) if file.is_tracked]
    below = output.relative_to(patient.top)
    if any(file.path.is_relative_to(below.as_posix()) for file in tracked):
        yield problem(
            "git.output",
            f"git tracks files in {below}, where the hand-over goes: they would pass for predictions or a verdict.",
            exit_code=2,
            where=str(below),
            mend=f"`git rm -r --cached {below}`, or name another folder with `--output`.",
        )
