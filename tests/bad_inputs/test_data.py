"""The lock, the data and files that are handed over, wrong in every way that we have met: exit code 4."""

from functools import partial
from pathlib import Path

import pytest

from tests.bad_inputs.project import Case as AnyCase, config, replace, rewrite, table

Case = partial(AnyCase, code=4, run=("pin", "--check"))
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 5000000\n"
TEST = table(101, 80)
STRINGS = TEST.replace(",1\n", ",yes\n").replace(",0\n", ",no\n")


def in_folder(folder: Path) -> None:
    config("train: data/train.csv", "train: parts")(folder)
    rewrite("parts/a.csv", table(1, 9))(folder)


CASES = [
    Case(
        "a changed byte",
        replace("data/train.csv", "1.5", "1.6"),
        says=["data/train.csv", "ci-mlops.lock:", "ci-mlops pin"],
    ),
    Case(
        "a missing file",
        lambda folder: (folder / "data/test.csv").unlink(),
        says=["data/test.csv is pinned and missing", "ci-mlops.lock:"],
    ),
    Case(
        "a Git LFS pointer",
        rewrite("data/train.csv", POINTER),
        says=["LFS", "data/train.csv", "git lfs pull"],
    ),
    Case(
        "changed line endings",
        rewrite("data/test.csv", TEST.replace("\n", "\r\n")),
        says=["line ending", "data/test.csv", ".gitattributes"],
    ),
    Case(
        "no lock",
        lambda folder: (folder / "ci-mlops.lock").unlink(),
        says=["ci-mlops.lock is missing", "ci-mlops pin"],
    ),
    Case(
        "a lock that is not TOML",
        rewrite("ci-mlops.lock", "version = "),
        says=["ci-mlops.lock", "ci-mlops pin"],
    ),
    Case(
        "a lock of a later version",
        replace("ci-mlops.lock", "version = 1", "version = 99"),
        says=["99", "ci-mlops.lock"],
    ),
    Case(
        "a digest edited by hand",
        replace("ci-mlops.lock", 'sha256 = "', 'sha256 = "zz'),
        says=["sha256", "ci-mlops.lock:"],
    ),
    Case(
        "a merge conflict in the lock",
        replace("ci-mlops.lock", "version", "<<<<<<< ours\nversion"),
        says=["ci-mlops.lock"],
    ),
    Case(
        "no column of that name",
        config("target: sick", "target: ill"),
        says=["ill", "data/test.csv"],
        run=("validate",),
        pin_after=True,
    ),
    Case(
        "no id column of that name",
        config("id: patient", "id: person"),
        says=["person", "data/test.csv"],
        run=("validate",),
        pin_after=True,
    ),
    Case(
        "an id that is there twice",
        replace("data/test.csv", "P102,", "P101,"),
        says=["P101", "data/test.csv"],
        run=("validate",),
        pin_after=True,
    ),
    Case(
        "labels that are words, without `positive`",
        rewrite("data/test.csv", STRINGS),
        says=["yes", "positive"],
        run=("validate",),
        pin_after=True,
    ),
    Case(
        "three labels",
        replace("data/test.csv", ",1\n", ",2\n"),
        says=["2", "data/test.csv"],
        run=("validate",),
        pin_after=True,
    ),
    Case(
        "a table without rows",
        rewrite("data/test.csv", "patient,size,sick\n"),
        says=["data/test.csv"],
        run=("validate",),
        pin_after=True,
    ),
    Case(
        "a verdict that is not there",
        lambda _: None,
        says=["gone.json", "ci-mlops judge"],
        run=("report", "gone.json"),
    ),
    Case(
        "a verdict that is not JSON",
        rewrite("v.json", "{"),
        says=["v.json", "not a verdict"],
        run=("report", "v.json"),
    ),
    Case(
        "a verdict of another schema",
        rewrite("v.json", '{"schema": "junit"}'),
        says=["junit", "ci-mlops/verdict/v1"],
        run=("report", "v.json"),
    ),
    Case("predictions that are not there", lambda _: None, says=["a.csv"], run=("compare", "a.csv", "b.csv")),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_data_is_told_with_its_place_and_its_mend(case, refused):
    code, said = refused(case)

    assert code == case.code, said
    assert [part for part in case.says if part not in said] == []
    assert "Traceback" not in said


def test_a_file_that_was_added_to_a_pinned_folder_is_told(refused, project, monkeypatch):
    in_folder(project)

    code, said = refused(Case("an added file", rewrite("parts/b.csv", table(50, 9)), says=[]))

    assert code == 4
    assert "parts/b.csv" in said


PREDICTIONS = "id,label,prediction\n" + "".join(f"{n},{n % 2},{n % 2}\n" for n in range(60))
PAIRS = {
    "ids that don't match": (PREDICTIONS, PREDICTIONS.replace("\n7,", "\n700,"), ["700"]),
    "no column of predictions": (
        PREDICTIONS,
        PREDICTIONS.replace("prediction", "guess"),
        ["prediction", "guess"],
    ),
    "labels that differ": (PREDICTIONS, PREDICTIONS.replace("\n7,1,", "\n7,0,"), ["label"]),
    "predictions that are not numbers": (
        PREDICTIONS,
        PREDICTIONS.replace(",prediction", ",score").replace("1\n", "nan\n"),
        ["score"],
    ),
    "no labels at all": (
        PREDICTIONS.replace("label", "truth"),
        PREDICTIONS.replace("label", "truth"),
        ["label"],
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_prediction_files_that_can_not_be_compared_are_refused(name, refused):
    champion, candidate, says = PAIRS[name]

    def spoil(folder):
        rewrite("champion.csv", champion)(folder)
        rewrite("candidate.csv", candidate)(folder)

    code, said = refused(Case(name, spoil, says=says, run=("compare", "champion.csv", "candidate.csv")))

    assert code == 4, said
    assert [part for part in says if part not in said] == []
