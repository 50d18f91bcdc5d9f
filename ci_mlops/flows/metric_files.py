"""The files that metrics of the team's own are in: read as text from the tree that decides, and never imported."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ci_mlops import repository
from ci_mlops.config import Config, check_functions, custom_metrics
from ci_mlops.errors import BadConfig, Problems
from ci_mlops.flows.custom_files import CustomFiles
from ci_mlops.records.custom_metric import custom_name

if TYPE_CHECKING:
    from ci_mlops.flows.project import Project

FIRST = (
    "it is run from the base branch's file, and the base branch has none yet: measured once this is merged"
)


def metric_files(config: Config, folder: Path) -> dict[str, bytes]:
    """
    As they lie in the config's folder.

    Raises:
        Problems: a file that is not there, or that has no such function.
    """
    found = {path: place.read_bytes() for path in _paths(config) if (place := folder / path).is_file()}
    _refuse(config, found)
    return found


def metric_files_at(
    commit: str, config: Config, folder: Path, path_in_repository: Callable[[str], str], mend: str
) -> dict[str, bytes]:
    """
    As a commit has them.

    Raises:
        Problems: as `metric_files`; `mend` is added to each.
    """
    held = {path: repository.bytes_at(commit, path_in_repository(path), folder) for path in _paths(config)}
    found = {path: text for path, text in held.items() if text is not None}
    _refuse(config, found, where=f"(base, {commit[:8]})", mend=mend)
    return found


def files_that_decide(project: "Project", logs: Path) -> CustomFiles:
    """Base's. A pull request that brings the first config has no base to take them from: its own code judges nothing."""
    first = project.first_report and project.change.event in ("pull_request", "merge_group")
    return CustomFiles(files=project.policy_files, refused=FIRST if first else "", logs=logs)


def _paths(config: Config) -> tuple[str, ...]:
    names = map(custom_name, custom_metrics(config))
    # whose signature is taken is policy like the text of a metric: a key that is exchanged is told as an edit of it
    passport = config.registry.passport if config.registry else None
    return tuple(
        dict.fromkeys(
            [*(name.path for name in names if name is not None), *(passport.keys if passport else ())]
        )
    )


def _refuse(config: Config, files: Mapping[str, bytes], *, where: str = "", mend: str = "") -> None:
    problems = [
        BadConfig(found.what, where=found.where, mend=f"{found.mend} {mend}".strip())
        for found in check_functions(config, files, where=where)
    ]
    if problems:
        raise Problems([*problems])
