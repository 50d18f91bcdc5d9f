"""Story: both models score the same pinned rows, which come to them without the target."""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import get_args

import msgspec

from ci_mlops.errors import BadConfig, BadData
from ci_mlops.files.replacing import replace_file
from ci_mlops.flows import store
from ci_mlops.flows.checkout import Role
from ci_mlops.flows.measuring_room import Handed, Room, Said
from ci_mlops.flows.predicted import write_table
from ci_mlops.flows.project import Project
from ci_mlops.flows.rows_to_ask import Asking, Pin, TestRows, rows_name, rows_to_ask
from ci_mlops.flows.tools import Tools
from ci_mlops.flows.train import base_checkout, check_output
from ci_mlops.flows.validation import validation_rows

FOLDER = "predictions"
_ROLES: tuple[Role, ...] = ("candidate", "champion")
_OURS = tuple(
    f"{rows_name(role, pin)}.{kind}"
    for role in _ROLES
    for pin in get_args(Pin)
    for kind in ("parquet", "json")
)


def predict(tools: Tools, project: Project, output: Path) -> None:
    """
    Raises:
        BadConfig: an output folder that is the team's own.
        BadData: no model was handed over, test rows that are not as pinned, answers that don't fit them.
        TrainingFailed: a model can't be loaded or used, or the team's `predict` command fails.
    """
    check_output(output, project.folder)
    stale = sorted((output / FOLDER).glob("*"))
    for path in stale:
        if path.is_dir() or path.name not in _OURS:
            raise BadConfig(
                f"{path} is not ours: predictions go into that folder, and nothing else",
                where="--output",
                mend="Name a folder of our own as the output.",
            )
    for path in stale:
        path.unlink()
    candidate = store.get(output / "models" / "candidate")
    if candidate is None:
        raise BadData(
            "There is no candidate to score",
            where=str(output / "models"),
            mend="`ci-mlops train` comes first.",
        )
    champion = store.get(output / "models" / "champion")
    with tempfile.TemporaryDirectory(prefix="ci-mlops-") as private:
        tests = rows_to_ask(project, tools.cache, Path(private, "features"))
        room = Room(tools, project, output, Path(private))
        validation = validation_rows(
            project, tools.cache, tests.champion.features, Path(private, "validation-rows")
        )
        said = _ask(room, project, (tests, validation), candidate, champion)
        for table, told in said:
            name = rows_name(told.role, told.pin)
            write_table(table, output / FOLDER / f"{name}.parquet")
            card = msgspec.json.format(msgspec.json.encode(told))
            replace_file(output / FOLDER / f"{name}.json", card)


def _ask(
    room: Room,
    project: Project,
    rows: tuple[Asking, TestRows | None],
    candidate: Handed,
    champion: Handed | None,
) -> list[Said]:
    """
    Both are asked, be they the same bytes: what scores them is code as well, and `train.inputs` may not name it.
    Base's code first, and nothing is written before both have ended: the change's code finds no answers of the
    champion's that it could touch up.
    """
    own = project.config.predict
    if champion is None:
        return room.ask(candidate, "candidate", project.folder, own, *rows)
    base = project.base.config if project.base else None
    theirs = base.predict if base else own
    with ExitStack() as stack:
        # a registered champion of a repository without base has no code but this
        folder = stack.enter_context(base_checkout(project)).folder if base else project.folder
        first = room.ask(champion, "champion", folder, theirs, *rows)
    return [*first, *room.ask(candidate, "candidate", project.folder, own, *rows)]
