"""A folder that can't be written is a setting to mend: the output and the cache are ours to make, where they are told."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ci_mlops.errors import BadConfig

OUTPUT = "--output"
CACHE = "CI_MLOPS_CACHE"
_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def told_by_name(output: Path, cache: Path) -> Iterator[None]:
    """
    Raises:
        BadConfig: the operating system refuses something in one of these two, or the disk is full.
    """
    try:
        yield
    except OSError as error:
        place = CACHE if _is_of(error, cache) else OUTPUT
        if place == OUTPUT and not (_is_of(error, output) or error.errno in _FULL):
            raise
        name = f"{error.filename}: " if error.filename else ""
        raise BadConfig(
            f"{name}{error.strerror or error}",
            where=place,
            mend=f"Name a folder with `{place}` that can be written and holds nothing of yours."
            if place == OUTPUT
            else f"Set the variable `{place}` to a folder that can be written.",
        ) from error


def _is_of(error: OSError, folder: Path) -> bool:
    """It happened in the folder, or above it where it could not be made."""
    if not isinstance(error.filename, str):
        return False
    ours = Path(os.path.realpath(folder))
    place = Path(os.path.realpath(error.filename))
    return place.is_relative_to(ours) or (not ours.exists() and ours.is_relative_to(place))
