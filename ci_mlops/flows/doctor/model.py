"""A model, if one is there: can it be loaded, and does it answer for a few of the pinned rows?"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from ci_mlops.datasets.features import write_features
from ci_mlops.datasets.moved import rearranged
from ci_mlops.errors import CiMlopsError
from ci_mlops.flows import store
from ci_mlops.flows.doctor.check import Check, fine, not_tried, problems_of
from ci_mlops.flows.doctor.data import tables
from ci_mlops.flows.doctor.patient import Patient
from ci_mlops.flows.own_environment import environment_of_card
from ci_mlops.flows.project import open_project
from ci_mlops.flows.scoring import Scoring, ask_command, ask_worker

_ROWS = 20


def look(patient: Patient) -> Iterator[Check]:
    config = patient.config
    assert config is not None  # noqa: S101 - the story asks for it
    try:
        held = store.get(patient.output / "models" / "candidate")
    except CiMlopsError as error:
        yield from problems_of("model", error)
        return
    tests = tables(patient, config)
    if held is None or not tests:
        lacking = "No model is" if held is None else "The test rows are not"
        yield not_tried("model", f"{lacking} here to be asked.", mend="`ci-mlops validate` makes one.")
        return
    card, place = held
    test = config.data.test
    try:
        project = open_project(patient.tools, patient.config_path)
        environment = environment_of_card(patient.tools, project, card)
        with tempfile.TemporaryDirectory(prefix="ci-mlops-") as room:
            private = Path(room)
            whole = write_features(tests, target=test.target, id=test.id, into=private / "whole")
            few = range(min(_ROWS, whole.rows))
            features = rearranged(whole, private / "few", rows=few, columns=whole.columns)
            answers = private / "answers"
            answers.mkdir()
            scoring = Scoring(
                role="candidate",
                model=place,
                folder=project.folder,
                features=features,
                id=test.id,
                predict=config.predict,
                log=private / "predict.log",
                private=answers,
            )
            if config.predict is None:
                ask_worker(environment, scoring)
            else:
                ask_command(environment, scoring, config.predict)
    except CiMlopsError as error:
        yield from problems_of("model", error)
        return
    yield fine(
        "model", f"The model with fingerprint {card.fingerprint[:8]} answers for {len(few)} test rows."
    )
