"""A threshold that is chosen on validation rows, from `predict` to the registry's tags."""

import json
from dataclasses import replace

import pytest
from pyarrow import parquet

from ci_mlops.datasets.features import Features
from ci_mlops.errors import BadData
from ci_mlops.flows import store
from ci_mlops.flows.hand_over import read_candidate
from ci_mlops.flows.judge import judge
from ci_mlops.flows.predict import predict
from ci_mlops.flows.registration import Candidate, registration_tags
from ci_mlops.flows.train import train
from ci_mlops.flows.validation import read_validation, validation_files, validation_rows
from ci_mlops.records import tags
from ci_mlops.report import render
from tests.flows.loans import write_rows
from tests.flows.rules import CONFIG, found_rules, with_share

CHOSEN = CONFIG.replace("  train: data", "  validation: data/valid.csv\n  train: data").replace(
    "metrics:", "threshold: {by: cost}\nmetrics:"
)


def run(team):
    train(team.tools, team.project(), team.output)
    predict(team.tools, team.project(), team.output)
    return judge(team.tools, team.project(), team.output)


def found_validated(tmp_path, keep=lambda line: True):
    place = tmp_path / "team" / "data" / "valid.csv"
    write_rows(place, 400, seed=5)
    head, *lines = place.read_text().splitlines()
    place.write_text("\n".join((head, *filter(keep, lines))) + "\n")
    return found_rules(tmp_path, config=CHOSEN)


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """A team whose two models were judged once; tests may only look."""
    team = found_validated(tmp_path_factory.mktemp("judged"))
    with_share(team, 0.9)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CI", "true")
        return team, run(team)


def test_each_model_decides_by_its_own_threshold_of_the_validation_rows(judged):
    team, verdict = judged

    chosen = verdict.threshold
    assert (chosen.by, chosen.champion.rows, chosen.candidate.rows) == ("cost", 400, 400)
    # misses cost 25 times what false alarms do, and the candidate's scores are lower by its own doing
    assert chosen.candidate.threshold < chosen.champion.threshold < 0.5
    place = team.output / "predictions"
    told = json.loads((place / "candidate-validation.json").read_text())
    assert (told["pin"], told["rows"]) == ("validation", 400)
    labels = [line.split(",")[3] for line in (team.folder / "data/test.csv").read_text().splitlines()[1:]]
    scores = parquet.read_table(place / "candidate.parquet").column("score").to_pylist()
    called = [score >= chosen.candidate.threshold for score in scores]
    found = [sum(a and b == "yes" for a, b in zip(called, labels, strict=True))]
    assert found == [verdict.confusion.candidate[3]]
    words = " ".join(render(verdict, "terminal").split())
    assert "each chosen on 400 validation rows at least expected cost" in words


def test_the_threshold_goes_to_the_registry_with_the_model(judged):
    team, verdict = judged
    card, files = store.get(team.output / "models" / "candidate")

    told = registration_tags(verdict, Candidate(card=card, files=files))

    assert float(told[tags.THRESHOLD]) == verdict.threshold.candidate.threshold
    assert told[tags.POSITIVE] == "yes"


def test_a_change_can_not_choose_its_validation_rows(tmp_path):
    team = found_validated(tmp_path)
    base = (team.folder / "data" / "valid.csv").read_bytes()
    write_rows(team.folder / "data" / "valid.csv", 300, seed=11)
    team.pin()
    team.commit()

    (file,) = validation_files(team.project(), team.cache)

    assert file.read_bytes() == base


def test_validation_rows_that_nobody_pinned_are_asked_for(tmp_path):
    team = found_rules(tmp_path)
    write_rows(team.folder / "data" / "valid.csv", 50, seed=5)
    team.replace("ci-mlops.yml", "  train: data", "  validation: data/valid.csv\n  train: data")
    team.replace("ci-mlops.yml", "metrics:", "threshold: {by: f1}\nmetrics:")
    team.commit()
    team.git("branch", "-f", "main")
    team.commit("Begin a change")

    with pytest.raises(BadData, match="validation"):
        run(team)


@pytest.mark.parametrize("other", ["train", "test"])
def test_a_copy_of_other_rows_chooses_nothing(tmp_path, other):
    team = found_validated(tmp_path)
    (team.folder / "data" / "valid.csv").write_bytes((team.folder / "data" / f"{other}.csv").read_bytes())
    team.pin()
    team.commit()
    team.git("branch", "-f", "main")
    team.commit("Begin a change")

    with pytest.raises(BadData, match=f"holds validation rows, and the {other} data is the same file"):
        validation_files(team.project(), team.cache)


def test_validation_rows_of_one_class_choose_nothing(tmp_path):
    team = found_validated(tmp_path, lambda line: not line.endswith("yes"))

    with pytest.raises(BadData, match="can't be chosen") as caught:
        run(team)

    assert "0 of these are events" in caught.value.what


def test_validation_rows_have_the_columns_of_the_test_rows(tmp_path):
    team = found_validated(tmp_path)
    test = Features(path=tmp_path, format="csv", columns=("loan", "salary", "debt"), rows=1)

    with pytest.raises(BadData, match="the validation rows have other columns than the test rows"):
        validation_rows(team.project(), team.cache, test, tmp_path / "features")


def test_what_another_model_says_of_the_validation_rows_is_refused(judged):
    team, _ = judged
    side = read_candidate(team.project(), team.output)
    other = replace(side, card=replace(side.card, model=replace(side.card.model, digest="sha256:0")))

    with pytest.raises(BadData, match="of another model or of other rows"):
        read_validation(team.output, other, team.project())
