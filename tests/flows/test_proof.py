"""Two planted contaminations are found, and change the verdict for the right reason."""

from dataclasses import replace

import pytest

from ci_mlops.errors import BadData
from ci_mlops.flows.drill.story import drill
from ci_mlops.flows.judge import judge
from ci_mlops.flows.predict import predict
from ci_mlops.flows.register import register
from ci_mlops.flows.ruled import NO_CHANGE
from ci_mlops.flows.train import train
from ci_mlops.flows.validate import validate
from ci_mlops.report import render
from ci_mlops.report.codec import write_verdict
from tests.fakes.registry import FakeRegistry
from tests.flows.clinic import contaminate, found_clinic, rows_of, visits, write_visits


def judged(team):
    return validate(team.tools, team.project(), team.output)


def judged_by(team, overlap):
    """The same models and predictions under another policy of base."""
    project = team.project()
    test = project.base.config.data.test.model_copy(update={"overlap": overlap})
    data = project.base.config.data.model_copy(update={"test": test})
    config = project.base.config.model_copy(update={"data": data})
    return judge(team.tools, replace(project, base=replace(project.base, config=config)), team.output)


def made(team):
    train(team.tools, team.project(), team.output)
    predict(team.tools, team.project(), team.output)
    return team


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """The candidate's training data holds 200 of the 400 test rows, under other ids."""
    team = found_clinic(tmp_path_factory.mktemp("copied"))
    contaminate(team, rows_of(team, "test")[:200], remembers="fever")
    return made(team)


@pytest.fixture(scope="module")
def patients(tmp_path_factory):
    """Other visits of half of the patients who are in the test rows."""
    team = found_clinic(tmp_path_factory.mktemp("patients"), ", group: patient")
    seen = {line[0]: line[3] for line in rows_of(team, "test")[:200]}
    others = [line for line in visits(3, 50, first=5000) if line[0] in seen]
    contaminate(team, [[*line[:3], seen[line[0]]] for line in others], remembers="patient")
    return made(team)


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


def test_copied_rows_make_a_model_better_where_the_policy_only_tells(copied):
    verdict = judged_by(copied, "tell")

    assert verdict.verdict == "passed"
    assert overall(verdict).word == "better"
    assert verdict.rows.compared == 400
    assert "200 of the 400 test rows are not new to the candidate: 200 equal a training row." in render(
        verdict, "markdown"
    )


def test_copied_rows_are_left_out_for_both_and_the_model_is_better_no_more(copied):
    verdict = judged_by(copied, "exclude")

    assert (of(verdict, "candidate").content, of(verdict, "candidate").whole) == (200, 200)
    assert (of(verdict, "champion").content, verdict.rows.compared, verdict.rows.seen) == (0, 200, 200)
    assert (verdict.overlap.candidate, verdict.overlap.champion) == (200, 0)
    assert overall(verdict).word == "same"
    # what it took away for itself, it could have picked
    assert (verdict.verdict, verdict.exit_code) == ("undecided", 10)
    assert "The candidate was trained on 200 test rows that the champion was not" in verdict.reason
    # it says nothing of itself: the pinned files do
    assert "as it says that it was trained on them" not in render(verdict, "markdown")


def test_copied_rows_are_refused_with_what_to_do(copied):
    with pytest.raises(BadData) as error:
        judged_by(copied, "refuse")

    assert error.value.what.startswith("Of 400 test rows 200 are not new to the candidate")
    assert (error.value.where.split()[0], error.value.exit_code) == ("ci-mlops.yml:5", 4)
    assert "pin test rows that no training has seen" in error.value.mend


def test_rows_that_both_were_trained_on_are_left_out_and_the_rest_decides_and_is_drilled(tmp_path):
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
    found = drill(team.tools, team.project(), team.output)
    by_name = {one.name: one for one in found.sabotages}
    assert (found.rows, by_name["few-right"].changed) == (200, 3)
    assert found.champion == overall(verdict).champion
    assert by_name["nan"].fate == "refused"


def test_the_same_patient_on_both_sides_is_better_by_memory_alone(patients):
    told, left = (judged_by(patients, overlap) for overlap in ("tell", "exclude"))

    assert (told.verdict, overall(told).word) == ("passed", "better")
    facts = of(left, "candidate")
    assert (facts.content, facts.same_group, facts.groups, facts.groups_of) == (0, 200, 50, 100)
    assert (left.rows.compared, overall(left).word, left.verdict) == (200, "same", "undecided")
    assert "200 are of a group that was trained on" in render(left, "markdown")


def test_test_rows_older_than_the_training_are_told_and_refused(tmp_path):
    team = found_clinic(tmp_path, ", time: day")
    team.replace("score.py", "> 38", "> 38.5")
    team.commit("Another rule")

    told = judged(team)

    assert of(told, "candidate").newest == "2026-06-01"
    assert 250 < of(told, "candidate").older < 400
    assert "test rows are older than the newest training row of both models, of 2026-06-01" in render(
        told, "markdown"
    )
    with pytest.raises(BadData, match="are older than the newest training row of the champion"):
        judged_by(team, "refuse")


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


def test_rows_that_are_written_twice_and_ids_that_count_each_files_rows_are_told_and_measured(tmp_path):
    team = found_clinic(tmp_path)
    team.git("checkout", "-q", "main")
    write_visits(team, "test", rows_of(team, "test") + rows_of(team, "test")[:40])
    merge(team, "Count from the beginning")

    verdict = judged(team)

    assert (verdict.proof.repeated, verdict.proof.rows) == (40, 440)
    assert (of(verdict, "candidate").same_id, of(verdict, "candidate").numbered) == (400, True)
    assert (verdict.rows.compared, verdict.rows.seen) == (440, 0)
    report = render(verdict, "markdown")
    assert "40 of the 440 test rows equal an earlier one in all but the id" in report
    assert (
        "400 of the 440 test rows have the id of a training row of both models, and most say other things"
        in report
    )


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


def registered(tmp_path):
    """The champion is a version whose training data held test rows; base trains without them today."""
    team = found_clinic(tmp_path)
    store = FakeRegistry(tmp_path / "registry")
    team.registries["https://mlflow.example"] = store
    team.git("checkout", "-q", "main")
    clean = rows_of(team, "train")
    config = (team.folder / "ci-mlops.yml").read_text()
    team.write("ci-mlops.yml", config + "registry: {uri: https://mlflow.example, stages: [staging]}\n")
    merge(team, "A registry")
    write_visits(team, "train", clean + rows_of(team, "test")[:120])
    team.pin()
    team.commit("Train on test rows")
    first = judged(team)
    write_verdict(team.output / "verdict.json", first)
    (team.output / "report.md").write_text("# a report\n")
    register(team.tools, team.project(), team.output)
    team.git("checkout", "-q", "main")
    team.git("merge", "-q", "change")
    write_visits(team, "train", clean)
    merge(team, "Train without test rows")
    return team, store


def test_the_rows_of_a_registered_champion_are_those_of_its_own_lock(tmp_path):
    team, store = registered(tmp_path)

    verdict = judged(team)

    assert (verdict.champion.version, of(verdict, "champion").left_out) == ("1", 120)
    assert of(verdict, "candidate").left_out == 0
    assert (verdict.rows.compared, verdict.overlap.champion, verdict.overlap.candidate) == (280, 120, 0)

    del store.beside["visits", "1"]["ci-mlops.lock"]
    unknown = judged(team)
    assert (unknown.overlap.champion, unknown.rows.compared) == (None, 400)
    assert unknown.overlap.reason == "champion: no record of its training data was registered with it"


def test_training_data_that_the_judging_job_lacks_is_told_as_not_known(tmp_path):
    team = found_clinic(tmp_path)
    team.write(".gitignore", f"{(team.folder / '.gitignore').read_text()}data/more.csv\n")
    team.replace("ci-mlops.yml", "train: data/train.csv", "train: [data/train.csv, data/more.csv]")
    write_visits(team, "more", visits(4, 5, first=9000), first=90000)
    team.pin()
    team.commit("More visits, kept elsewhere")
    made(team)
    (team.folder / "data/more.csv").unlink()

    verdict = judge(team.tools, team.project(), team.output)

    assert verdict.overlap.reason == "candidate: data/more.csv is not here as it was trained on"
    assert (verdict.overlap.candidate, verdict.overlap.champion) == (None, 0)
