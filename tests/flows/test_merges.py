"""How many merges a pin of the test rows has decided is read from git, and is no more than git tells."""

from dataclasses import replace

import pytest

from ci_mlops.flows.merges import Merges, count_merges
from ci_mlops.flows.project import open_project
from ci_mlops.records import FairnessProof
from ci_mlops.report import render
from tests.flows.loans import found_team, git, write_rows
from tests.report.verdicts import passed


@pytest.fixture
def team(tmp_path):
    team = found_team(tmp_path)
    team.git("checkout", "-q", "main")
    return team


def merge(team, number, name="train.py"):
    """A branch of two commits, merged: it counts once."""
    team.git("checkout", "-q", "-b", f"branch-{number}")
    for step in (1, 2):
        team.write(name, f"# {number} {step}\n")
        team.commit(f"Step {step}")
    team.git("checkout", "-q", "main")
    team.git("merge", "-q", "--no-ff", "-m", f"Merge {number}", f"branch-{number}")


def begin(team):
    team.git("checkout", "-q", "-B", "change")
    team.commit("Begin")
    return count_merges(team.project())


def test_merges_since_the_pin_are_counted_along_the_first_parents(team):
    for number in range(3):
        merge(team, number)

    assert begin(team) == Merges(count=3)


def test_another_pin_begins_anew(team):
    merge(team, 0)
    write_rows(team.folder / "data" / "test.csv", 41, seed=3)
    team.pin()
    team.commit("Pin new test rows")
    merge(team, 1)

    assert begin(team) == Merges(count=1)


def test_another_pin_of_the_training_data_does_not(team):
    merge(team, 0)
    write_rows(team.folder / "data" / "train.csv", 81, seed=3)
    team.pin()
    team.commit("Pin more training rows")

    assert begin(team) == Merges(count=2)


def test_words_alone_decide_nothing(team):
    merge(team, 0, "NOTES.md")
    merge(team, 1, "docs/NOTES.md")

    assert begin(team) == Merges(count=0)


def test_a_shallow_clone_tells_at_least_how_many(team, tmp_path):
    for number in range(4):
        merge(team, number)
    team.git("checkout", "-q", "-B", "change")
    team.commit("Begin")
    git(tmp_path, "clone", "-q", "--depth", "3", f"file://{team.folder}", "shallow")
    shallow = replace(team, folder=tmp_path / "shallow")

    # HEAD, its parent, which is base, and one before
    found = count_merges(open_project(shallow.tools, shallow.folder / "ci-mlops.yml", base="HEAD~1"))

    assert found == Merges(count=1, at_least=True)


def test_without_a_pinned_base_nothing_is_counted(tmp_path):
    team = found_team(tmp_path)
    alone = replace(team.project(), base=None)

    assert count_merges(alone) is None


@pytest.mark.parametrize(
    ("proof", "told", "worn"),
    [
        (FairnessProof(merges=14, worn_out=40), "14 merges since this pin", False),
        (FairnessProof(merges=1, worn_out=40, at_least=True), "at least 1 merge since this pin", False),
        (FairnessProof(merges=40, worn_out=40), "40 merges since this pin", True),
        (FairnessProof(merges=0, worn_out=40, at_least=True), "", False),
    ],
)
def test_the_report_says_how_worn_the_rows_are(proof, told, worn):
    report = render(replace(passed(), proof=proof), "markdown")

    assert told in report
    assert ("since this pin" in report) == bool(told)
    assert ("These test rows are worn out" in report) == worn
