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
from ci_mlops.errors import BadData
from ci_mlops.flows import store
from ci_mlops.flows.checkout import Role
from ci_mlops.flows.files import write_bytes
from ci_mlops.flows.pinned import test_files
from ci_mlops.flows.predicted import Asked, Predicted, table_of_answers, table_of_file, write_table
from ci_mlops.flows.project import Project
from ci_mlops.flows.scoring import Scoring, ask_command, ask_worker
from ci_mlops.flows.tools import Tools
from ci_mlops.flows.train import base_checkout
from ci_mlops.ports import Environment
from ci_mlops.records import TrainedModel

if TYPE_CHECKING:
    import pyarrow as pa

FOLDER = "predictions"


def predict(tools: Tools, project: Project, output: Path) -> None:
    """
    Raises:
        BadData: no model was handed over, test rows that are not as pinned, answers that don't fit them.
        TrainingFailed: a model can't be loaded or used, or the team's `predict` command fails.
    """
    for stale in (output / FOLDER).glob("*"):
        stale.unlink()
    candidate = store.get(output / "models" / "candidate")
    if candidate is None:
        raise BadData(
            "There is no candidate to score",
            where=str(output / "models"),
            mend="`ci-mlops train` comes first.",
        )
    champion = store.get(output / "models" / "champion")
    tests = test_files(project, tools.cache)
    said = project.policy.data.test
    with tempfile.TemporaryDirectory(prefix="ci-mlops-") as private, ExitStack() as stack:
        features = write_features(tests, target=said.target, id=said.id, into=Path(private, "features"))
        room = _Room(tools, project, output, features, _ids(tests, said.id, features.rows), Path(private))
        room.score(candidate, "candidate", project.folder, project.config.predict)
        if champion is None:
            return
        base = project.base.config if project.base else None
        if base is None or (_same(candidate[0], champion[0]) and base.predict == project.config.predict):
            room.copy(candidate[0], champion[0])
            return
        folder = stack.enter_context(base_checkout(project)).folder
        room.score(champion, "champion", folder, base.predict)


def _same(one: TrainedModel, other: TrainedModel) -> bool:
    # equal files may still act by different code: a pickle names its classes, it does not hold them
    return one.model.digest == other.model.digest and one.fingerprint == other.fingerprint


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
        self._environment: Environment = tools.environment(project.config.environment, project.folder)

    def score(
        self, handed: tuple[TrainedModel, Path], role: Role, folder: Path, predict: Predict | None
    ) -> None:
        card, model = handed
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
            answers = ask_worker(self._environment, scoring)
            table = table_of_answers(answers, asked)
            told = replace(
                self._told(card, role),
                score_kind=answers.score_kind if answers.scores is not None else None,
                classes=answers.classes,
                columns=answers.columns,
                libraries=answers.libraries,
            )
        else:
            table, kind = table_of_file(ask_command(self._environment, scoring, predict), asked, private)
            told = replace(self._told(card, role), source="command", score_kind=kind)
        write_table(table, self._output / FOLDER / f"{role}.parquet")
        self._write(told)

    def copy(self, candidate: TrainedModel, champion: TrainedModel) -> None:
        self._tools.say("champion: the same model, so it says the same")
        place = self._output / FOLDER
        write_bytes(place / "champion.parquet", (place / "candidate.parquet").read_bytes())
        told = msgspec.json.decode((place / "candidate.json").read_bytes(), type=Predicted)
        self._write(replace(told, role="champion", fingerprint=champion.fingerprint))

    def _told(self, card: TrainedModel, role: Role) -> Predicted:
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
            environment=self._environment.digest(),
            job=self._project.change.job,
        )

    def _write(self, told: Predicted) -> None:
        content = msgspec.json.format(msgspec.json.encode(told))
        write_bytes(self._output / FOLDER / f"{told.role}.json", content)
