"""A digest is what `sha256sum` says in a shell."""

import hashlib
import os
import subprocess

import pytest
from hypothesis import given, settings, strategies as st

from ci_mlops.datasets.digest import data_digest
from ci_mlops.errors import BadData
from ci_mlops.files.digest import file_digest, sum_of_sums, tree_digest
from ci_mlops.records import FilePin

FOLDER_RULE = "find -L . -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 sha256sum -- | sha256sum"


def shell(command, folder):
    return (
        subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, check=True)
        .stdout.decode()
        .split()[0]
    )


@pytest.mark.parametrize("size", [0, 1, (1 << 18) - 1, 1 << 18, (1 << 18) + 1, 3_000_000])
def test_a_file_has_the_digest_that_sha256sum_says(tmp_path, size):
    path = tmp_path / "data.bin"
    path.write_bytes(os.urandom(size))

    assert file_digest(path) == shell("sha256sum data.bin", tmp_path)
    assert tree_digest(path) == f"sha256:{file_digest(path)}"


def test_a_folder_has_the_digest_of_its_sha256sum_lines(tmp_path):
    names = [
        "b.csv",
        "a/x.csv",
        "a.csv",
        "Z",
        "é",
        " leading",
        "new\nline",
        "back\\slash",
        "re\rturn",
        ".hidden/x",
        "a-b/c",
    ]
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)
    (tmp_path / "link").symlink_to("b.csv")
    (tmp_path / "linked").symlink_to("a")

    assert tree_digest(tmp_path) == "sha256:" + shell(FOLDER_RULE, tmp_path)


# `-` is standard input for every tool of a shell
name = st.text(
    st.characters(exclude_characters="/\0", exclude_categories=("Cs",)), min_size=1, max_size=8
).filter(lambda text: text not in (".", "..", "-"))


@settings(max_examples=25, deadline=None)
@given(names=st.sets(name, min_size=1, max_size=6))
def test_any_names_in_a_folder_agree_with_the_shell(tmp_path_factory, names):
    folder = tmp_path_factory.mktemp("names")
    for each in names:
        (folder / each).write_text(each)

    assert tree_digest(folder) == "sha256:" + shell(FOLDER_RULE, folder)


def test_a_name_that_is_no_utf8_has_a_digest_too(tmp_path):
    (tmp_path / os.fsdecode(b"\xff")).write_text("x")

    assert tree_digest(tmp_path) == "sha256:" + shell(FOLDER_RULE, tmp_path)


def test_a_set_of_one_file_has_the_files_digest_and_several_that_of_their_lines(tmp_path):
    (tmp_path / "data").mkdir()
    pins = []
    for name in ("data/b.csv", "data/a.csv"):
        (tmp_path / name).write_text(name)
        pins.append(FilePin(path=name, sha256=hashlib.sha256(name.encode()).hexdigest(), size=10))

    assert data_digest((pins[0],)) == shell("sha256sum data/b.csv", tmp_path)
    assert data_digest(tuple(pins)) == shell("sha256sum data/a.csv data/b.csv | sha256sum", tmp_path)


def test_the_order_of_the_files_makes_no_difference():
    sums = [("b", "1"), ("a", "2"), ("Z", "3")]

    assert sum_of_sums(sums) == sum_of_sums(reversed(sums))


@pytest.mark.parametrize("make", ["missing", "empty", "out", "circle", "nowhere", "pipe"])
def test_a_folder_that_has_no_digest_says_why(tmp_path, make):
    folder = tmp_path / "model"
    words = {"missing": "is missing", "empty": "without files", "out": "leads out", "circle": "circle"}
    words |= {"nowhere": "leads nowhere", "pipe": "a pipe"}
    if make != "missing":
        folder.mkdir()
    if make == "out":
        (folder / "x").symlink_to("/etc/hosts")
    if make == "circle":
        (folder / "x").symlink_to(".")
    if make == "nowhere":
        (folder / "x").symlink_to("y")
    if make == "pipe":
        os.mkfifo(folder / "x")

    with pytest.raises(BadData, match=words[make]):
        tree_digest(folder)
