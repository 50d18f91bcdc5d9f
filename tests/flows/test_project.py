"""Both sides' settings: the change's own, and those of base, which hold the policy."""

import pytest

from ci_mlops.errors import BadConfig, CiMlopsError
from ci_mlops.flows.project import open_project
from ci_mlops.records import Change
from tests.flows.loans import found_team, git, write_rows


@pytest.fixture
def team(tmp_path):
    return found_team(tmp_path)


def test_policy_is_what_base_says_whatever_the_change_says(team):
    base = git(team.folder, "rev-parse", "main")
    team.replace("ci-mlops.yml", "metrics: [accuracy]", "metrics: [recall]")
    write_rows(team.folder / "data" / "test.csv", 10, seed=9)
    team.pin()
    team.commit()
    project = team.project()

    assert project.base.commit == base
    assert project.policy.metrics == ("accuracy",)
    assert project.config.metrics == ("recall",)
    assert project.policy_lock.data["test"][0].rows == 40
    assert project.lock.data["test"][0].rows == 10
    assert not project.first_report


def test_on_the_change_that_adds_the_config_its_own_policy_is_shown(team):
    git(team.folder, "checkout", "-q", "main")
    git(team.folder, "rm", "-q", "--cached", "ci-mlops.yml")
    git(team.folder, "commit", "-q", "-m", "Without config")
    project = team.project()

    assert project.first_report
    assert project.policy is project.config


def test_a_broken_config_of_base_is_told_with_its_commit(team):
    git(team.folder, "checkout", "-q", "main")
    team.replace("ci-mlops.yml", "metrics: [accuracy]", "metriks: [accuracy]")
    base = team.commit()
    git(team.folder, "checkout", "-q", "-B", "change")
    team.replace("ci-mlops.yml", "metriks", "metrics")

    with pytest.raises(BadConfig) as caught:
        team.project()
    assert f"(base, {base[:8]})" in str(caught.value)
    assert "merges past the gate" in str(caught.value)


def test_a_pull_request_in_a_shallow_clone_is_told_what_to_write(team, tmp_path):
    team.replace("train.py", "import hashlib", "# another\nimport hashlib")
    head = team.commit()
    git(team.folder, "checkout", "-q", "--detach", "main")
    git(team.folder, "merge", "-q", "--no-ff", "-m", "Merge", "change")
    git(team.folder, "branch", "merge")
    git(tmp_path, "clone", "-q", "--depth=1", "--branch=merge", f"file://{team.folder}", "clone")
    team.folder = tmp_path / "clone"
    team.platform.told = Change(platform="github", event="pull_request", head=head)

    with pytest.raises(BadConfig, match="too shallow"):
        team.project()


def test_a_config_that_is_not_there_is_told(team):
    (team.folder / "ci-mlops.yml").unlink()

    with pytest.raises(CiMlopsError, match=r"ci-mlops\.yml"):
        team.project()


def as_link(team):
    git(team.folder, "mv", "ci-mlops.yml", "gate.yml")
    (team.folder / "ci-mlops.yml").symlink_to("gate.yml")
    return "ci-mlops.yml"


def in_a_folder(team):
    """The team's config as it always lay in a folder of its repository."""
    (team.folder / "m").mkdir()
    for name in ("ci-mlops.yml", "ci-mlops.lock", "train.py", "data"):
        git(team.folder, "mv", name, "m/")
    team.commit()
    git(team.folder, "branch", "-f", "main")


def as_folder_link(team):
    in_a_folder(team)
    git(team.folder, "mv", "m", "n")
    (team.folder / "m").symlink_to("n")
    return "m/ci-mlops.yml"


def as_link_to_the_top(team):
    in_a_folder(team)
    for name in ("ci-mlops.yml", "ci-mlops.lock", "train.py", "data"):
        git(team.folder, "mv", f"m/{name}", name)
    (team.folder / "m").rmdir()
    (team.folder / "m").symlink_to(".")
    return "m/ci-mlops.yml"


@pytest.mark.parametrize("linked", [as_link, as_folder_link, as_link_to_the_top])
def test_a_link_on_the_way_to_the_config_can_not_lose_bases_policy(team, linked):
    name = linked(team)
    team.commit()

    with pytest.raises(BadConfig, match="is a symlink"):
        open_project(team.tools, team.folder / name)


def test_a_link_outside_of_the_repository_is_the_teams_own_business(team, tmp_path):
    (tmp_path / "way").symlink_to(team.folder)
    project = open_project(team.tools, tmp_path / "way" / "ci-mlops.yml")

    assert project.folder == team.folder.resolve()
    assert not project.first_report


@pytest.mark.parametrize("name", ["gate.yml", "n/ci-mlops.yml"])
def test_a_config_that_moves_away_can_not_lose_bases_policy(team, name):
    (team.folder / "n").mkdir()
    git(team.folder, "mv", "ci-mlops.yml", name)
    team.write("n/ci-mlops.lock", (team.folder / "ci-mlops.lock").read_text())
    team.commit()

    with pytest.raises(BadConfig, match=r"takes ci-mlops\.yml away"):
        open_project(team.tools, team.folder / name)


def test_a_second_model_beside_the_first_is_a_first_report(team):
    for name in ("ci-mlops.yml", "ci-mlops.lock"):
        team.write(f"n/{name}", (team.folder / name).read_text())
    team.commit()

    assert open_project(team.tools, team.folder / "n" / "ci-mlops.yml").first_report
