"""Data is pinned, and what does not match its pin is told: all at once, with its line and its mend."""

import gzip
import hashlib
import os

import pyarrow as pa
import pytest
from pyarrow import parquet

from ci_mlops.datasets.lock import LOCK_NAME, read_lock, write_lock
from ci_mlops.datasets.pins import TOLD, check_data, pin_data
from ci_mlops.errors import BadData, BadDataProblems, Problems
from ci_mlops.records import FilePin

SETS = {"train": ("data/train",), "test": ("data/test.csv",)}
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12345\n"


class Project:
    """A folder with data, and what the doors would call."""

    def __init__(self, folder, cache):
        self.folder, self.cache = folder, cache

    def write(self, name, content=b"id,y\n1,0\n"):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def pin(self, sets=SETS):
        write_lock(self.folder / LOCK_NAME, pin_data(self.folder, sets, self.cache))
        return read_lock(self.folder / LOCK_NAME)

    def check(self, lock, sets=SETS):
        check_data(self.folder, sets, lock, self.cache)

    def faults(self, lock, sets=SETS):
        with pytest.raises(BadDataProblems) as caught:
            self.check(lock, sets)
        return caught.value.problems

    def refusal(self, sets):
        with pytest.raises(BadDataProblems) as caught:
            pin_data(self.folder, sets, self.cache)
        [problem] = caught.value.problems
        return problem


@pytest.fixture
def project(tmp_path):
    project = Project(tmp_path / "project", tmp_path / "cache")
    project.write("data/train/a.csv")
    project.write("data/train/deep/b.csv", b"id,y\n2,1\n3,1\n")
    project.write("data/test.csv", b"id,y\n9,0\n")
    return project


def test_a_folder_a_file_and_a_glob_are_pinned_by_their_sha256(project):
    lock = project.pin({"train": ("data/train", "data/**/*.csv"), "test": ("data/test.csv",)})

    assert {name: [pin.path for pin in pins] for name, pins in lock.data.items()} == {
        "test": ["data/test.csv"],
        "train": ["data/test.csv", "data/train/a.csv", "data/train/deep/b.csv"],
    }
    assert lock.data["train"][2] == FilePin(
        path="data/train/deep/b.csv",
        sha256=hashlib.sha256(b"id,y\n2,1\n3,1\n").hexdigest(),
        size=13,
        rows=2,
        columns=("id", "y"),
    )


def test_pinning_twice_gives_the_same_bytes_with_and_without_the_cache(project, tmp_path):
    project.pin()
    first = (project.folder / LOCK_NAME).read_bytes()
    project.pin()
    Project(project.folder, tmp_path / "other").pin()

    assert (project.folder / LOCK_NAME).read_bytes() == first


def test_names_with_a_dot_are_left_out_unless_they_are_named(project):
    project.write("data/train/.DS_Store", b"x")
    project.write("data/train/.git/config", b"x")
    project.write("data/.secret/a.csv")

    assert [pin.path for pin in project.pin({"train": ("data/train",)}).data["train"]] == [
        "data/train/a.csv",
        "data/train/deep/b.csv",
    ]
    assert [pin.path for pin in project.pin({"train": ("data/.secret", "data/.s*/*")}).data["train"]] == [
        "data/.secret/a.csv"
    ]


def test_the_lock_never_pins_itself(project):
    project.write("a.lock")
    project.pin({"train": ("*.lock",)})
    lock = project.pin({"train": ("*.lock",)})

    assert [pin.path for pin in lock.data["train"]] == ["a.lock"]


def test_a_name_that_looks_like_a_pattern_is_taken_as_a_name_where_it_exists(project):
    project.write("data/a[1].csv")
    project.write("data/a1.csv")

    assert [pin.path for pin in project.pin({"train": ("data/a[1].csv",)}).data["train"]] == ["data/a[1].csv"]


def test_links_inside_the_project_are_followed(project):
    (project.folder / "data/train/link.csv").symlink_to("../test.csv")
    (project.folder / "current").symlink_to("data/train")

    assert [pin.path for pin in project.pin({"train": ("current",)}).data["train"]] == [
        "current/a.csv",
        "current/deep/b.csv",
        "current/link.csv",
    ]


def test_an_empty_marker_beside_the_data_is_pinned(project):
    project.write("data/train/_SUCCESS", b"")

    assert project.pin().data["train"][0] == FilePin(
        path="data/train/_SUCCESS", sha256=hashlib.sha256().hexdigest(), size=0
    )


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("data/nothing.csv", "data/nothing.csv is missing"),
        ("data/*.parquet", "No file matches data/*.parquet"),
        ("data/none", "data/none is a folder without files"),
        ("../outside.csv", "is no path inside the folder"),
        ("/etc/hosts", "is no path inside the folder"),
        (".", "is no path inside the folder"),
        ("data/pointer.csv", "is a Git LFS pointer"),
        ("data/empty.csv", "is empty"),
        ("data/pipe", "a pipe, socket or device"),
        ("data/out.csv", "leads out of the folder"),
        ("data/outside", "leads out of the folder"),
        ("data/outside/hosts", "leads out of the folder"),
        ("data/circle", "leads in a circle"),
        ("data/nowhere", "leads nowhere"),
    ],
)
def test_what_can_not_be_pinned_is_refused_with_a_mend(project, source, words):
    project.write("data/pointer.csv", POINTER)
    project.write("data/empty.csv", b"")
    (project.folder / "data/none").mkdir()
    os.mkfifo(project.folder / "data/pipe")
    (project.folder / "data/out.csv").symlink_to("/etc/hosts")
    (project.folder / "data/outside").symlink_to("/etc")
    (project.folder / "data/circle").mkdir()
    (project.folder / "data/circle/again").symlink_to(".")
    (project.folder / "data/nowhere").symlink_to("gone")

    problem = project.refusal({"train": (source,)})

    assert words in problem.what
    assert problem.where
    assert problem.mend


def test_a_pointer_says_how_to_fetch_the_data(project):
    project.write("data/test.csv", POINTER)

    assert "git lfs pull" in project.refusal({"test": ("data/test.csv",)}).mend


def test_a_folder_can_not_be_the_test_data(project):
    problem = project.refusal({"test": ("data/train",)})

    assert problem.what == "data/train is a folder; the test data has to be a file"
    assert "data/train/*.csv" in problem.mend


def test_every_problem_is_told_at_once_with_exit_code_4(project):
    project.write("data/train/empty.csv", b"")
    project.write("data/train/pointer.csv", POINTER)
    with pytest.raises(Problems) as caught:
        pin_data(
            project.folder,
            SETS | {"other": ("gone.csv", "x*")},
            project.cache,
            where={"other": "ci-mlops.yml:7"},
        )

    assert isinstance(caught.value, BadData)
    assert caught.value.exit_code == 4
    assert [problem.what.split(" is ")[0] for problem in caught.value.problems] == [
        "gone.csv",
        "No file matches x*",
        "data/train/empty.csv",
        "data/train/pointer.csv",
    ]
    assert caught.value.problems[0].where == "ci-mlops.yml:7"


def test_data_that_matches_its_lock_passes(project):
    lock = project.pin()

    project.check(lock)
    (project.folder / "data/test.csv").touch()
    project.check(lock)


def test_a_changed_byte_is_found(project):
    lock = project.pin()
    project.write("data/train/a.csv", b"id,y\n1,1\n")
    [problem] = project.faults(lock)

    assert problem.what.startswith("data/train/a.csv has changed: it is ")
    assert lock.data["train"][0].sha256[:8] in problem.what
    assert problem.where == f"ci-mlops.lock:{lock.lines['train', 'data/train/a.csv']}"
    assert "`ci-mlops pin`" in problem.mend


def test_a_changed_byte_is_found_though_size_and_modification_time_are_the_same(project):
    path = project.folder / "data/train/a.csv"
    os.utime(path, ns=(10**18, 10**18))
    lock = project.pin()
    project.check(lock)
    path.write_bytes(b"id,y\n1,1\n")
    os.utime(path, ns=(10**18, 10**18))

    assert "has changed" in project.faults(lock)[0].what


def test_missing_and_added_files_are_told_together_once_each(project):
    lock = project.pin()
    (project.folder / "data/train/a.csv").unlink()
    (project.folder / "data/test.csv").unlink()
    project.write("data/train/new.csv")

    told = [(problem.what, problem.where) for problem in project.faults(lock)]

    assert told == [
        ("data/test.csv is pinned and missing", "ci-mlops.lock:4"),
        ("data/train/a.csv is pinned and missing", "ci-mlops.lock:12"),
        ("data/train/new.csv belongs to `train` and is not pinned", "ci-mlops.lock:12"),
    ]


def test_a_set_that_the_lock_lacks_and_one_too_many_are_told(project):
    lock = project.pin({"train": ("data/train",), "old": ("data/test.csv",)})

    assert [problem.what for problem in project.faults(lock)] == [
        "ci-mlops.lock has no data set `test`",
        "ci-mlops.lock pins a data set `old`, which the config does not have",
    ]


def test_a_pointer_in_the_place_of_data_says_how_to_fetch_it(project):
    lock = project.pin()
    project.write("data/test.csv", POINTER)
    [problem] = project.faults(lock)

    assert problem.what == "data/test.csv is a Git LFS pointer, not the data"
    assert "git lfs pull" in problem.mend
    assert problem.where == "ci-mlops.lock:4"


@pytest.mark.parametrize("rows", [1, 100_000])
@pytest.mark.parametrize("pinned", [b"\n", b"\r\n"])
def test_changed_line_ends_are_named_with_the_line_for_gitattributes(project, pinned, rows):
    found = b"\r\n" if pinned == b"\n" else b"\n"
    # rows of 13 bytes put line ends across the borders of every chunk sooner or later
    project.write("data/test.csv", b"id,y" + pinned + (b"12345,123456" + pinned) * rows)
    lock = project.pin()
    project.write("data/test.csv", b"id,y" + found + (b"12345,123456" + found) * rows)
    [problem] = project.faults(lock)

    assert ("CRLF) where LF was pinned" if pinned == b"\n" else "LF) where CRLF was pinned") in problem.what
    assert "`data/*.csv -text`" in problem.mend


def test_changed_line_ends_with_a_changed_byte_are_a_change(project):
    lock = project.pin()
    project.write("data/test.csv", b"id,y\r\n9,1\r\n")

    assert "has changed" in project.faults(lock)[0].what


def test_many_changes_are_counted_not_listed(project):
    for number in range(TOLD + 50):
        project.write(f"data/many/{number}", b"x")
    sets = {"train": ("data/many",)}
    lock = project.pin(sets)
    for number in range(TOLD + 50):
        project.write(f"data/many/{number}", b"y")
    problems = project.faults(lock, sets)

    assert len(problems) == TOLD + 1
    assert problems[-1].what == "and 50 problems more"


def test_rows_and_columns_are_known_for_tables_and_for_nothing_else(project, tmp_path):
    project.write("t/quoted.csv", b'"a","b"\n"x\ny",1\n\n"z",2\n')
    project.write("t/header.csv", b"a,b\n")
    project.write("t/packed.csv.gz", gzip.compress(b"a,b\n1,2\n"))
    project.write("t/tabs.tsv", b"\xef\xbb\xbfa\tb\r\n1\t2\r\n\r\n")
    project.write("t/latin.csv", b"\xe9,b\n1,2\n")
    project.write("t/broken.parquet", b"PAR1")
    project.write("t/broken.csv.gz", b"\x1f\x8b\x08\x00broken")
    project.write("t/image.png", b"a,b\n1,2\n")
    parquet.write_table(pa.table({"x": [1, 2, 3]}), project.folder / "t/z.parquet")
    pins = {pin.path[2:]: (pin.rows, pin.columns) for pin in project.pin({"train": ("t",)}).data["train"]}

    assert pins == {
        "broken.csv.gz": (None, None),
        "broken.parquet": (None, None),
        "header.csv": (0, ("a", "b")),
        "image.png": (None, None),
        "latin.csv": (None, None),
        "packed.csv.gz": (1, ("a", "b")),
        "quoted.csv": (2, ("a", "b")),
        "tabs.tsv": (1, ("a", "b")),
        "z.parquet": (3, ("x",)),
    }


def test_rows_are_counted_after_a_check_that_had_no_need_of_them(project):
    for path in (project.folder / "data").rglob("*.csv"):
        os.utime(path, ns=(10**18, 10**18))
    lock = project.pin()
    fresh = Project(project.folder, project.cache.with_name("fresh"))
    fresh.check(lock)

    assert fresh.pin() == lock


def test_names_that_a_lock_can_not_hold_are_refused(project):
    project.write(os.fsdecode(b"data/train/\xff.csv"))

    assert "not UTF-8" in project.refusal({"train": ("data/train",)}).what


def test_awkward_names_survive_the_lock(project):
    for name in ('we "quote".csv', "back\\slash.csv", "new\nline.csv", "é.csv", "\x7f.csv", "a#b = [1].csv"):
        project.write(f"data/train/{name}")
    lock = project.pin()

    project.check(lock)
    assert len(lock.data["train"]) == 8
