"""What git tells of this clone that only the doctor asks."""

from collections.abc import Sequence
from pathlib import Path

from ci_mlops import repository
from ci_mlops.errors import BadConfig

_MOST = 500
"""A command line has an end."""


def is_shallow(folder: Path) -> bool:
    return repository.ask("rev-parse", "--is-shallow-repository", folder=folder).strip() == "true"


def in_lfs(paths: Sequence[str], top: Path) -> list[str]:
    """Those that .gitattributes gives to Git LFS; `paths` from the repository's top."""
    if not paths:
        return []
    told = repository.ask("check-attr", "-z", "filter", "--", *paths[:_MOST], folder=top).split("\0")
    return [path for path, value in zip(told[::3], told[2::3], strict=False) if value == "lfs"]


def origin(folder: Path) -> str:
    """Address of the remote `origin`; empty: there is none."""
    try:
        return repository.ask("config", "--get", "remote.origin.url", folder=folder).strip()
    except BadConfig:
        return ""


def last_edit(name: str, folder: Path) -> str:
    """Day of the last commit that touched a file, `2024-05-01`; empty: none did."""
    return repository.ask("log", "-1", "--format=%cs", "--", name, folder=folder).strip()
