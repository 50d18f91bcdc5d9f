"""Story: both models score the same pinned rows, which come to them without the target."""

import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ci_mlops.config import Predict
from ci_mlops.datasets.marks import count_seen, count_unscored
from ci_mlops.errors import BadConfig, BadData, TrainingFailed
from ci_mlops.files.replacing import replace_file
from ci_mlops.flows import store
from ci_mlops.flows.checkout import Role
from ci_mlops.flows.endpoints import ask_endpoint, endpoint_of, trusted_hosts
from ci_mlops.flows.overlap import trains_on_test_rows
from ci_mlops.flows.own_environment import environment_of_card
from ci_mlops.flows.predicted import Asked, Predicted, table_of_answers, table_of_file, write_table
from ci_mlops.flows.project import Project
from ci_mlops.flows.rows_to_ask import Asking, TestRows, moved_name, rows_to_ask
from ci_mlops.flows.scoring import Scoring, ask_command, ask_worker
from ci_mlops.flows.seen_rows import ask_seen, with_marks
from ci_mlops.flows.tools import Tools
from ci_mlops.flows.train import base_checkout, check_output
from ci_mlops.records import TrainedModel

if TYPE_CHECKING:
    import pyarrow as pa

FOLDER = "predictions"
_ROLES: tuple[Role, ...] = ("candidate", "champion")
_OURS = tuple(
    f"{name}.{kind}" for role in _ROLES for name in (role, moved_name(role)) for kind in ("parquet", "json")
)
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
    with tempfile.TemporaryDirectory(prefix="ci-mlops-") as private:
        tests = rows_to_ask(project, tools.cache, Path(private, "features"))
        room = _Room(tools, project, output, Path(private))
        said = _ask(room, project, tests, candidate, champion)
        for table, told in said:
            name = told.role if told.pin == "base" else moved_name(told.role)
            write_table(table, output / FOLDER / f"{name}.parquet")
            card = msgspec.json.format(msgspec.json.encode(told))
            replace_file(output / FOLDER / f"{name}.json", card)


def _ask(
    room: "_Room", project: Project, tests: Asking, candidate: Handed, champion: Handed | None
) -> list[Said]:
    """
    Both are asked, be they the same bytes: what scores them is code as well, and `train.inputs` may not name it.
    Base's code first, and nothing is written before both have ended: the change's code finds no answers of the
    champion's that it could touch up.
    """
    own = project.config.predict
    if champion is None:
        return room.ask(candidate, "candidate", project.folder, own, tests)
    base = project.base.config if project.base else None
    theirs = base.predict if base else own
    with ExitStack() as stack:
        # a registered champion of a repository without base has no code but this
        folder = stack.enter_context(base_checkout(project)).folder if base else project.folder
        first = room.ask(champion, "champion", folder, theirs, tests)
    return [*first, *room.ask(candidate, "candidate", project.folder, own, tests)]


class _Room:
    """The measuring room: what is the same for both models."""

    def __init__(self, tools: Tools, project: Project, output: Path, private: Path) -> None:
        self._tools = tools
        self._project = project
        self._output = output
        self._private = private

    def ask(
        self, handed: Handed, role: Role, folder: Path, predict: Predict | None, tests: Asking
    ) -> list[Said]:
        """On base's rows; and, for information, on those of a pin that the change moves."""
        judged = tests.champion if role == "champion" else tests.candidate
        try:
            said = [self._score(handed, role, folder, predict, judged)]
        except (BadData, TrainingFailed) as error:
            # a model that needs a column which only the moved pin has
            if role == "candidate" and tests.lacking:
                kind = BadData if isinstance(error, BadData) else TrainingFailed
                mend = f"{error.mend} {tests.lacking}".strip()
                raise kind(error.what, where=error.where, mend=mend) from error
            raise
        moved = tests.champion_moved if role == "champion" else tests.candidate_moved
        if moved is not None:
            try:
                said.append(self._score(handed, role, folder, predict, moved))
            except (BadData, TrainingFailed) as error:
                self._tools.say(f"notice: {role}: not measured on the rows of the moved pin: {error.what}")
        return said

    def _score(
        self, handed: Handed, role: Role, folder: Path, predict: Predict | None, rows: TestRows
    ) -> Said:
        card, model = handed
        environment = environment_of_card(self._tools, self._project, card)
        moved = "" if rows.pin == "base" else " of the moved pin, for information"
        self._tools.say(f"{role}: scoring {rows.features.rows} rows{moved}")
        test = self._project.policy.data.test
        name = role if rows.pin == "base" else moved_name(role)
        private = self._private / name
        private.mkdir()
        scoring = Scoring(
            role=role,
            model=model,
            folder=folder,
            features=rows.features,
            id=test.id,
            own_rows=not trains_on_test_rows(self._project),
            task=self._project.policy.task,
            classes=test.classes or (("0", "1") if test.positive in (None, "1") else ()),
            predict=predict,
            log=self._output / "logs" / f"predict-{name}.log",
            private=private,
        )
        asked = Asked(
            role=role,
            task=self._project.policy.task,
            positive=test.positive,
            classes=test.classes,
            ids=rows.ids,
            where=str(scoring.log),
        )
        if predict is None:
            uri = self._endpoint(card)
            answers = (
                ask_endpoint(uri, trusted_hosts(self._project), scoring)
                if uri
                else ask_worker(environment, scoring)
            )
            table = table_of_answers(answers, asked)
            told = replace(
                self._told(card, role, environment.digest(), rows),
                score_kind=answers.score_kind if answers.scores is not None else None,
                classes=answers.classes,
                columns=answers.columns,
                libraries=answers.libraries,
                findings=answers.findings,
                seen=count_seen(answers.seen),
                unscored=count_unscored(answers.seen),
            )
        else:
            table, kind = table_of_file(ask_command(environment, scoring, predict), asked, private)
            marks = ask_seen(environment, scoring)
            table = with_marks(table, marks)
            told = replace(
                self._told(card, role, environment.digest(), rows),
                source="command",
                score_kind=kind,
                seen=count_seen(marks),
            )
        return table, told

    def _endpoint(self, card: TrainedModel) -> str | None:
        """Told by the config that the card is of, never by the files: what a training writes must not lead us anywhere."""
        base = self._project.base.config if self._project.base else None
        config = base if card.role == "champion" and card.origin != "registry" else self._project.config
        return endpoint_of(config) if card.source == "uri" else None

    def _told(self, card: TrainedModel, role: Role, environment: str, rows: TestRows) -> Predicted:
        return Predicted(
            role=role,
            model=card.model.digest,
            fingerprint=card.fingerprint,
            test=rows.digest,
            pin=rows.pin,
            rows=rows.features.rows,
            task=self._project.policy.task,
            source="worker",
            score_kind=None,
            classes=None,
            columns=(),
            environment=environment,
            job=self._project.change.job,
        )
