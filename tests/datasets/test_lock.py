"""`ci-mlops.lock`: the same bytes for the same data, and a clear word for what is wrong with it."""

import subprocess
import sys
import tomllib

import pytest
from hypothesis import given, settings, strategies as st

from ci_mlops.datasets import lock_checks
from ci_mlops.datasets.lock import SIZE_LIMIT, format_lock, parse_lock, read_lock, write_lock
from ci_mlops.errors import BadData
from ci_mlops.records import FilePin, Lock

SHA = "0123456789abcdef" * 4


def pin(path, **changes):
    return FilePin(**({"path": path, "sha256": SHA, "size": 10} | changes))


LOCK = Lock(
    data={
        "train": (pin("data/b.bin"), pin("data/a.csv", rows=3, columns=("id", "amount"))),
        "test": (pin("data/test.csv", rows=0, columns=()),),
    }
)
TEXT = format_lock(LOCK)


def test_a_lock_reads_as_a_person_would_write_it():
    assert (
        f"""\
# Written by `ci-mlops pin`. Commit it with the data's other files; don't edit it.
version = 1

[[data]]
set = "test"
path = "data/test.csv"
sha256 = "{SHA}"
size = 10
rows = 0
columns = []

[[data]]
set = "train"
path = "data/a.csv"
sha256 = "{SHA}"
size = 10
rows = 3
columns = ["id", "amount"]

[[data]]
set = "train"
path = "data/b.bin"
sha256 = "{SHA}"
size = 10
"""
        == TEXT
    )


def test_every_block_knows_its_line():
    lock = parse_lock(TEXT)

    assert lock.lines == {
        ("test", "data/test.csv"): 4,
        ("train", "data/a.csv"): 12,
        ("train", "data/b.bin"): 20,
    }


text = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=10)
paths = st.lists(
    text.filter(lambda part: "/" not in part and "\0" not in part and part not in (".", "..")),
    min_size=1,
    max_size=3,
)
pins = st.builds(
    FilePin,
    path=paths.map("/".join),
    sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
    size=st.integers(0, 10**18 - 1),
    rows=st.none() | st.integers(0, 10**18 - 1),
    columns=st.none() | st.lists(st.text(st.characters(exclude_categories=("Cs",))), max_size=3).map(tuple),
)
locks = st.dictionaries(
    text, st.lists(pins, min_size=1, max_size=4, unique_by=lambda one: one.path).map(tuple), max_size=3
)


@settings(max_examples=300, deadline=None)
@given(data=locks)
def test_what_is_written_is_read_again_by_the_short_way_and_by_the_long_way(data):
    text = format_lock(Lock(data=data))
    slow = {(name, one.path): (line, one) for line, name, one in lock_checks.checked(text, "x")[0]}
    read = parse_lock(text)

    assert format_lock(read) == text
    assert {(name, one.path): one for name, ones in data.items() for one in ones} == {
        key: one for key, (_, one) in slow.items()
    }
    assert {
        (name, one.path): (read.lines[name, one.path], one)
        for name, ones in read.data.items()
        for one in ones
    } == slow
    assert len(tomllib.loads(text).get("data", [])) == len(slow)


def test_a_lock_of_many_plain_files_never_takes_the_long_way(monkeypatch):
    big = Lock(
        data={
            "train": tuple(pin(f"data/{number:05}.csv", rows=1, columns=("a é",)) for number in range(2000))
        }
    )

    def refuse(text, name):
        raise AssertionError

    monkeypatch.setattr("ci_mlops.datasets.lock.checked", refuse)

    assert parse_lock(format_lock(big)) == big


def test_windows_line_ends_and_another_order_read_the_same():
    first, *blocks = TEXT.split("\n[[data]]")
    shuffled = "\n[[data]]".join([first, *reversed(blocks)])

    assert parse_lock(TEXT.replace("\n", "\r\n")) == parse_lock(TEXT)
    assert parse_lock(shuffled) == parse_lock(TEXT)
    assert format_lock(parse_lock(shuffled)) == TEXT


BLOCK = f'[[data]]\nset = "train"\npath = "a.csv"\nsha256 = "{SHA}"\nsize = 1\n'


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("version = 2\n", 1, "version 2"),
        ("\nversion = true\n", 2, "version True"),
        (BLOCK, 1, "no `version`"),
        (
            TEXT.replace("size = 10\n", "<<<<<<< HEAD\nsize = 10\n=======\nsize = 11\n>>>>>>> x\n", 1),
            8,
            "merge conflict",
        ),
        ("version = 1\nwhat = \n", 2, "not TOML"),
        ("version = 1\n[[data]\n", 2, "not TOML"),
        ("version = 1\nx = 1\n", None, "`x`, which is no part"),
        ("version = 1\ndata = 1\n", None, "`data`, which is no part"),
        ("version = 1\ndata = [1]\n", 1, "A block of data is 1"),
        ("version = 1\n" + BLOCK + BLOCK.replace("a.csv", "../b.csv"), 7, "'../b.csv', not a path inside"),
        ("version = 1\n" + BLOCK.replace("a.csv", "/etc/passwd"), 2, "not a path inside"),
        ("version = 1\n" + BLOCK.replace("a.csv", ""), 2, "not a path inside"),
        ("version = 1\n" + BLOCK.replace('"a.csv"', "7"), 2, "not a path inside"),
        ("version = 1\n" + BLOCK.replace("0", "G", 1), 2, "64 digits"),
        ("version = 1\n" + BLOCK.replace("size = 1", "size = -1"), 2, "a number of bytes"),
        ("version = 1\n" + BLOCK.replace("size = 1", "size = true"), 2, "a number of bytes"),
        ("version = 1\n" + BLOCK.replace("size = 1", "size = 1.0"), 2, "a number of bytes"),
        ("version = 1\n" + BLOCK.replace("size = 1", "sise = 1"), 2, "`sise` is no part of a pin"),
        ("version = 1\n" + BLOCK.replace("size = 1", ""), 2, "`size` is missing"),
        ("version = 1\n" + BLOCK + "rows = 'x'\n", 2, "a number of rows"),
        ("version = 1\n" + BLOCK + "columns = [1]\n", 2, "a list of names"),
        ("version = 1\n" + BLOCK.replace('"train"', '""'), 2, "the name of a data set"),
        ("version = 1\n" + BLOCK + BLOCK, 7, "pinned twice in `train`, first in line 2"),
        (TEXT + "\n" + TEXT.partition("version = 1\n")[2], 27, "pinned twice"),
        ("version = 1\nx = " + "[" * 100_000, None, "nested too deeply"),
    ],
)
def test_a_wrong_lock_names_the_line_and_the_mend(content, line, words):
    with pytest.raises(BadData) as caught:
        parse_lock(content)

    assert words in caught.value.what
    assert caught.value.where == (f"ci-mlops.lock:{line}" if line else "ci-mlops.lock")
    assert "ci-mlops pin" in caught.value.mend


def test_a_lock_that_can_not_be_read_says_why(tmp_path):
    path = tmp_path / "ci-mlops.lock"
    with pytest.raises(BadData, match="is missing"):
        read_lock(path)
    path.write_bytes(b"version = 1\n# \xff\n")
    with pytest.raises(BadData, match="not UTF-8") as caught:
        read_lock(path)
    assert caught.value.where == "ci-mlops.lock:2"
    with path.open("wb") as file:
        file.truncate(SIZE_LIMIT + 1)
    with pytest.raises(BadData, match="larger than 64 MiB"):
        read_lock(path)


def test_the_same_lock_is_not_written_again(tmp_path):
    path = tmp_path / "ci-mlops.lock"
    write_lock(path, LOCK)
    before = path.stat()
    write_lock(path, LOCK)

    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert read_lock(path) == parse_lock(TEXT)
    assert [entry.name for entry in tmp_path.iterdir()] == ["ci-mlops.lock"]


def test_a_folder_that_can_not_be_written_is_bad_data_and_the_old_lock_stays(tmp_path):
    path = tmp_path / "ci-mlops.lock"
    write_lock(path, LOCK)
    (tmp_path / ".ci-mlops.lock.draft").mkdir()

    with pytest.raises(BadData, match="can't be written"):
        write_lock(path, Lock())

    assert path.read_text() == TEXT


WRITER = """
import sys
from pathlib import Path
from ci_mlops.datasets.lock import write_lock
from ci_mlops.records import FilePin, Lock
path, letter = Path(sys.argv[1]), sys.argv[2]
for number in range(300):
    pins = tuple(FilePin(path=f"{letter}{row}", sha256=letter * 64, size=number) for row in range(200))
    write_lock(path, Lock(data={"train": pins}))
"""


def test_two_writers_at_once_leave_one_whole_lock(tmp_path):
    path = tmp_path / "ci-mlops.lock"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), letter]) for letter in "ab"]
    seen = 0
    while any(writer.poll() is None for writer in writers):
        if path.exists():
            pins = read_lock(path).data["train"]
            seen += 1
            assert len(pins) == 200
            assert len({(one.sha256, one.size) for one in pins}) == 1

    assert [writer.wait() for writer in writers] == [0, 0]
    assert seen > 0
    assert [entry.name for entry in tmp_path.iterdir()] == ["ci-mlops.lock"]
