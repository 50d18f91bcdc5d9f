"""Files are hashed once, unless they may have changed since."""

import hashlib
import multiprocessing
import os
import threading
import time

import pytest

from ci_mlops.datasets.measure import measure, measure_file
from ci_mlops.datasets.sources import find_files
from ci_mlops.datasets.stat_cache import open_cache
from ci_mlops.errors import BadData

OLD = 10**18


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    for number in range(600):
        (folder / f"{number}.bin").write_bytes(str(number).encode())
    return folder


def wait_until_old(folder):
    """ctime can't be set back: the file has to age."""
    newest = max(path.stat().st_ctime for path in folder.iterdir())
    time.sleep(max(0.0, newest + 2.1 - time.time()))


def digests(folder, cache, *, count=True):
    found, problems = find_files(folder, "train", ("*.bin",))
    measured = measure(folder, found, cache, count=count)
    assert not problems
    assert not measured.problems
    return {name: entry.sha256 for name, entry in measured.entries.items()}


def expected(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_unchanged_files_are_not_read_again_and_changed_ones_are(folder, tmp_path, monkeypatch):
    wait_until_old(folder)
    cache = open_cache(tmp_path / "cache", folder)
    assert digests(folder, cache) == expected(folder)
    cache.save()
    (folder / "7.bin").write_bytes(b"!")
    read = []
    real = measure_file
    monkeypatch.setattr(
        "ci_mlops.datasets.measure.measure_file",
        lambda path, name, **options: read.append(name) or real(path, name, **options),
    )

    assert digests(folder, open_cache(tmp_path / "cache", folder)) == expected(folder)
    assert read == ["7.bin"]


def test_a_file_written_just_now_is_never_trusted(folder, tmp_path):
    cache = open_cache(tmp_path / "cache", folder)
    (folder / "now.bin").write_bytes(b"1")
    digests(folder, cache)

    assert "now.bin" not in cache.fresh


def test_a_change_that_keeps_size_and_modification_time_is_seen_by_ctime(folder, tmp_path):
    os.utime(folder / "1.bin", ns=(OLD, OLD))
    wait_until_old(folder)
    cache = open_cache(tmp_path / "cache", folder)
    digests(folder, cache)
    cache.save()
    (folder / "1.bin").write_bytes(b"2")
    os.utime(folder / "1.bin", ns=(OLD, OLD))

    assert digests(folder, open_cache(tmp_path / "cache", folder)) == expected(folder)


def test_a_broken_cache_is_ignored_and_written_anew(folder, tmp_path):
    wait_until_old(folder)
    path = open_cache(tmp_path / "cache", folder).path
    path.parent.mkdir(parents=True)
    for content in (b"", b"{", b"[]", b'{"1.bin": [1]}', b'{"1.bin": 5}', b"\xff\xfe", b"null"):
        path.write_bytes(content)
        cache = open_cache(tmp_path / "cache", folder)

        assert cache.entries == {}
        assert digests(folder, cache) == expected(folder)
        cache.save()
        assert len(open_cache(tmp_path / "cache", folder).entries) == 600


def test_a_cache_that_can_not_be_written_is_no_failure(folder, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    wait_until_old(folder)
    cache = open_cache(tmp_path / "cache", folder)

    assert digests(folder, cache) == expected(folder)
    cache.save()


def pin_many_times(folder, cache):
    for _ in range(15):
        stats = open_cache(cache, folder)
        stats.entries.clear()
        digests(folder, stats)
        stats.save()


def test_two_processes_at_once_leave_a_whole_cache(folder, tmp_path):
    wait_until_old(folder)
    fork = multiprocessing.get_context("spawn")
    both = [fork.Process(target=pin_many_times, args=(folder, tmp_path / "cache")) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join()

    assert [process.exitcode for process in both] == [0, 0]
    cache = open_cache(tmp_path / "cache", folder)
    assert {name: entry.sha256 for name, entry in cache.entries.items()} == expected(folder)
    assert [path.suffix for path in cache.path.parent.iterdir()] == [".json"]


def test_caches_of_folders_long_gone_are_forgotten(folder, tmp_path):
    wait_until_old(folder)
    cache = open_cache(tmp_path / "cache", folder)
    old = cache.path.with_name("old.json")
    old.parent.mkdir(parents=True)
    old.write_text("{}")
    os.utime(old, (0, 0))
    digests(folder, cache)
    cache.save()

    assert not old.exists()


def test_a_file_that_is_written_to_while_it_is_read_is_refused(tmp_path):
    path = tmp_path / "growing.bin"
    path.write_bytes(b"x" * 50_000_000)
    done = threading.Event()

    def grow():
        with path.open("ab") as file:
            while not done.is_set():
                file.write(b"y")
                file.flush()

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        with pytest.raises(BadData, match="changed while it was read"):
            measure_file(str(path), "growing.bin", count=False)
    finally:
        done.set()
        writer.join()


def test_a_file_that_nobody_may_read_is_refused(tmp_path):
    path = tmp_path / "x.bin"
    path.symlink_to(path)

    with pytest.raises(BadData, match="can't be read"):
        measure_file(str(path), "x.bin", count=False)


def test_a_ctrl_c_stops_the_threads(folder, tmp_path, monkeypatch):
    found, _ = find_files(folder, "train", ("*.bin",))

    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("ci_mlops.datasets.measure.measure_file", interrupt)

    with pytest.raises(KeyboardInterrupt):
        measure(folder, found, open_cache(tmp_path, folder), count=False)
