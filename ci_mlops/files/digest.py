"""SHA-256 of files and folders, as `sha256sum` in a shell says it."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from ci_mlops.errors import BadData
from ci_mlops.files.walking import Found, walk

CHUNK = 1 << 18


def file_digest(path: Path) -> str:
    digest = hashlib.sha256()
    for chunk in read_chunks(path):
        digest.update(chunk)
    return digest.hexdigest()


def tree_digest(path: Path) -> str:
    r"""
    `sha256:<hex>` of a file, or of a folder with all its files, hidden ones too.

    A folder's is what a shell says inside it:
    `find -L . -type f -printf '%P\0' | LC_ALL=C sort -z | xargs -0 sha256sum -- | sha256sum`.

    Raises:
        BadData: missing, a folder without files, or a link that leads out of the folder.
    """
    if not path.exists():
        raise BadData(f"{path.name} is missing", where=str(path))
    if not path.is_dir():
        return f"sha256:{file_digest(path)}"
    root = str(path.resolve())
    found: Found = {}
    walk(root, "", found, hidden=True)
    if not found:
        raise BadData(f"{path.name} is a folder without files", where=str(path))
    return f"sha256:{sum_of_sums((name, file_digest(path / name)) for name in found)}"


def sum_of_sums(sums: Iterable[tuple[str, str]]) -> str:
    """SHA-256 of the lines that `sha256sum` prints for (path, digest), in C-locale order of the paths."""
    total = hashlib.sha256()
    for path, digest in sorted(sums, key=lambda pair: os.fsencode(pair[0])):
        total.update(_sum_line(path, digest))
    return total.hexdigest()


def read_chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _sum_line(path: str, digest: str) -> bytes:
    # sha256sum marks a line with a backslash where it had to escape the name
    escaped = path.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    mark = "\\" if escaped != path else ""
    return os.fsencode(f"{mark}{digest}  {escaped}\n")
