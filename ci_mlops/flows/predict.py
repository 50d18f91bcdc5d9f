"""Story: both models score the same pinned rows, which come to them without the target."""

import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ci_mlops.config import Predict
from ci_mlops.datasets.digest import data_digest
from ci_mlops.datasets.features import Features, write_features
from ci_mlops.errors import BadConfig, BadData
from ci_mlops.files.replacing import replace_file
from ci_mlops.flows import store
from ci_mlops.flows.checkout import Role
from ci_mlops.flows.own_environment import environment_of_card
from ci_mlops.flows.pinned import test_files
from ci_mlops.flows.predicted import Asked, Predicted, table_of_answers, table_of_file, write_table
from ci_mlops.flows.project import Project
from ci_mlops.flows.scoring import Scoring, ask_command, ask_worker
from ci_mlops.flows.tools import Tools
from ci_mlops.flows.train import base_checkout, check_output
from ci_mlops.records import TrainedModel

if TYPE_CHECKING:
    import pyarrow as pa

FOLDER = "predictions"
_OURS = tuple(f"{role}.{kind}" for role in ("candidate", "champion") for kind in ("parquet", "json"))
Handed = tuple[TrainedModel, Path]
Said = tuple["pa.Table", Predicted]


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
    tests = test_files(project, tools.cache)
    test = project.policy.data.test
    with tempfile.TemporaryDirectory(prefix="ci-mlops-") as private:
        features = write_features(tests, target=test.target, id=test.id, into=Path(private, "features"))
        room = _Room(tools, project, output, features, _ids(tests, test.id, features.rows), Path(private))
        said = _ask(room, project, candidate, champion)
        for table, told in said:
            write_table(table, output / FOLDER / f"{told.role}.parquet")
            card = msgspec.json.format(msgspec.json.encode(told))
            replace_file(output / FOLDER / f"{told.role}.json", card)


def _ask(room: "_Room", project: Project, candidate: Handed, champion: Handed | None) -> list[Said]:
    """
    Both are asked, be they the same bytes: what scores them is code as well, and `train.inputs` may not name it.
    Base's code first, and nothing is written before both have ended: the change's code finds no answers of the
    champion's that it could touch up.
    """
    own = project.config.predict
    if champion is None:
        return [room.score(candidate, "candidate", project.folder, own)]
    base = project.base.config if project.base else None
    theirs = base.predict if base else own
    with ExitStack() as stack:
        # a registered champion of a repository without base has no code but this
        folder = stack.enter_context(base_checkout(project)).folder if base else project.folder
        first = room.score(champion, "champion", folder, theirs)
    return [first, room.score(candidate, "candidate", project.folder, own)]


def _ids(tests: tuple[Path, ...], column: str | None, rows: int) -> "pa.Array":
    import pyarrow as pa

    from ci_mlops.datasets.tables import read_columns

    if column is None:
        return pa.array([str(number) for number in range(rows)], pa.string())
    batches = [batch.column(0) for batch in read_columns(tests, (column,), as_text=(column,))]
    return pa.chunked_array(batches).combine_chunks()


class _Room:
    """The measuring room: what is the same for both models."""

    def __init__(
        self, tools: Tools, project: Project, output: Path, features: Features, ids: "pa.Array", private: Path
    ) -> None:
        self._tools = tools
        self._project = project
        self._output = output
        self._features = features
        self._ids = ids
        self._private = private

    def score(self, handed: Handed, role: Role, folder: Path, predict: Predict | None) -> Said:
        card, model = handed
        environment = environment_of_card(self._tools, self._project, card)
        self._tools.say(f"{role}: scoring {self._features.rows} rows")
        test = self._project.policy.data.test
        private = self._private / role
        private.mkdir()
        scoring = Scoring(
            role=role,
            model=model,
            folder=folder,
            features=self._features,
            id=test.id,
            predict=predict,
            log=self._output / "logs" / f"predict-{role}.log",
            private=private,
        )
        asked = Asked(
            role=role,
            task=self._project.policy.task,
            positive=test.positive,
            ids=self._ids,
            where=str(scoring.log),
        )
        if predict is None:
            answers = ask_worker(environment, scoring)
            table = table_of_answers(answers, asked)
            told = replace(
                self._told(card, role, environment.digest()),
                score_kind=answers.score_kind if answers.scores is not None else None,
                classes=answers.classes,
                columns=answers.columns,
                libraries=answers.libraries,
                seen=None if answers.seen is None else int((answers.seen != 0).sum()),
            )
        else:
            table, kind = table_of_file(ask_command(environment, scoring, predict), asked, private)
            told = replace(self._told(card, role, environment.digest()), source="command", score_kind=kind)
        return table, told

    def _told(self, card: TrainedModel, role: Role, environment: str) -> Predicted:
        return Predicted(
            role=role,
            model=card.model.digest,
            fingerprint=card.fingerprint,
            test=f"sha256:{data_digest(self._project.policy_lock.data['test'])}",
            rows=self._features.rows,
            task=self._project.policy.task,
            source="worker",
            score_kind=None,
            classes=None,
            columns=(),
            environment=environment,
            job=self._project.change.job,
        )
