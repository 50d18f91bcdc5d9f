"""All files below a folder; links are followed, never out of it."""

import os
import stat
from pathlib import Path

from ci_mlops.errors import BadData

Found = dict[str, os.stat_result]
"""POSIX path relative to the root -> what the file system says of the file."""


def walk(root: str, inside: str, found: Found, *, hidden: bool = False, chain: tuple[str, ...] = ()) -> None:
    """
    Add the files below `root/inside` by path relative to the root; links are followed within the root.

    Raises:
        BadData: a link that leads nowhere, in a circle or out of the root; a folder that can't be read.
    """
    prefix = f"{inside}/" if inside else ""
    try:
        entries = list(os.scandir(f"{root}/{inside}"))
    except OSError as error:
        raise BadData(f"{inside or root} can't be read: {error.strerror}", where=inside or root) from error
    for entry in entries:
        path = prefix + entry.name
        if not hidden and entry.name[0] == ".":
            continue
        deeper = (*chain, check_link(root, path, chain)) if entry.is_symlink() else chain
        if entry.is_dir():
            walk(root, path, found, hidden=hidden, chain=deeper)
            continue
        status = found[path] = entry.stat()
        if not stat.S_ISREG(status.st_mode):
            check_regular(path, status)


def check_link(root: str, path: str, chain: tuple[str, ...] = ()) -> str:
    """Where a link leads, if that is inside the root, exists and is no circle."""
    target = os.path.realpath(f"{root}/{path}")
    if target != root and not target.startswith(f"{root}/"):
        raise BadData(
            f"{path} leads out of the folder that is pinned, to {target}",
            where=path,
            mend="Copy the data in, or name it where it is: a pin can't hold what lies elsewhere.",
        )
    if not Path(target).exists():
        raise BadData(
            f"{path} is a link that leads nowhere", where=path, mend="Fetch the data, or remove the link."
        )
    if target in chain or f"{root}/{path}/".startswith(f"{target}/"):
        raise BadData(f"{path} is a link that leads in a circle", where=path, mend="Remove the link.")
    return target


def check_regular(path: str, status: os.stat_result) -> os.stat_result:
    # reading a pipe would wait for ever
    if not stat.S_ISREG(status.st_mode):
        raise BadData(
            f"{path} is a pipe, socket or device, not a file", where=path, mend="Remove it from the data."
        )
    return status
