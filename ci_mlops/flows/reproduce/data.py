"""The pinned data of a version: as it was pinned wherever that can be had, else what lies there today."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ci_mlops.errors import BadData
from ci_mlops.files.digest import file_digest
from ci_mlops.flows.pinned import find_pinned
from ci_mlops.flows.project import Project
from ci_mlops.flows.tools import Tools
from ci_mlops.records import FilePin, Lock
from ci_mlops.records.reproduction import ChangedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    lock: Lock
    """As registered, but for the digests of what was changed."""
    places: Mapping[str, Path]
    """Path below the config's folder -> where the file lies."""
    changed: tuple[ChangedFile, ...] = ()
    lost: Mapping[str, BadData] = field(default_factory=dict)
    """Of the rows that models are asked about: no answer can be compared without them."""


def find_data(tools: Tools, project: Project, lock: Lock, commit: str) -> Found:
    """
    Raises:
        BadData: training data that is nowhere to be found, neither as pinned nor otherwise.
    """
    alone = replace(project, base=None, lock=lock)
    places: dict[str, Path] = {}
    lost: dict[str, BadData] = {}
    changed: dict[str, ChangedFile] = {}
    pinned: dict[str, tuple[FilePin, ...]] = {}
    for name, pins in lock.data.items():
        pinned[name] = pins
        for pin in pins:
            try:
                places[pin.path] = find_pinned(
                    alone, pin, tools.cache, whose="the registered lock", also=commit
                ).resolve()
            except BadData as error:
                today = project.folder / pin.path
                if name != "train":
                    lost[pin.path] = error
                elif not today.is_file():
                    raise
                else:
                    places[pin.path] = today.resolve()
                    found = replace(_pin_of(today, pin.path), columns=pin.columns)
                    pinned[name] = tuple(found if one is pin else one for one in pinned[name])
                    changed[pin.path] = ChangedFile(path=pin.path, pinned=pin.sha256, now=found.sha256)
    return Found(lock=replace(lock, data=pinned), places=places, changed=tuple(changed.values()), lost=lost)


def _pin_of(file: Path, path: str) -> FilePin:
    return FilePin(path=path, sha256=file_digest(file), size=file.stat().st_size)


def place_data(found: Found, folder: Path) -> None:
    """Into a fresh worktree, as links where git has it otherwise or not at all."""
    for path, source in found.places.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        place.symlink_to(source)
