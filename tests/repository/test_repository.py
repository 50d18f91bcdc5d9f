"""What git says of a change, on full, shallow and broken clones."""

import os
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from ci_mlops import repository
from ci_mlops.errors import BadConfig
from ci_mlops.records import Change

LOCAL = Change(platform="local", event="local")
PUSH = Change(platform="github", event="push")


def git(folder, *arguments):
    who = ["-c", "user.name=Team", "-c", "user.email=team@example.com", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(folder, message="a commit", **files):
    for name, text in files.items():
        place = folder / name.replace("_dot_", ".")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repo(tmp_path):
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    commit(folder, train_dot_py="one")
    return folder


@pytest.fixture
def pull_request(repo):
    """(folder on the merge ref, base, head)."""
    git(repo, "checkout", "-q", "-b", "change")
    head = commit(repo, feature_dot_py="new")
    git(repo, "checkout", "-q", "main")
    base = commit(repo, other_dot_py="meanwhile")
    git(repo, "checkout", "-q", "--detach")
    git(repo, "merge", "-q", "--no-ff", "-m", "Merge", "change")
    return repo, base, head


def opened(head, base=None):
    return Change(platform="github", event="pull_request", head=head, base=base)


def test_base_of_a_pull_request_is_the_first_parent_of_its_merge(pull_request):
    repo, base, head = pull_request

    assert repository.base_commit(opened(head), repo) == base


def test_a_clone_of_depth_two_is_enough(pull_request, tmp_path):
    repo, base, head = pull_request
    git(repo, "branch", "merge")
    git(tmp_path, "clone", "-q", "--depth=2", "--branch=merge", f"file://{repo}", "clone")

    assert repository.base_commit(opened(head), tmp_path / "clone") == base
    assert repository.file_at(base, "other.py", tmp_path / "clone") == "meanwhile"


def test_a_clone_of_depth_one_gets_an_error_that_says_what_to_write(pull_request, tmp_path):
    repo, _, head = pull_request
    git(repo, "branch", "merge")
    git(tmp_path, "clone", "-q", "--depth=1", "--branch=merge", f"file://{repo}", "clone")

    with pytest.raises(BadConfig, match="too shallow") as caught:
        repository.base_commit(opened(head), tmp_path / "clone")

    assert "fetch-depth: 2" in caught.value.mend


def test_a_push_in_a_clone_of_depth_one_gets_the_same_error(repo, tmp_path):
    commit(repo, train_dot_py="two")
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{repo}", "clone")

    with pytest.raises(BadConfig, match="too shallow"):
        repository.base_commit(PUSH, tmp_path / "clone")


def test_a_merge_made_inside_the_branch_can_not_pose_as_the_merge_of_the_pull_request(repo):
    # its author chose both parents: the first would bring a policy of their own
    git(repo, "checkout", "-q", "-b", "change")
    commit(repo, policy_dot_py="lenient")
    git(repo, "checkout", "-q", "-b", "side", "main")
    commit(repo, side_dot_py="x")
    git(repo, "checkout", "-q", "change")
    git(repo, "merge", "-q", "--no-ff", "-m", "Merge side", "side")
    head = repository.head(repo)
    main = git(repo, "rev-parse", "main")

    assert repository.base_commit(opened(head, base=main), repo) == main
    with pytest.raises(BadConfig, match="base can't be told"):
        repository.base_commit(opened(head), repo)


def test_a_merge_of_other_commits_than_the_pull_request_is_refused(pull_request):
    repo, _, _ = pull_request

    with pytest.raises(BadConfig, match="base can't be told"):
        repository.base_commit(opened("f" * 40), repo)


def test_base_of_a_push_is_its_first_parent_and_the_first_commit_has_none(repo):
    first = repository.head(repo)

    assert repository.base_commit(PUSH, repo) is None
    commit(repo, train_dot_py="two")
    assert repository.base_commit(PUSH, repo) == first


def came(event, base):
    return Change(platform="github", event=event, base=base)


@pytest.mark.parametrize("event", ["push", "merge_group"])
def test_several_commits_at_once_are_compared_with_what_was_before_the_first_of_them(repo, event):
    # a rebase: the first of them may loosen the rules that the second breaks
    before = repository.head(repo)
    commit(repo, rules_dot_py="loose")
    commit(repo, train_dot_py="worse")

    assert repository.base_commit(came(event, before), repo) == before


@pytest.mark.parametrize("event", ["push", "merge_group"])
def test_one_commit_in_a_clone_of_depth_two_is_enough(repo, tmp_path, event):
    before = repository.head(repo)
    commit(repo, train_dot_py="two")
    git(tmp_path, "clone", "-q", "--depth=2", f"file://{repo}", "clone")

    assert repository.base_commit(came(event, before), tmp_path / "clone") == before


@pytest.mark.parametrize("event", ["push", "merge_group"])
def test_several_commits_in_a_clone_of_depth_two_are_told_what_to_write(repo, tmp_path, event):
    before = repository.head(repo)
    commit(repo, rules_dot_py="loose")
    commit(repo, train_dot_py="worse")
    git(tmp_path, "clone", "-q", "--depth=2", f"file://{repo}", "clone")

    with pytest.raises(BadConfig, match=f"does not hold the base commit {before[:8]}") as caught:
        repository.base_commit(came(event, before), tmp_path / "clone")
    assert "fetch-depth: 0" in caught.value.mend


def test_base_on_a_laptop_is_where_the_branch_left_main(repo):
    left = repository.head(repo)
    git(repo, "checkout", "-q", "-b", "change")
    commit(repo, feature_dot_py="new")
    git(repo, "checkout", "-q", "main")
    commit(repo, other_dot_py="meanwhile")
    git(repo, "checkout", "-q", "change")

    assert repository.base_commit(LOCAL, repo) == left


def test_on_main_the_change_is_what_is_not_committed_or_else_the_last_commit(repo):
    first = repository.head(repo)
    second = commit(repo, train_dot_py="two")

    assert repository.base_commit(LOCAL, repo) == first
    (repo / "train.py").write_text("three")
    assert repository.base_commit(LOCAL, repo) == second


def test_a_named_base_is_taken_and_a_misspelt_one_refused(repo):
    first = repository.head(repo)
    commit(repo, train_dot_py="two")

    assert repository.base_commit(Change(platform="local", event="local", base="HEAD~1"), repo) == first
    with pytest.raises(BadConfig, match="no-such-branch"):
        repository.base_commit(Change(platform="local", event="local", base="no-such-branch"), repo)
    with pytest.raises(BadConfig, match="--all"):
        repository.base_commit(Change(platform="local", event="local", base="--all"), repo)


def test_a_folder_without_git_has_no_root_and_a_repository_without_commit_no_head(tmp_path):
    assert repository.find_root(tmp_path) is None
    git(tmp_path, "init", "-q")
    assert repository.find_root(tmp_path) == tmp_path
    assert repository.head(tmp_path) is None
    assert repository.base_commit(LOCAL, tmp_path) is None


def test_a_file_at_a_commit_is_its_text_or_nothing(repo):
    first = repository.head(repo)
    commit(repo, train_dot_py="two", new_dot_py="x")

    assert repository.file_at(first, "train.py", repo) == "one"
    assert repository.file_at(first, "new.py", repo) is None
    assert repository.file_at(first, "*.py", repo) is None


def test_a_file_that_is_there_and_can_not_be_read_is_an_error_and_not_nothing(repo):
    # a partial clone whose server is gone: "base has no config" would open the gate
    blob = git(repo, "rev-parse", "HEAD:train.py")
    (repo / ".git" / "objects" / blob[:2] / blob[2:]).unlink()

    with pytest.raises(BadConfig, match="cat-file"):
        repository.file_at("HEAD", "train.py", repo)


def test_a_worktree_holds_the_commit_and_is_gone_afterwards(repo):
    first = repository.head(repo)
    commit(repo, train_dot_py="two")
    with repository.worktree(first, repo) as tree:
        text = (tree / "train.py").read_text()

    assert text == "one"
    assert not tree.exists()
    assert len(git(repo, "worktree", "list").splitlines()) == 1


def test_a_worktree_is_gone_after_a_failure_too(repo):
    with pytest.raises(ZeroDivisionError), repository.worktree(repository.head(repo), repo) as tree:
        raise ZeroDivisionError

    assert not tree.exists()
    assert len(git(repo, "worktree", "list").splitlines()) == 1


def test_what_a_killed_run_left_is_removed_by_the_next(repo, repository_root):
    script = (
        "import os; from pathlib import Path; from ci_mlops import repository\n"
        "with repository.worktree('HEAD', Path('.')) as tree:\n"
        "    print(tree, flush=True); os.kill(os.getpid(), 9)\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", script],
        cwd=repo,
        env={**os.environ, "PYTHONPATH": str(repository_root)},
        capture_output=True,
        text=True,
        check=False,
    )
    left = Path(killed.stdout.strip())
    assert left.is_dir()
    with repository.worktree("HEAD", repo):
        pass

    assert not left.exists()
    assert len(git(repo, "worktree", "list").splitlines()) == 1


def test_hooks_and_filters_of_the_repository_do_not_run(repo, tmp_path):
    commit(repo, data_dot_bin="pointer", _dot_gitattributes="*.bin filter=lfs\n")
    hook = repo / ".git" / "hooks" / "post-checkout"
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    hook.chmod(0o755)
    git(repo, "config", "filter.lfs.smudge", f"touch {tmp_path}/smudged; cat")
    git(repo, "config", "filter.lfs.required", "true")
    with repository.worktree("HEAD", repo) as tree:
        text = (tree / "data.bin").read_text()

    assert text == "pointer"
    assert not (tmp_path / "ran").exists()
    assert not (tmp_path / "smudged").exists()


def test_variables_of_a_surrounding_git_do_not_mislead(repo, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))

    assert repository.find_root(repo) == repo


def test_files_are_listed_with_odd_names_and_without_ignored_ones(repo):
    (repo / "naïve name.py").write_text("x")
    (repo / "ignored.txt").write_text("x")
    (repo / ".gitignore").write_text("ignored.txt\n")
    listed = repository.listed_files(repo)

    assert [one[:3] for one in listed] == [
        (PurePosixPath(".gitignore"), "", False),
        (PurePosixPath("naïve name.py"), "", False),
        (PurePosixPath("train.py"), "", True),
    ]


def test_a_folder_that_belongs_to_somebody_else_is_told_with_its_mend(repo):
    dubious = subprocess.run(
        ["git", "rev-parse"],
        check=False,
        cwd=repo,
        env={**os.environ, "GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"},
        capture_output=True,
    )

    assert dubious.returncode != 0  # else this git can't be asked to doubt
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(repository, "_environ", lambda: {**os.environ, "GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"})
        with pytest.raises(BadConfig, match="does not trust") as caught:
            repository.find_root(repo)
    assert "safe.directory" in caught.value.mend
