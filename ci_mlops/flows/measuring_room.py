"""The measuring room: each model says what it thinks of the test rows, asked in the same way."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ci_mlops.config import Predict
from ci_mlops.datasets.marks import count_seen, count_unscored
from ci_mlops.errors import BadConfig, BadData, TrainingFailed
from ci_mlops.flows.checkout import Role
from ci_mlops.flows.endpoints import ask_endpoint, endpoint_of_card, trusted_hosts
from ci_mlops.flows.overlap import trains_on_test_rows
from ci_mlops.flows.own_environment import environment_of_card
from ci_mlops.flows.predicted import Asked, Predicted, table_of_answers, table_of_file
from ci_mlops.flows.predicted_sets import table_of_sets
from ci_mlops.flows.project import Project
from ci_mlops.flows.rows_to_ask import Asking, TestRows, rows_name
from ci_mlops.flows.scoring import Scoring, ask_command, ask_worker
from ci_mlops.flows.seen_rows import ask_seen, with_marks
from ci_mlops.flows.tools import Tools
from ci_mlops.ports import Environment
from ci_mlops.records import TrainedModel

if TYPE_CHECKING:
    import pyarrow as pa

_WHICH = {
    "base": "rows",
    "moved": "rows of the moved pin, for information",
    "validation": "validation rows",
}
Handed = tuple[TrainedModel, Path]
Said = tuple["pa.Table", Predicted]


class Room:
    """The measuring room: what is the same for both models."""

    def __init__(self, tools: Tools, project: Project, output: Path, private: Path) -> None:
        self._tools = tools
        self._project = project
        self._output = output
        self._private = private

    def ask(
        self,
        handed: Handed,
        role: Role,
        folder: Path,
        predict: Predict | None,
        tests: Asking,
        validation: TestRows | None = None,
    ) -> list[Said]:
        """On base's rows, on the validation rows; and, for information, on those of a pin that the change moves."""
        with self._tools.group(f"Ask the {role}"):
            return self._ask(handed, role, folder, predict, tests, validation)

    def _ask(
        self,
        handed: Handed,
        role: Role,
        folder: Path,
        predict: Predict | None,
        tests: Asking,
        validation: TestRows | None,
    ) -> list[Said]:
        judged, moved = (
            (tests.champion, tests.champion_moved)
            if role == "champion"
            else (tests.candidate, tests.candidate_moved)
        )
        try:
            asked = [judged] if validation is None else [judged, validation]
            said = [self._score(handed, role, folder, predict, rows) for rows in asked]
        except (BadData, TrainingFailed) as error:
            # a model that needs a column which only the moved pin has
            if role == "candidate" and tests.lacking:
                kind = BadData if isinstance(error, BadData) else TrainingFailed
                mend = f"{error.mend} {tests.lacking}".strip()
                raise kind(error.what, where=error.where, mend=mend) from error
            raise
        if moved is not None:
            try:
                said.append(self._score(handed, role, folder, predict, moved))
            except (BadData, TrainingFailed) as error:
                self._tools.say(f"notice: {role}: not measured on the rows of the moved pin: {error.what}")
        return said

    def _score(
        self, handed: Handed, role: Role, folder: Path, predict: Predict | None, rows: TestRows
    ) -> Said:
        card, _ = handed
        environment = environment_of_card(self._tools, self._project, card)
        self._tools.say(f"{role}: scoring {rows.features.rows} {_WHICH[rows.pin]}")
        scoring = self._scoring(handed, role, folder, predict, rows)
        told = self._told(card, role, environment.digest(), rows)
        if predict is not None:
            return self._by_command(environment, scoring, predict, self._asked(role, rows, scoring), told)
        uri = endpoint_of_card(self._project, card)
        if uri and scoring.multilabel:
            raise BadConfig(
                "An endpoint of a model whose rows carry several labels at once is asked by a command of the team's",
                where=self._project.config.where("data", "test", "multilabel"),
                mend="Add `predict: {run: python score.py {model} {features} {output}}`; it writes `id` and `prediction`, "
                "as `billing|bug`.",
            )
        answers = (
            ask_endpoint(uri, trusted_hosts(self._project), scoring)
            if uri
            else ask_worker(environment, scoring)
        )
        table_of = table_of_sets if scoring.multilabel else table_of_answers
        return table_of(answers, self._asked(role, rows, scoring)), replace(
            told,
            score_kind=answers.score_kind if answers.scores is not None else None,
            classes=answers.classes,
            columns=answers.columns,
            libraries=answers.libraries,
            findings=answers.findings,
            seen=count_seen(answers.seen),
            unscored=count_unscored(answers.seen),
        )

    @staticmethod
    def _by_command(
        environment: Environment, scoring: Scoring, predict: Predict, asked: Asked, told: Predicted
    ) -> Said:
        table, kind = table_of_file(ask_command(environment, scoring, predict), asked, scoring.private)
        marks = ask_seen(environment, scoring)
        return with_marks(table, marks), replace(
            told, source="command", score_kind=kind, seen=count_seen(marks)
        )

    def _scoring(
        self, handed: Handed, role: Role, folder: Path, predict: Predict | None, rows: TestRows
    ) -> Scoring:
        test = self._project.policy.data.test
        name = rows_name(role, rows.pin)
        private = self._private / name
        private.mkdir()
        return Scoring(
            role=role,
            model=handed[1],
            folder=folder,
            features=rows.features,
            id=test.id,
            own_rows=not trains_on_test_rows(self._project),
            task=self._project.policy.task,
            classes=test.classes or (("0", "1") if test.positive in (None, "1") else ()),
            multilabel=test.multilabel,
            target=test.target,
            predict=predict,
            log=self._output / "logs" / f"predict-{name}.log",
            private=private,
        )

    def _asked(self, role: Role, rows: TestRows, scoring: Scoring) -> Asked:
        test = self._project.policy.data.test
        return Asked(
            role=role,
            task=self._project.policy.task,
            positive=test.positive,
            classes=test.classes,
            multilabel=test.multilabel,
            ids=rows.ids,
            where=str(scoring.log),
        )

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
