"""Two planted contaminations are found, and change the verdict for the right reason."""

import pytest

from ci_mlops.errors import BadData
from ci_mlops.flows.ruled import NO_CHANGE
from ci_mlops.flows.validate import validate
from ci_mlops.report import render
from tests.flows.clinic import contaminate, found_clinic, rows_of, visits, write_visits


def judged(team):
    return validate(team.tools, team.project(), team.output)


def copied(tmp_path, settings="", rows=200):
    """The candidate's training data holds test rows, under other ids."""
    team = found_clinic(tmp_path, settings)
    contaminate(team, rows_of(team, "test")[:rows], remembers="fever")
    return judged(team)


def merge(team, message):
    """What lies there is base now, and a change begins."""
    team.pin()
    team.commit(message)
    team.git("checkout", "-q", "-B", "change")
    team.commit("Begin")


def of(verdict, role):
    return next(one for one in verdict.proof.models if one.role == role)


def overall(verdict):
    return next(m for m in verdict.measurements if m.metric == "accuracy" and m.slice is None)


def test_copied_rows_make_a_model_better_where_the_policy_only_tells(tmp_path):
    verdict = copied(tmp_path, ", overlap: tell")

    assert verdict.verdict == "passed"
    assert overall(verdict).word == "better"
    assert verdict.rows.compared == 400
    assert (
        "200 of the 400 test rows are in the training data of the candidate (200 equal a training row)"
        in render(verdict, "markdown")
    )


def test_copied_rows_are_left_out_for_both_and_the_model_is_better_no_more(tmp_path):
    verdict = copied(tmp_path)

    assert (of(verdict, "candidate").content, of(verdict, "candidate").whole) == (200, 200)
    assert (of(verdict, "champion").content, verdict.rows.compared, verdict.rows.seen) == (0, 200, 200)
    assert (verdict.overlap.candidate, verdict.overlap.champion) == (200, 0)
    assert overall(verdict).word == "same"
    # what it took away for itself, it could have picked
    assert (verdict.verdict, verdict.exit_code) == ("undecided", 10)
    assert "The candidate was trained on 200 test rows that the champion was not" in verdict.reason


def test_copied_rows_are_refused_with_what_to_do(tmp_path):
    with pytest.raises(BadData) as error:
        copied(tmp_path, ", overlap: refuse")

    assert error.value.what.startswith("Of 400 test rows 200 are in the training data of the candidate")
    assert (error.value.where, error.value.exit_code) == ("ci-mlops.yml:5", 4)
    assert "pin test rows that no training has seen" in error.value.mend


def test_rows_that_both_were_trained_on_are_left_out_and_the_rest_decides(tmp_path):
    team = found_clinic(tmp_path)
    team.git("checkout", "-q", "main")
    write_visits(team, "train", rows_of(team, "train") + rows_of(team, "test")[:200])
    merge(team, "Train on test rows")
    team.replace("train.py", "REMEMBERS = False", 'REMEMBERS = "fever"')
    team.commit("Remember")

    verdict = judged(team)

    # both are known to have seen them, so that the candidate picked nothing
    assert (of(verdict, "champion").left_out, of(verdict, "candidate").left_out) == (200, 200)
    assert (verdict.rows.compared, verdict.rows.taken) == (200, 0)
    assert overall(verdict).word == "same"
    assert verdict.gates[0].status == "skipped"


def with_patients(tmp_path, settings):
    """Other visits of patients who are in the test rows."""
    team = found_clinic(tmp_path, settings)
    seen = {line[0]: line[3] for line in rows_of(team, "test")[:200]}
    others = [line for line in visits(3, 50, first=5000) if line[0] in seen]
    contaminate(team, [[*line[:3], seen[line[0]]] for line in others], remembers="patient")
    return judged(team)


def test_the_same_patient_on_both_sides_is_better_by_memory_alone(tmp_path):
    told = with_patients(tmp_path / "tell", ", group: patient, overlap: tell")
    left = with_patients(tmp_path / "exclude", ", group: patient")

    assert (told.verdict, overall(told).word) == ("passed", "better")
    facts = of(left, "candidate")
    assert (facts.content, facts.same_group, facts.groups, facts.groups_of) == (0, 200, 50, 100)
    assert (left.rows.compared, overall(left).word, left.verdict) == (200, "same", "undecided")
    assert "200 are of a group that has rows there" in render(left, "markdown")


def test_test_rows_older_than_the_training_are_told_and_refused(tmp_path):
    told = judged(found_clinic(tmp_path / "tell", ", time: day"))

    assert of(told, "candidate").newest == "2026-06-01"
    assert 250 < of(told, "candidate").older < 400
    assert "test rows are older than the newest training row of both models, of 2026-06-01" in render(
        told, "markdown"
    )

    team = found_clinic(tmp_path / "refuse", ", time: day, overlap: refuse")
    team.replace("train.py", "REMEMBERS = False", 'REMEMBERS = ""')
    team.replace("score.py", "> 38", "> 38.5")
    team.commit("Another rule")
    with pytest.raises(BadData, match="are older than the newest training row of the champion"):
        judged(team)


def test_a_model_is_the_same_as_itself_whatever_its_training_holds(tmp_path):
    team = found_clinic(tmp_path, ", overlap: exclude")
    team.git("checkout", "-q", "main")
    write_visits(team, "train", rows_of(team, "test"), first=90000)
    merge(team, "Train on all test rows")
    team.write("README.md", "Words\n")
    team.commit("Words")

    verdict = judged(team)

    assert (verdict.verdict, verdict.reason) == ("not_applicable", NO_CHANGE)
    assert of(verdict, "candidate").left_out == 400


def test_rows_that_are_written_twice_are_told(tmp_path):
    team = found_clinic(tmp_path)
    team.git("checkout", "-q", "main")
    write_visits(team, "test", rows_of(team, "test") + rows_of(team, "test")[:40], first=50000)
    merge(team, "Write rows twice")

    verdict = judged(team)

    assert (verdict.proof.repeated, verdict.proof.rows) == (40, 440)
    assert "40 of the 440 test rows equal an earlier one in all but the id" in render(verdict, "markdown")


def test_ids_that_count_the_rows_of_each_file_are_no_overlap(tmp_path):
    team = found_clinic(tmp_path)
    team.git("checkout", "-q", "main")
    write_visits(team, "test", rows_of(team, "test"))
    merge(team, "Count from the beginning")

    verdict = judged(team)

    assert (of(verdict, "candidate").same_id, of(verdict, "candidate").numbered) == (400, True)
    assert (verdict.rows.compared, verdict.rows.seen) == (400, 0)


def test_training_data_that_is_no_table_is_told_as_not_known(tmp_path):
    team = found_clinic(tmp_path)
    team.replace("ci-mlops.yml", "train: data/train.csv", "train: [data/train.csv, data/notes.bin]")
    team.write("data/notes.bin", "no table")
    team.pin()
    team.commit("Notes")

    verdict = judged(team)

    assert verdict.overlap.candidate is None
    assert verdict.overlap.reason == "candidate: its training data is no table: data/notes.bin"
    assert "The candidate: not known, as its training data is no table" in render(verdict, "markdown")
