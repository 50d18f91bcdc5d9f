"""pylock.toml (PEP 751): solved already, so it is taken as it is, without its addresses."""

import re
import tomllib
from pathlib import Path
from typing import Any

from ci_mlops.environments.lines import plain_marker
from ci_mlops.environments.requirement_lines import normalized
from ci_mlops.errors import BadConfig
from ci_mlops.records import Package

_WAYS = ("vcs", "directory", "archive")


def read_toml(path: Path, shown: str) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        why = "is missing" if isinstance(error, FileNotFoundError) else f"can't be read: {error}"
        raise BadConfig(f"{shown} {why}", where=shown) from error


def read_pylock(path: Path, shown: str) -> tuple[tuple[Package, ...], str]:
    """
    The packages, and what it asks of Python (`>=3.10`).

    Raises:
        BadConfig: no pylock.toml, or a package of it that no hash pins.
    """
    document = read_toml(path, shown)
    listed = document.get("packages")
    if not isinstance(listed, list) or "lock-version" not in document:
        raise BadConfig(
            f"{shown} is no pylock.toml", where=shown, mend="It has `lock-version` and `packages`."
        )
    packages = []
    text = path.read_text(encoding="utf-8")
    for entry in listed:
        name, version = str(entry.get("name", "")), entry.get("version")
        where = f"{shown}:{_line(text, name)}"
        way = next((way for way in _WAYS if way in entry), None)
        if way == "directory":
            continue
        files = [*entry.get("wheels", ()), *([entry["sdist"]] if "sdist" in entry else [])]
        hashes = tuple(
            sorted(
                {f"sha256:{one['hashes']['sha256']}" for one in files if "sha256" in one.get("hashes", {})}
            )
        )
        if way is not None or not version or not hashes:
            raise BadConfig(
                f"`{name}` of {shown} is not pinned by a version and a sha256"
                + (
                    f", but comes from a {'version control' if way == 'vcs' else 'single archive'}"
                    if way
                    else ""
                ),
                where=where,
                mend="Depend on a released version of it, and lock again.",
            )
        packages.append(
            Package(
                name=normalized(name),
                version=str(version),
                hashes=hashes,
                marker=plain_marker(str(entry.get("marker", ""))),
            )
        )
    return tuple(sorted(packages, key=lambda one: (one.name, one.marker))), str(
        document.get("requires-python", "")
    )


def _line(text: str, name: str) -> int:
    found = re.search(rf'^name\s*=\s*"{re.escape(name)}"', text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1
