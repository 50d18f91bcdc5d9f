"""What has to be run to be known: the environment, the training, a model, the tools, git."""

import os

import pytest

from ci_mlops.flows.train import train
from tests.flows.doctor.patients import one, seen
from tests.flows.loans import SKLEARN, found_team
from tests.flows.rules import found_rules, with_share


@pytest.fixture
def team(tmp_path):
    return found_rules(tmp_path)


@pytest.mark.parametrize(
    ("run", "name", "what"),
    [
        ("python gone.py", "training.script", "gone.py is not there."),
        ("pyton train.py", "training.command", "`pyton` is not found."),
        ("./train.sh", "training.command", "`./train.sh` is not found."),
        ("SEED=1 pyton train.py", "training.command", "`pyton` is not found."),
        ("[python, gone.py]", "training.script", "gone.py is not there."),
    ],
)
def test_a_command_that_can_not_work_is_told_without_running_it(team, run, name, what):
    team.replace("ci-mlops.yml", "run: python train.py", f"run: {run}")
    check = one(team, "training", name)

    assert (check.status, check.exit_code, check.what) == ("problem", 6, what)
    assert check.where.startswith("ci-mlops.yml:")
    assert team.trainings() == 0


@pytest.mark.parametrize(
    "run", ["cd src && python gone.py", "SEED=1 python train.py", '"export A=1; python train.py"']
)
def test_a_command_that_may_work_is_let_alone(team, run):
    team.replace("ci-mlops.yml", "run: python train.py", f"run: {run}")

    assert {check.status for checks in seen(team, "training").values() for check in checks} <= {
        "ok",
        "not_tried",
    }


def test_the_training_is_run_only_where_that_is_wished(team):
    assert one(team, "training", "training.run").status == "not_tried"
    assert team.trainings() == 0

    assert one(team, "training", "training.run", train=True).status == "ok"
    assert team.trainings() == 1


def test_a_training_that_fails_is_told_with_its_cause(team):
    team.write("train.py", "raise SystemExit(7)")
    check = one(team, "training", "training.run", train=True)

    assert (check.status, check.exit_code) == ("problem", 6)
    assert "exit code 7" in check.what


def test_a_training_that_takes_too_long_is_stopped(team, monkeypatch):
    monkeypatch.setattr("ci_mlops.flows.doctor.training.LONGEST", 1.0)
    team.write("train.py", "import time; time.sleep(60)")

    assert "time limit of 1 s" in one(team, "training", "training.run", train=True).what


def test_a_model_that_is_there_is_asked_for_a_few_rows(team):
    with_share(team, 0.5)
    train(team.tools, team.project(), team.output)

    assert one(team, "model", "model").what.endswith("answers for 20 test rows.")


def test_a_model_that_can_not_be_loaded_is_told(tmp_path):
    team = found_team(tmp_path, train='open("model.bin", "w").write("no model")\n')
    train(team.tools, team.project(), team.output)
    check = one(team, "model", "model")

    assert check.status == "problem"
    assert check.exit_code in (4, 6)


def test_imports_are_tried_in_the_teams_environment(tmp_path):
    team = found_team(tmp_path, train=SKLEARN)
    assert one(team, "environment", "environment.imports").status == "ok"

    team.write("train.py", f"import numpy\nimport no_such_library_of_anybody as x\n{SKLEARN}")
    check = one(team, "environment", "environment.imports")
    assert (check.status, check.exit_code) == ("problem", 6)
    assert "no_such_library_of_anybody" in check.what
    assert check.where == "train.py:2"


def test_modules_of_the_team_are_not_run_by_looking(team):
    team.write("helpers.py", "open('ran', 'w')\n")
    team.write("train.py", "import helpers\nimport numpy\n")
    seen(team, "environment")

    assert not (team.folder / "ran").exists()


def test_a_declaration_that_is_not_there_is_a_problem_with_its_line(team):
    team.replace("ci-mlops.yml", "data:\n", "environment: requirements.txt\ndata:\n")
    found = seen(team, "environment")

    assert found["environment.solvable"][0].status == "problem"
    assert found["environment.dated_lock"][0].status == "not_tried"


def test_a_declaration_that_was_never_solved_or_was_edited_since_is_told(team):
    team.write("requirements.txt", "numpy\n")
    team.replace("ci-mlops.yml", "data:\n", "environment: requirements.txt\ndata:\n")
    found = seen(
        team, "environment", environ={"PATH": os.environ["PATH"], "UV_OFFLINE": "1", "PIP_NO_INDEX": "1"}
    )

    assert found["environment.solved"][0].status == "problem"
    assert "ci-mlops pin" in found["environment.solved"][0].mend


ONLY_PIP = {"PATH": os.environ["PATH"], "CI_MLOPS_UV": "off", "PIP_NO_INDEX": "1"}


def wheel(folder, name, text):
    """A package of one module, as a team's own index would have it."""
    import zipfile

    folder.mkdir(exist_ok=True)
    about = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{name}.py", text)
        archive.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(
            f"{about}/WHEEL",
            "Wheel-Version: 1.0\nGenerator: a test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr(f"{about}/RECORD", "")


@pytest.mark.e2e
def test_a_lock_that_works_is_written_where_that_is_wished(team, tmp_path):
    wheel(tmp_path / "wheels", "teams_own", "ANSWER = 42\n")
    team.write("requirements.txt", "teams_own\n")
    team.write("train.py", "import teams_own\n")
    team.replace("ci-mlops.yml", "data:\n", "environment: requirements.txt\ndata:\n")
    environ = {**ONLY_PIP, "PIP_FIND_LINKS": str(tmp_path / "wheels")}
    looked = seen(team, "environment", environ=environ)
    before = (team.folder / "ci-mlops.lock").read_text()

    assert looked["environment.solved"][0].status == "problem"
    assert looked["environment.solvable"][0].what.startswith("It can be solved, to 1 package for Python")
    assert "teams-own" not in before
    mended = seen(team, "environment", environ=environ, fix=True)
    assert {check.status for checks in mended.values() for check in checks} == {"ok", "warning"}
    assert "every import works" in mended["environment.dated_lock"][0].what
    assert (
        'write `teams-own==1.0` in requirements.txt and `python: "3.'
        in mended["environment.dated_lock"][0].mend
    )
    after = (team.folder / "ci-mlops.lock").read_text()
    assert "teams-own" in after
    assert "data/test.csv" in after


def test_a_repository_without_git_or_commit_is_told(tmp_path, team):
    (team.folder / ".git").rename(tmp_path / "git")

    assert one(team, "git", "git").status == "problem"


def test_a_shallow_clone_is_told(team, tmp_path):
    team.git("clone", "-q", "--depth", "1", f"file://{team.folder}", str(tmp_path / "shallow"))
    team.folder = tmp_path / "shallow"
    found = seen(team, "git")

    assert found["git.depth"][0].status == "warning"


def test_a_hand_over_that_git_tracks_is_a_problem(team):
    team.write(".ci-mlops/predictions/candidate.json", "{}")
    team.commit()

    assert one(team, "git", "git.output").status == "problem"


def test_tools_are_told_with_their_versions(team):
    found = seen(team, "tools")

    assert found["tools.git"][0].what.startswith("git version")
    assert found["tools.cache"][0].what.endswith("GB are free where the cache lies.")


def test_a_training_that_is_watched_leaves_nothing_in_the_teams_tree(tmp_path):
    team = found_team(tmp_path, train=SKLEARN)
    team.replace("ci-mlops.yml", "model: {path: model.bin}", "model: capture")
    team.write(".gitignore", "__pycache__/\n")
    team.commit()

    assert one(team, "training", "training.run", train=True).status == "ok"
    assert team.git("status", "--porcelain", "--ignored") == ""


@pytest.mark.e2e
def test_a_dead_name_is_not_called_mended_while_the_declaration_holds_it(team, tmp_path):
    wheel(tmp_path / "wheels", "scikit_learn", "ANSWER = 42\n")
    team.write("requirements.txt", "sklearn\n")
    team.write("train.py", "import json\n")
    team.replace("ci-mlops.yml", "data:\n", "environment: requirements.txt\ndata:\n")
    environ = {**ONLY_PIP, "PIP_FIND_LINKS": str(tmp_path / "wheels")}
    found = seen(team, "environment", environ=environ, fix=True)

    assert any(
        check.status == "problem" and "Write `scikit-learn`" in check.mend
        for checks in found.values()
        for check in checks
    )
