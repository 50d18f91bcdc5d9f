"""
P6 and P7: pinning one large file, eight files and 20 000 small ones, beside what bounds it and beside `dvc`.

    python benchmarks/pin.py [--gib 0.25] [--files 20000] [--rounds 5] [--dvc VENV/bin/dvc]

Medians of rounds in which the sides take turns, warm page cache, wall time; ratios are of this run only. `dvc` is
compared as a whole process and is run only where it is named: `python -m venv VENV && VENV/bin/pip install dvc`.
On a machine that does other work the two-core rows say little: the load is printed.
"""

import argparse
import hashlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from ci_mlops.datasets import measure as measuring
from ci_mlops.datasets.lock import LOCK_NAME, read_lock, write_lock
from ci_mlops.datasets.measure import measure_file
from ci_mlops.datasets.pins import check_data, pin_data

CONFIG = """\
model: bench
task: classification
data:
  train: {train}
  test: {{path: test.csv, target: y}}
train:
  run: python train.py
  model: {{path: model}}
"""
DOOR = (sys.executable, "-c", "from ci_mlops.cli.main import main; main()")
SMALL = 10_000
SETTLE_SECONDS = 2.2
Work = Callable[[], object]


class Bench:
    def __init__(self, folder: Path, rounds: int) -> None:
        self.folder, self.rounds = folder, rounds
        self.cache = folder / "cache"
        self.met = True

    def seconds(self, *sides: Work) -> list[tuple[float, float]]:
        """Median wall and CPU time of each side; they take turns, so that a busy moment hits them alike."""
        times: list[list[tuple[float, float]]] = [[] for _ in sides]
        for _ in range(self.rounds):
            for work, taken in zip(sides, times, strict=True):
                began, cpu = time.perf_counter(), time.process_time()
                work()
                taken.append((time.perf_counter() - began, time.process_time() - cpu))
        return [
            (statistics.median(wall for wall, _ in taken), statistics.median(cpu for _, cpu in taken))
            for taken in times
        ]

    def told(self, name: str, ratio: float, goal: float, *, at_least: bool, detail: str) -> None:
        met = ratio >= goal if at_least else ratio <= goal
        self.met = self.met and met
        bound = "at least" if at_least else "at most"
        print(
            f"{name:42} {ratio:7.2f}x  goal {bound} {goal}x: {'met' if met else 'NOT MET':8} ({detail})",
            flush=True,
        )

    def forget(self) -> None:
        shutil.rmtree(self.cache, ignore_errors=True)

    def pin(self, source: str) -> None:
        self.forget()
        write_lock(self.folder / LOCK_NAME, pin_data(self.folder, {"train": (source,)}, self.cache))

    def door(self, *arguments: str) -> None:
        environ = {**os.environ, "CI_MLOPS_CACHE": str(self.cache)}
        subprocess.run([*DOOR, *arguments], cwd=self.folder, env=environ, check=True, capture_output=True)


def one_file(bench: Bench, size: int) -> None:
    path = bench.folder / "one.bin"
    write_random(path, size)

    def peer() -> None:
        with path.open("rb") as file:
            hashlib.file_digest(file, "sha256")

    (ours, our_cpu), (theirs, their_cpu) = bench.seconds(
        lambda: measure_file(str(path), "one.bin", count=False), peer
    )
    detail = (
        f"CPU {their_cpu / our_cpu:.2f}x; {size / ours / 1e9:.2f} GB/s beside {size / theirs / 1e9:.2f} GB/s"
    )
    bench.told("one file, speed of hashlib", theirs / ours, 0.95, at_least=True, detail=detail)


def eight_files(bench: Bench, size: int) -> None:
    (bench.folder / "eight").mkdir()
    for number in range(8):
        write_random(bench.folder / f"eight/{number}.bin", size // 8)
    threads = measuring.THREADS

    def with_threads(number: int) -> Work:
        def work() -> None:
            measuring.THREADS = number
            bench.pin("eight")

        return work

    (both, _), (one, _) = bench.seconds(with_threads(threads), with_threads(1))
    measuring.THREADS = threads
    detail = f"{threads} threads {both:.3f} s, one {one:.3f} s"
    bench.told("eight files, speed of one core", one / both, 1.8, at_least=True, detail=detail)


def many_files(bench: Bench, number: int) -> None:
    folder = bench.folder / "many"
    block = os.urandom(SMALL * 64)
    for index in range(number):
        place = folder / f"{index // 1000:03}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{index:06}.bin").write_bytes(block[index % 5000 : index % 5000 + SMALL])
    # what was written just now is not trusted by a cache of digests, and rightly
    time.sleep(SETTLE_SECONDS)

    def read_all() -> None:
        for name, _ in walk_and_stat(str(folder)):
            with open(name, "rb", buffering=0) as file:  # noqa: PTH123 - the floor is to be low
                file.read()

    (pin, pin_cpu), (read, read_cpu) = bench.seconds(lambda: bench.pin("many"), read_all)
    detail = f"CPU {pin_cpu / read_cpu:.2f}x; {pin:.3f} s, open + read + close {read:.3f} s"
    bench.told(f"pin {number} files, of reading them", pin / read, 1.6, at_least=False, detail=detail)

    def check() -> None:
        check_data(bench.folder, {"train": ("many",)}, read_lock(bench.folder / LOCK_NAME), bench.cache)

    (again, again_cpu), (walk, walk_cpu) = bench.seconds(check, lambda: list(walk_and_stat(str(folder))))
    detail = f"CPU {again_cpu / walk_cpu:.2f}x; {again:.3f} s, walk + stat {walk:.3f} s"
    bench.told(f"verify {number} unchanged, of walk + stat", again / walk, 1.6, at_least=False, detail=detail)


def beside_dvc(bench: Bench, dvc: str | None, source: str, name: str, goal: float) -> None:
    """Whole processes; the data is copied for dvc, which moves it into its cache."""
    if dvc is None:
        print(f"{name + ', than dvc add':42} not run: no --dvc")
        return
    (bench.folder / "ci-mlops.yml").write_text(CONFIG.format(train=source))
    (bench.folder / "test.csv").write_text("x,y\n1,0\n")
    copy = bench.folder / "dvc"
    copy.mkdir()
    subprocess.run(["cp", "-r", bench.folder / source, copy / source], check=True)
    run_dvc(dvc, copy, "init", "--no-scm")
    # once: a second `dvc add` would find the data in its cache
    theirs = timed(lambda: run_dvc(dvc, copy, "add", source))
    ours, _ = bench.seconds(lambda: (bench.forget(), bench.door("pin")))[0]
    bench.told(
        f"{name}, than dvc add",
        theirs / ours,
        goal,
        at_least=True,
        detail=f"{ours:.2f} s, dvc {theirs:.2f} s",
    )
    if source == "many":
        (ours, _), (theirs, _) = bench.seconds(
            lambda: bench.door("pin", "--check"), lambda: run_dvc(dvc, copy, "status")
        )
        detail = f"{ours:.2f} s, dvc {theirs:.2f} s"
        bench.told("pin --check, than dvc status", theirs / ours, 5.0, at_least=True, detail=detail)
    shutil.rmtree(copy)


def run_dvc(dvc: str, folder: Path, *arguments: str) -> None:
    environ = {**os.environ, "DVC_NO_ANALYTICS": "1", "HOME": str(folder), "XDG_CACHE_HOME": str(folder)}
    subprocess.run([dvc, *arguments, "-q"], cwd=folder, env=environ, check=True, capture_output=True)


def timed(work: Work) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def write_random(path: Path, size: int) -> None:
    with path.open("wb") as file:
        for _ in range(size >> 20):
            file.write(os.urandom(1 << 20))


def walk_and_stat(folder: str) -> Iterator[tuple[str, os.stat_result]]:
    for entry in os.scandir(folder):
        if entry.is_dir():
            yield from walk_and_stat(entry.path)
        else:
            yield entry.path, entry.stat()


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument(
        "--gib", type=float, default=0.25, help="size of the one file, and of the eight together"
    )
    options.add_argument("--files", type=int, default=20_000)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--dvc", metavar="VENV/bin/dvc", help="compare with this dvc; not run without")
    chosen = options.parse_args()
    size = max(int(chosen.gib * 2**30) >> 20, 8) << 20
    print(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {size / 2**30:.2f} GiB, {chosen.files} files of {SMALL} bytes"
    )
    with tempfile.TemporaryDirectory(prefix="ci-mlops-bench-") as folder:
        bench = Bench(Path(folder), chosen.rounds)
        one_file(bench, size)
        eight_files(bench, size)
        many_files(bench, chosen.files)
        dvc = chosen.dvc and str(Path(chosen.dvc).absolute())
        beside_dvc(bench, dvc, "one.bin", "pin one file", 7.0)
        beside_dvc(bench, dvc, "many", f"pin {chosen.files} files", 8.0)
    print(f"load at the end {os.getloadavg()[0]:.1f}; all goals met: {'yes' if bench.met else 'no'}")


if __name__ == "__main__":
    main()
