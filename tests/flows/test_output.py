"""The output folder: ours alone, and empty of what an earlier run handed over."""

import pytest

from ci_mlops.errors import BadConfig, TrainingFailed
from ci_mlops.flows.keeping import keep_verdict
from ci_mlops.flows.predict import predict
from ci_mlops.flows.train import train
from ci_mlops.flows.validate import validate
from tests.flows.loans import CONFIG, found_team
from tests.flows.rules import found_rules

REGISTRY = "registry: {uri: 'sqlite:///mlflow.db', stages: [staging]}\n"


@pytest.fixture
def team(tmp_path):
    return found_team(tmp_path)


def contents(folder):
    return {
        path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts
    }


def run(team, output=None):
    return train(team.tools, team.project(), output or team.output)


@pytest.mark.parametrize(
    ("story", "place"),
    [(train, "."), (train, ".."), (train, "data"), (train, "docs"), (predict, "."), (predict, "..")],
)
def test_a_folder_of_the_teams_own_is_left_as_it_is(team, story, place):
    team.write("docs/models/candidate/essay.txt", "ours")
    team.write("docs/predictions/essay.txt", "ours")
    team.write("predictions/candidate.json", "ours")
    team.commit()
    before = contents(team.folder)

    with pytest.raises(BadConfig, match="can't be the output folder") as caught:
        story(team.tools, team.project(), team.folder / place)
    assert caught.value.where == "--output"
    assert contents(team.folder) == before


def test_a_folder_that_ignores_some_files_only_is_not_taken_for_ours(team):
    team.write("build/.gitignore", "*.o\n")

    with pytest.raises(BadConfig, match="not ours"):
        run(team, team.folder / "build")
    assert (team.folder / "build" / ".gitignore").read_text() == "*.o\n"


@pytest.mark.parametrize("left", [(), ("verdict.json", "report.md", "report.html")])
def test_a_new_folder_and_one_with_only_a_verdict_become_ours(team, left):
    for name in left:
        team.write(f".ci-mlops/{name}", "x")
    run(team)
    run(team)

    assert (team.output / ".gitignore").read_text() == "*\n"


def test_a_run_that_fails_leaves_nothing_of_the_run_before(team):
    run(team)
    (team.output / "predictions").mkdir()
    (team.output / "predictions" / "candidate.json").write_text("{}")
    team.write("train.py", "raise SystemExit(3)")

    with pytest.raises(TrainingFailed):
        run(team)
    assert not (team.output / "models" / "candidate").exists()
    assert not (team.output / "predictions").exists()


def test_what_a_registration_writes_beside_the_config_is_no_code(tmp_path):
    team = found_team(tmp_path, config=CONFIG + REGISTRY)
    team.registries[f"sqlite:///{team.folder}/mlflow.db"] = Empty()
    before = run(team).candidate.fingerprint
    for name in ("mlflow.db", "mlflow.db-wal", "mlartifacts/1/model/model.bin"):
        team.write(name, "made")

    assert run(team).candidate.fingerprint == before
    assert not any("as code" in line for line in team.said)


class Empty:
    """A registry that holds no version yet."""

    def pointer(self, name, stage):
        return None

    def versions(self, name):
        return []


def test_files_that_git_does_not_know_yet_are_counted_on_a_laptop(team):
    team.write("features.py", "x = 1")
    run(team)

    assert any("1 file counts as code" in line and "features.py" in line for line in team.said)


def test_a_training_of_its_own_leaves_no_verdict_of_the_run_before(tmp_path):
    team = found_rules(tmp_path)
    keep_verdict(validate(team.tools, team.project(), team.output), team.output)
    kept = {"verdict.json", "report.md", "report.html"}
    before = {file.name for file in team.output.iterdir()}
    run(team)

    assert kept <= before
    assert not kept & {file.name for file in team.output.iterdir()}
