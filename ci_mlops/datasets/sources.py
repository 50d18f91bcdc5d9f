"""Which files a data set is: the paths, globs and folders that the config names, relative to its folder."""

import glob
import os
import stat
from pathlib import Path, PurePosixPath

from ci_mlops.errors import BadData
from ci_mlops.files.walking import Found, check_link, check_regular, walk

LOCK = "ci-mlops.lock"
MAGIC = frozenset("*?[")
TABLES = ("test", "validation")
"""Data sets that have to be tables: a folder in its place is a slip, not a wish."""


class Absent(BadData):
    """Nothing is where the config says that data is."""


def find_files(
    root: Path, name: str, sources: tuple[str, ...], where: str = ""
) -> tuple[Found, list[BadData]]:
    """
    The files of one data set, and everything that is wrong with how they are named.

    A folder is taken with all below it, and so is one that a glob matches. Names that begin with a dot are left out, as a
    shell's `*` leaves them out, unless the source itself names them. Links may lead anywhere inside the root.
    """
    found: Found = {}
    problems: list[BadData] = []
    real_root = os.path.realpath(root)
    for source in sources:
        try:
            _find(real_root, source, name, found, where=where)
        except BadData as problem:
            problems.append(problem)
    # a pattern such as `*` may match the lock, which can't pin itself
    found.pop(LOCK, None)
    return dict(sorted(found.items())), problems


def _find(root: str, source: str, name: str, found: Found, *, where: str) -> None:
    clean = _inside(source, where)
    before = len(found)
    if not MAGIC.isdisjoint(clean) and not os.path.lexists(f"{root}/{clean}"):
        matches = glob.glob(clean, root_dir=root, recursive=True)  # noqa: PTH207 - leaves names with a dot out
        if not matches:
            raise Absent(
                f"No file matches {source}",
                where=where or source,
                mend="Correct the pattern, or fetch the data.",
            )
        for match in matches:
            _take(root, match.rstrip("/"), name, found, where=where)
        return
    _take(root, clean, name, found, where=where)
    if (
        len(found) == before
        and clean not in found
        and not any(path.startswith(f"{clean}/") for path in found)
    ):
        raise Absent(
            f"{source} is a folder without files",
            where=where or source,
            mend="Correct the path, or fetch the data.",
        )


def _take(root: str, path: str, name: str, found: Found, *, where: str) -> None:
    if os.path.realpath(f"{root}/{path}") != f"{root}/{path}":
        check_link(root, path)
    try:
        status = Path(root, path).stat()
    except FileNotFoundError as error:
        raise Absent(
            f"{path} is missing", where=where or path, mend="Correct the path, or fetch the data."
        ) from error
    except OSError as error:
        raise BadData(f"{path} can't be read: {error.strerror}", where=where or path) from error
    if not stat.S_ISDIR(status.st_mode):
        found[path] = check_regular(path, status)
    elif name in TABLES:
        raise BadData(
            f"{path} is a folder; the {name} data has to be a file",
            where=where or path,
            mend=f"Name the file, or its parts by a pattern: `{path}/*.csv`.",
        )
    else:
        walk(root, path, found)


def _inside(source: str, where: str) -> str:
    pure = PurePosixPath(source)
    if pure.is_absolute() or ".." in pure.parts or not source.strip() or pure == PurePosixPath("."):
        raise BadData(
            f"`{source}` is no path inside the folder of ci-mlops.yml",
            where=where or source,
            mend="Name data by a path below that folder: `data/train.csv`.",
        )
    return str(pure)
