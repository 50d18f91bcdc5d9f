"""What `current` held when a model was trained in it: kept beside the model, as nothing else can tell it later."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from ci_mlops.files.replacing import replace_file
from ci_mlops.ports import Registry
from ci_mlops.records import TrainedModel, Version, tags

PACKAGES = "environment.txt"


def keep_packages(room: Path, card: TrainedModel, packages: Sequence[str], python: str) -> tuple[Path, ...]:
    """The file, in `room`; none where a lock tells it, or where nobody can."""
    if card.resolved is not None or not python:
        return ()
    place = room / PACKAGES
    # in these words the file's own digest is the environment's
    replace_file(place, "\n".join((python, *packages)).encode())
    return (place,)


def packages_registered(registry: Registry, version: Version) -> tuple[str, ...] | None:
    """`name==version`, `python` first; None: nothing was kept, or it is not what was kept."""
    kept = registry.evidence(version, PACKAGES)
    if kept is None or f"sha256:{hashlib.sha256(kept).hexdigest()}" != version.tags.get(tags.ENVIRONMENT):
        return None
    python, *packages = kept.decode(errors="replace").split("\n")
    return (f"python=={python}", *packages)
