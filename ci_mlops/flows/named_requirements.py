"""What a model says that it needs, held against what is installed."""

import re
from pathlib import Path

_PINNED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^]]*\])?\s*==\s*([A-Za-z0-9.+!_-]+)")


def differing_requirements(file: Path, packages: tuple[str, ...]) -> tuple[str, ...]:
    """
    Pinned requirements (`name==version`) that are installed in another version, or not at all. `packages`: as
    `Environment.packages` tells them.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return ()
    installed = {_plain(name): version for name, _, version in (one.partition("==") for one in packages)}
    found = []
    for line in lines:
        pinned = _PINNED.match(line.strip())
        if pinned and installed.get(_plain(pinned[1])) != pinned[2]:
            found.append(f"{_plain(pinned[1])}=={pinned[2]}")
    return tuple(sorted(found))


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
