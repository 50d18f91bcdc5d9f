"""`ci-mlops reproduce`: a registered version is trained again, classified, and its cause is named by trying."""

import pytest

from ci_mlops.errors import BadData
from ci_mlops.flows.pin import pin
from tests.environments.wheels import declare, shelf
from tests.flows.lenders import LIMIT, SCORE as SCORE_BY_LIMIT
from tests.flows.reproduced import REGISTERED, TRAIN, again, registered, told

# what a library says decides who gets a loan
BY_LIBRARY = LIMIT.replace("import csv", "import lending, csv").replace("* 1.0)", "* float(lending.VERSION))")
DECLARED = REGISTERED.replace(
    "task: classification\n", "task: classification\nenvironment: requirements.txt\n"
)


def test_a_seeded_training_comes_out_bit_for_bit_and_is_really_trained(tmp_path):
    team = registered(tmp_path)
    made = again(team)

    assert told(made) == ("bit_identical", [], [])
    assert (made.exit_code, made.trainings, team.trainings()) == (0, 1, 1)
    assert made.measured.restored.is_whole


def test_an_unseeded_split_is_named_by_the_line_that_splits(tmp_path):
    team = registered(tmp_path, TRAIN.replace("test_size=0.3, random_state=1", "test_size=0.3"))
    made = again(team)
    [cause] = made.causes

    assert told(made) == (
        "statistically_equivalent",
        ["split"],
        [("again", "none"), ("split", "bits")],
    )
    assert cause.names == ("train_test_split in train.py:8",)
    assert made.exit_code == 0


def test_an_unseeded_forest_is_named_by_the_line_that_fits(tmp_path):
    team = registered(tmp_path, TRAIN.replace("max_depth=3, random_state=1", "max_depth=3"))
    made = again(team)
    [cause] = made.causes

    assert told(made) == (
        "statistically_equivalent",
        ["estimator"],
        [("again", "none"), ("estimator", "bits")],
    )
    assert cause.names == ("RandomForestClassifier in train.py:9",)


def solved(team, *lines):
    shelf(team.folder / "shelf")
    declare(team.folder, *lines)
    pin(team.folder / "ci-mlops.yml", team.cache)


def lends_by(version):
    def prepare(team):
        team.write(".gitignore", "model.bin\n__pycache__/\nshelf/\n")
        solved(team, f"lending=={version}")

    return prepare


def test_the_registered_environment_is_made_again_though_today_declares_another(tmp_path):
    team = registered(tmp_path, BY_LIBRARY, score=SCORE_BY_LIMIT, config=DECLARED, prepare=lends_by("1.0"))
    solved(team, "lending==2.0")
    team.commit("Lend by version 2")
    made = again(team)

    assert told(made) == ("bit_identical", [], [])
    assert made.measured.restored.is_whole


def test_a_version_of_a_library_that_is_gone_is_named_with_the_one_of_today(tmp_path):
    team = registered(tmp_path, BY_LIBRARY, score=SCORE_BY_LIMIT, config=DECLARED, prepare=lends_by("1.0"))
    solved(team, "lending==2.0")
    (team.folder / "shelf" / "lending-1.0-py3-none-any.whl").unlink()
    made = again(team)

    assert told(made) == ("different", ["environment"], [("again", "bits")])
    assert made.causes[0].names == ("lending 1.0 -> 2.0",)
    assert made.measured.restored.why_environment.startswith("it can't be made again: ")
    assert made.exit_code == 1
    [accuracy] = [one for one in made.measured.differences if one.metric == "accuracy"]
    assert accuracy.margin == 0.1
    assert accuracy.high < -0.1


def test_changed_training_data_is_named_by_its_file(tmp_path):
    def ignored(team):
        team.write(".gitignore", "model.bin\n__pycache__/\ndata/train.csv\n")
        team.git("rm", "-q", "--cached", "data/train.csv")

    team = registered(tmp_path, LIMIT, score=SCORE_BY_LIMIT, prepare=ignored)
    before = (team.folder / "data/train.csv").read_text()
    # every debt ten times as high: somebody writes another currency
    head, *rows = before.splitlines()
    told_rows = [row.split(",") for row in rows]
    changed = [",".join((loan, income, debt + "0", label)) for loan, income, debt, label in told_rows]
    team.write("data/train.csv", "\n".join((head, *changed, "")))
    made = again(team)

    assert told(made) == ("different", ["data"], [("again", "bits")])
    assert made.causes[0].names == ("data/train.csv",)
    assert made.exit_code == 1

    team.write("data/train.csv", before)
    assert told(again(team)) == ("bit_identical", [], [])

    (team.folder / "data/train.csv").unlink()
    with pytest.raises(BadData, match=r"data/train\.csv is missing") as caught:
        again(team)
    assert caught.value.exit_code == 4
