"""Story: the data sets that the config names are pinned into ci-mlops.lock, or held against it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ci_mlops.config import Config, read_config
from ci_mlops.datasets.lock import LOCK_NAME, read_lock, write_lock
from ci_mlops.datasets.pins import check_data, pin_data
from ci_mlops.errors import BadData
from ci_mlops.records import FilePin, Lock

Mark = Literal["new", "changed", "same", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PinChange:
    """One file against the lock before."""

    mark: Mark
    data_set: str
    pin: FilePin


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    lock: Path
    changes: tuple[PinChange, ...]
    notice: str = ""


def pin(config_path: Path, cache: Path) -> Pinned:
    """
    Raises:
        BadDataProblems: data that can't be pinned; the lock stays as it was.
    """
    config = read_config(config_path)
    folder = config_path.resolve().parent
    path = folder / LOCK_NAME
    notice = ""
    before = Lock()
    try:
        before = read_lock(path)
    except BadData as error:
        # a broken lock is what this command mends
        if path.exists():
            notice = f"{error.what} ({error.where}); it is written anew"
    after = pin_data(folder, data_sets(config), cache, where=_places(config))
    write_lock(path, after)
    return Pinned(lock=path, changes=tuple(compare_locks(before, after)), notice=notice)


def check_pins(config_path: Path, cache: Path) -> int:
    """
    How many files match the lock.

    Raises:
        BadData: the lock can't be read.
        BadDataProblems: whatever does not match it.
    """
    config = read_config(config_path)
    folder = config_path.resolve().parent
    lock = read_lock(folder / LOCK_NAME)
    check_data(folder, data_sets(config), lock, cache, where=_places(config))
    return sum(len(pins) for pins in lock.data.values())


def data_sets(config: Config) -> Mapping[str, tuple[str, ...]]:
    return {"train": config.data.train, "test": (config.data.test.path,)}


def compare_locks(before: Lock, after: Lock) -> list[PinChange]:
    changes = []
    for data_set in sorted({*before.data, *after.data}):
        old = {pin.path: pin for pin in before.data.get(data_set, ())}
        new = {pin.path: pin for pin in after.data.get(data_set, ())}
        changes += [
            PinChange(
                mark=_mark(old.get(path), new.get(path)), data_set=data_set, pin=new.get(path) or old[path]
            )
            for path in sorted({*old, *new})
        ]
    return changes


def _mark(old: FilePin | None, new: FilePin | None) -> Mark:
    if old is None:
        return "new"
    if new is None:
        return "removed"
    return "same" if old.sha256 == new.sha256 else "changed"


def _places(config: Config) -> Mapping[str, str]:
    return {"train": config.where("data", "train"), "test": config.where("data", "test", "path")}
