"""The pinned files that a model was trained on, where they can be had."""

from dataclasses import dataclass
from pathlib import Path

from ci_mlops.datasets.dialect import format_of
from ci_mlops.datasets.lock import parse_lock
from ci_mlops.errors import BadData, CiMlopsError
from ci_mlops.flows.champion import FromRegistry, find_champion
from ci_mlops.flows.hand_over import Side
from ci_mlops.flows.open_registry import open_registry, registry_pointer
from ci_mlops.flows.pinned import find_pinned
from ci_mlops.flows.project import LOCK, Project
from ci_mlops.flows.tools import Tools
from ci_mlops.records import FilePin, Lock


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingFiles:
    pins: tuple[FilePin, ...] = ()
    paths: tuple[Path, ...] = ()
    reason: str = ""
    """Why there are none to be looked at."""


def training_files(tools: Tools, project: Project, side: Side) -> TrainingFiles:
    """A registered champion's lock is the one that was registered with it."""
    is_champion = side.card.role == "champion"
    if side.card.origin == "registry":
        lock = _registered_lock(tools, project)
        if lock is None:
            return TrainingFiles(reason="no record of its training data was registered with it")
    else:
        lock = project.base.lock if is_champion and project.base else project.lock
    pins = lock.data.get("train", ()) if lock else ()
    if not pins or side.card.origin == "prebuilt":
        return TrainingFiles(reason="no training data of it is pinned")
    strange = next((pin.path for pin in pins if format_of(pin.path) is None), None)
    if strange is not None:
        return TrainingFiles(reason=f"its training data is no table: {strange}")
    whose = "" if is_champion else LOCK
    paths = []
    for pin in pins:
        try:
            paths.append(find_pinned(project, pin, tools.cache, whose=whose, also=side.card.commit))
        except BadData:
            return TrainingFiles(reason=f"{pin.path} is not here as it was trained on")
    return TrainingFiles(pins=pins, paths=tuple(paths))


def _registered_lock(tools: Tools, project: Project) -> Lock | None:
    try:
        found = find_champion(project, registry_pointer(tools, project.policy, project.folder))
        if not isinstance(found, FromRegistry):
            return None
        kept = open_registry(tools, project.policy, project.folder).evidence(found.version, LOCK)
        return None if kept is None else parse_lock(kept.decode(errors="replace"))
    except CiMlopsError:
        # nobody is to be stopped by what is only to be told
        return None
