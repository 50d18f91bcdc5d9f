"""A training that runs apart sees what git would track and what is pinned, and leaves nothing behind."""

import subprocess

import pytest

from ci_mlops.flows.apart import copied_tree
from ci_mlops.flows.train import head_checkout
from tests.flows.loans import found_team


@pytest.fixture
def team(tmp_path):
    return found_team(tmp_path)


def opened(team):
    project = team.project()
    return copied_tree(project, head_checkout(project), team.cache)


def test_the_tree_is_as_it_lies_there_without_what_git_ignores(team):
    team.write("train.py", "print('edited')")
    team.write("new.py", "print('new')")
    team.write(".gitignore", "secret.txt\n")
    team.write("secret.txt", "ignored")
    team.write("run.sh", "true")
    (team.folder / "run.sh").chmod(0o755)
    (team.folder / "link.py").symlink_to("new.py")
    (team.folder / "data" / "test.csv").rename(team.folder / "data" / "kept.csv")
    (team.folder / "data" / "kept.csv").rename(team.folder / "data" / "test.csv")

    with opened(team) as apart:
        there = sorted(
            str(path.relative_to(apart.folder)) for path in apart.folder.rglob("*") if path.is_file()
        )
        edited = (apart.folder / "train.py").read_text()
        is_program = (apart.folder / "run.sh").stat().st_mode & 0o111
        link = (apart.folder / "link.py").readlink()

    assert [name for name in there if not name.startswith(".git")] == sorted(
        [
            "ci-mlops.lock",
            "ci-mlops.yml",
            "data/test.csv",
            "data/train.csv",
            "link.py",
            "new.py",
            "run.sh",
            "train.py",
        ]
    )
    assert (edited, bool(is_program), str(link)) == ("print('edited')", True, "new.py")


def test_what_is_written_there_stays_nowhere(team):
    before = team.git("status", "--porcelain", "--ignored")
    with opened(team) as apart:
        (apart.folder / "plots").mkdir()
        (apart.folder / "plots" / "roc.png").write_text("a plot")
        (apart.folder / "train.py").write_text("overwritten")
        (apart.folder / "data" / "train.csv").write_text("overwritten")

    assert team.git("status", "--porcelain", "--ignored") == before
    assert not apart.folder.exists()
    assert "ci-mlops-base" not in team.git("worktree", "list")


def test_pinned_data_that_git_ignores_is_there(team):
    team.write(".gitignore", "data/\n")
    team.git("rm", "-q", "-r", "--cached", "data")
    team.commit("Keep data out of git")

    with opened(team) as apart:
        rows = (apart.folder / "data" / "train.csv").read_text()

    assert rows == (team.folder / "data" / "train.csv").read_text()


def test_a_file_that_the_change_deletes_is_not_there(team):
    (team.folder / "train.py").unlink()

    with opened(team) as apart:
        assert not (apart.folder / "train.py").exists()


def test_git_knows_the_commit_there(team):
    with opened(team) as apart:
        asked = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=apart.folder, capture_output=True, text=True, check=True
        )
        changed = subprocess.run(
            ["git", "status", "--porcelain"], cwd=apart.folder, capture_output=True, text=True, check=True
        )

    assert asked.stdout.strip() == team.git("rev-parse", "HEAD")
    assert changed.stdout == ""


def test_a_folder_without_git_is_copied_too(tmp_path):
    team = found_team(tmp_path)
    (team.folder / ".git").rename(tmp_path / "gone")

    with opened(team) as apart:
        assert (apart.folder / "train.py").read_text() == (team.folder / "train.py").read_text()
        assert apart.folder != team.folder
