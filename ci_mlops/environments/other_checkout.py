"""
Let another checkout of the same repository import its own code.

`pip install -e .` and an absolute PYTHONPATH lead into the working tree, so base's training would quietly import
the change's modules. What leads there is led into the other checkout instead, ahead of everything else.
"""

import os
from collections.abc import Iterable
from pathlib import Path


def python_path(inherited: str, paths: Iterable[str], *, here: Path, there: Path) -> str:
    """
    PYTHONPATH for a command that runs in `there`.

    Args:
        inherited: PYTHONPATH as it is.
        paths: Where the interpreter imports from, and where its editable installs lie.
        here: The config's folder in the working tree.
        there: The same folder in the other checkout.
    """
    top = repository_top(here)
    entries = [entry for entry in inherited.split(os.pathsep) if entry]
    moved = [
        str(os.path.normpath(there / os.path.relpath(path, here)))
        for path in (*entries, *paths)
        if is_own_code(path, top)
    ]
    kept = [entry for entry in entries if not is_own_code(entry, top)]
    return os.pathsep.join(dict.fromkeys([*moved, *kept]))


def is_own_code(path: str, top: Path) -> bool:
    """Absolute and in the repository; an environment that lives in there (`.venv`) is no code of it."""
    place = Path(path)
    if not place.is_absolute() or not place.is_relative_to(top):
        return False
    between = place.relative_to(top)
    return not any(
        (top / folder / "pyvenv.cfg").exists() or folder.name in ("site-packages", "dist-packages")
        for folder in (between, *between.parents)
    )


def repository_top(folder: Path) -> Path:
    return next((parent for parent in (folder, *folder.parents) if (parent / ".git").exists()), folder)
