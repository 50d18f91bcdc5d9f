"""What a job that judges nothing needs to know of the model: its name, and how the base branch wants it told."""

import os
from pathlib import Path

from ci_mlops import repository
from ci_mlops.config.glance import Glance, glance
from ci_mlops.errors import CiMlopsError
from ci_mlops.records import Change


def glimpse(change: Change, config: Path) -> Glance:
    """Base's; the change's own where base has none yet, or can't be told: whoever judges says what is wrong then."""
    place = Path(os.path.abspath(config))  # noqa: PTH100 - base knows it by its own name, not by a link's target
    if base := _of_base(change, place):
        return glance(base)
    own = glance(_of_change(place))
    # nothing that a change says of itself lets it through
    return Glance(model=own.model or place.parent.name, comment=own.comment, drafts=own.drafts)


def _of_base(change: Change, place: Path) -> str:
    # the change may have removed the folder too
    folder = next(parent for parent in place.parents if parent.is_dir())
    try:
        top = repository.find_root(folder)
        commit = repository.base_commit(change, folder) if top else None
        if top is None or commit is None:
            return ""
        name = (folder.resolve() / place.relative_to(folder)).relative_to(top.resolve()).as_posix()
        return repository.file_at(commit, name, folder) or ""
    except CiMlopsError:
        return ""


def _of_change(place: Path) -> str:
    try:
        return place.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
