"""The judged files' digest, as a shell can check it, and paths that may not leave their folder."""

import hashlib
from pathlib import Path, PurePosixPath

from ci_mlops.errors import RegistryFailed
from ci_mlops.records import Registration


def file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def tree_digest(path: Path) -> str:
    """
    `sha256:<hex>` of a file, or of a folder's `sha256sum` lines in C-locale order.

    Rooms on one floor do not know each other, so this is said twice (see `datasets`); a test holds both to
    the same answer.
    """
    if path.is_file():
        return f"sha256:{file_digest(path)}"
    names = sorted(
        found.relative_to(path).as_posix().encode() for found in path.rglob("*") if found.is_file()
    )
    lines = b"".join(_line(path, name) for name in names)
    return f"sha256:{hashlib.sha256(lines).hexdigest()}"


def _line(folder: Path, name: bytes) -> bytes:
    digest = file_digest(folder / name.decode()).encode()
    escaped = name.replace(b"\\", b"\\\\").replace(b"\n", b"\\n").replace(b"\r", b"\\r")
    mark = b"\\" if escaped != name else b""
    return mark + digest + b"  " + escaped + b"\n"


def inside(folder: Path, relative: str) -> Path:
    """
    The place of a name that a server told us.

    Raises:
        RegistryFailed: it would leave the folder.
    """
    pure = PurePosixPath(relative)
    if pure.is_absolute() or ".." in pure.parts or "\0" in relative:
        raise RegistryFailed(
            f"The registry names a file outside its folder: {relative!r}",
            mend="Nothing was written there. Somebody tampered with this version: look at it before you use it.",
        )
    return folder / pure


def check_model(registration: Registration) -> None:
    """
    Raises:
        RegistryFailed: not what was judged, or nothing that MLflow could give back.
    """
    model = registration.model
    files = [model, *model.rglob("*")] if model.is_dir() else [model]
    # MLflow's artifact addresses end at `#` and `?`, and read `%` twice
    odd = next((file for file in files if set(file.name) & set("#?%") or not file.name.isprintable()), None)
    if odd is not None:
        raise RegistryFailed(
            f"MLflow can't keep a file of this name: {odd.name!r}",
            where=str(model),
            mend="Write the model under names without `#`, `?`, `%` and line ends.",
        )
    digest = tree_digest(model)
    if digest != registration.digest:
        raise RegistryFailed(
            f"The model is {digest}, but {registration.digest} was judged",
            where=str(model),
            mend="Validate it again: only what was judged is registered.",
        )
