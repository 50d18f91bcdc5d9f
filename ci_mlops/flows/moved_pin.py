"""A change that moves the test pin: judged on base's rows; each model reads the columns of its own pin."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ci_mlops.datasets.moved import Moved, compare_rows
from ci_mlops.errors import BadData
from ci_mlops.flows.pinned import find_pinned, test_files
from ci_mlops.flows.project import Project
from ci_mlops.records import FilePin

_FEW = 5
OWN_CHANGE = (
    "Let one change edit or remove test rows, and another one add the columns and the model that reads them."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedPin:
    """The rows that this change pins instead of base's."""

    pins: tuple[FilePin, ...]
    files: tuple[Path, ...]
    moved: Moved
    target: str

    @property
    def columns(self) -> tuple[str, ...]:
        """What a model may read of the moved rows."""
        return tuple(column for column in self.moved.columns if column != self.target)

    @property
    def new(self) -> tuple[str, ...]:
        return tuple(column for column in self.moved.new if column != self.target)

    @property
    def joined(self) -> bool:
        """The candidate reads base's rows as the moved file has them, for their new columns."""
        return bool(self.new) and self.moved.places is not None

    @property
    def why_not_joined(self) -> str:
        """Why new columns can't be read for base's rows; empty: they can, or there are none."""
        if not self.new or self.joined:
            return ""
        if self.moved.removed:
            return f"it also takes {self.moved.removed} of base's rows away"
        return "rows can't be told apart without an id in both files that names each row once"


def moved_pin(project: Project, cache: Path) -> MovedPin | None:
    """
    None: the change leaves the test pin where it is.

    Raises:
        BadData: a file that is nowhere to be found as it is pinned, or new columns beside edited cells.
    """
    pins = project.lock.data.get("test", ())
    if pins == project.policy_lock.data.get("test", ()):
        return None
    test = project.policy.data.test
    base = test_files(project, cache)
    files = tuple(find_pinned(project, pin, cache, whose="ci-mlops.lock") for pin in pins)
    found = MovedPin(pins=pins, files=files, moved=compare_rows(base, files, id=test.id), target=test.target)
    if found.joined and found.moved.edited:
        raise _edited(found)
    return found


def _edited(found: MovedPin) -> BadData:
    """Its own rows, with their cells as the change likes them, are no base's rows."""
    column, count = found.moved.edited[0]
    more = f" and in {len(found.moved.edited) - 1} more columns" if len(found.moved.edited) > 1 else ""
    return BadData(
        f"This change edits test rows that base pins: {count} have another `{column}`{more}. It also adds "
        f"{listed(found.new)}, so the candidate would be scored on the edited rows",
        where=found.pins[0].path,
        mend=OWN_CHANGE,
    )


def told(found: MovedPin) -> tuple[str, ...]:
    """What a reader of the verdict must not miss."""
    moved = found.moved
    parts = [
        *([f"{moved.added:,} rows new"] if moved.added else []),
        *([f"{moved.removed:,} removed"] if moved.removed else []),
        *([f"edited in {listed([name for name, _ in moved.edited])}"] if moved.edited else []),
        *([f"{_columns(found.new)} new"] if found.new else []),
        *([f"{_columns(moved.gone)} gone"] if moved.gone else []),
    ]
    what = f" ({'; '.join(parts)})" if parts else ""
    lines = [f"This change moves the pin of the test data{what}; the gates used the rows that base pins."]
    if found.joined:
        lines.append(
            f"Of these rows the candidate read {listed(found.new)} from the pin that this change moves, by id; "
            "every column that both files have is the same in both. Whether a new column gives the answer away is for "
            "a reviewer to see."
        )
    elif found.new:
        lines.append(
            f"The candidate did not read {listed(found.new)} for the rows that base pins: {found.why_not_joined}."
        )
    return tuple(lines)


def listed(names: Sequence[str]) -> str:
    shown = ", ".join("`{}`".format(name.replace("`", "'")) for name in names[:_FEW])
    return shown + (f" and {len(names) - _FEW} more" if len(names) > _FEW else "")


def _columns(names: Sequence[str]) -> str:
    return f"column {listed(names)}" if len(names) == 1 else f"columns {listed(names)}"
