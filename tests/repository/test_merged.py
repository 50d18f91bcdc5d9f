"""The merge of a change is fetched as data: no hook, no filter, no submodule, and no link out of it."""

from pathlib import PurePosixPath

import pytest

from ci_mlops.errors import BadData
from ci_mlops.merged import fetch_merge, stays_inside
from ci_mlops.records import MergeRef
from tests.e2e.team import Team

REF = "refs/pull/7/merge"
LINKS = {
    "inside.py": "train.py",
    "data/up.py": "../train.py",
    "out.py": "../../etc/passwd",
    "absolute.py": "/etc/passwd",
    "git.py": ".git/config",
    "round.py": "data/../../x",
}


@pytest.fixture
def upstream(tmp_path):
    (tmp_path / "team").mkdir()
    team = Team(tmp_path / "team")
    for path, target in LINKS.items():
        (team.folder / path).symlink_to(target)
    team.commit({".gitattributes": "*.py filter=evil\n"})
    return team


def source(team):
    return MergeRef(url=team.folder.as_uri(), ref=REF)


def test_the_merge_is_there_with_its_base_and_links_that_stay_inside(upstream, tmp_path, monkeypatch):
    hook = tmp_path / "template" / "hooks" / "post-checkout"
    hook.parent.mkdir(parents=True)
    hook.write_text("#!/bin/sh\ntouch PWN\n")
    hook.chmod(0o755)
    config = tmp_path / "config"
    config.write_text(
        f'[filter "evil"]\n\tsmudge = touch PWN; cat\n[init]\n\ttemplateDir = {tmp_path / "template"}\n'
    )
    proposed = upstream.propose({"note.txt": "x"})
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    tree = tmp_path / "tree"
    base = fetch_merge(source(upstream), proposed.head, tree)

    assert base == proposed.base
    assert (tree / "note.txt").read_text() == "x"
    assert {path for path in LINKS if (tree / path).is_symlink()} == {"inside.py", "data/up.py"}
    assert (tree / "absolute.py").read_text() == "/etc/passwd"
    assert not list(tmp_path.rglob("PWN"))


def test_what_is_no_merge_of_that_head_is_refused(upstream, tmp_path):
    upstream.propose({"note.txt": "x"})

    with pytest.raises(BadData, match="is not the merge of 99999999"):
        fetch_merge(source(upstream), "9" * 40, tmp_path / "tree")


def test_what_is_not_there_is_told_without_a_word_of_the_login(upstream, tmp_path):
    gone = MergeRef(
        url="http://127.0.0.1:9/acme/credit.git", ref=REF, authorization="Authorization: Basic c2VjcmV0"
    )
    with pytest.raises(BadData, match="can't be fetched") as failed:
        fetch_merge(gone, "9" * 40, tmp_path / "tree")

    assert "c2VjcmV0" not in str(failed.value)
    assert "c2VjcmV0" not in repr(gone)
    assert not any(
        "c2VjcmV0" in path.read_text(errors="replace")
        for path in (tmp_path / "tree").rglob("*")
        if path.is_file()
    )


@pytest.mark.parametrize(
    ("link", "target", "inside"),
    [
        ("a/b", "c", True),
        ("a/b", "../c", True),
        ("a/b", "../../c", False),
        ("b", "..", False),
        ("b", "/c", False),
        ("b", "d/../c", False),
        ("b", "./c//d", True),
        ("b", ".GIT/config", False),
        ("b", "c\0", False),
    ],
)
def test_a_link_is_held_to_its_text(link, target, inside):
    assert stays_inside(PurePosixPath(link), target) is inside
