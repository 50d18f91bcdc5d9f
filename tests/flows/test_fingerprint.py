"""What a model depends on: every part counts, and nothing else does."""

import hashlib
from dataclasses import replace
from pathlib import PurePosixPath

import pytest
from hypothesis import given, strategies as st

from ci_mlops.flows.code import code_digest, code_files, is_code
from ci_mlops.flows.fingerprint import fingerprint, fingerprint_parts
from ci_mlops.flows.train import train
from tests.flows.loans import CONFIG, Team, git, write_rows

PARTS = {
    "code": "sha256:1",
    "train_data": "sha256:2",
    "environment": "sha256:3",
    "run": "python train.py",
    "source": {"path": "model"},
    "parameters": {"depth": 3, "rate": 0.1},
}
OTHER = {
    "code": "sha256:9",
    "train_data": "sha256:9",
    "environment": "sha256:9",
    "run": ("python", "train.py"),
    "source": {"callable": "a:b"},
    "parameters": {"depth": 4, "rate": 0.1},
}


@pytest.mark.parametrize("part", PARTS)
def test_every_part_counts(part):
    changed = {**PARTS, part: OTHER[part]}

    assert fingerprint(fingerprint_parts(**changed)) != fingerprint(fingerprint_parts(**PARTS))


def test_the_order_in_which_parameters_are_written_does_not_count():
    turned = {**PARTS, "parameters": {"rate": 0.1, "depth": 3}}

    assert fingerprint(fingerprint_parts(**turned)) == fingerprint(fingerprint_parts(**PARTS))


def test_a_fingerprint_can_name_a_folder_and_stays_what_it_was():
    said = (
        b'[["code","sha256:1"],["data.train","sha256:2"],["environment","sha256:3"],'
        b'["run","{\\"path\\":\\"model\\",\\"run\\":\\"python train.py\\"}"],'
        b'["parameters","{\\"depth\\":3,\\"rate\\":0.1}"]]'
    )

    assert fingerprint(fingerprint_parts(**PARTS)) == hashlib.sha256(said).hexdigest()


@given(st.text(max_size=8), st.text(max_size=8))
def test_values_can_not_flow_into_each_other(one, other):
    # a comma or a quote in one part must not read as the next
    first = fingerprint_parts(**{**PARTS, "code": one, "train_data": other})
    second = fingerprint_parts(**{**PARTS, "code": one + other, "train_data": ""})

    assert (fingerprint(first) == fingerprint(second)) == (other == "")


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        "docs/how.md",
        ".github/workflows/ci.yml",
        "azure-pipelines.yml",
        "ci/azure-pipelines-nightly.yaml",
        "src/__pycache__/x.cpython-311.pyc",
        "x.pyc",
        ".gitignore",
        "data/train.csv",
        "model/inner/weights.bin",
    ],
)
def test_these_are_no_code(path):
    leave_out = {PurePosixPath("data/train.csv"), PurePosixPath("model")}

    assert not is_code(PurePosixPath(path), leave_out=leave_out)


@pytest.mark.parametrize("path", ["x.pyc", "src/__pycache__/x.cpython-311.pyc", "venv/lib/y.py"])
def test_a_leftover_that_git_holds_is_code_as_python_may_run_it(path):
    assert not is_code(PurePosixPath(path), leave_out=())
    assert is_code(PurePosixPath(path), leave_out=(), is_tracked=True)


@pytest.mark.parametrize(
    "path", ["train.py", "src/a.py", "params.yaml", "models.py", "data/train.csv.py", "Makefile"]
)
def test_these_are_code(path):
    leave_out = {PurePosixPath("data/train.csv"), PurePosixPath("model")}

    assert is_code(PurePosixPath(path), leave_out=leave_out)


@pytest.mark.parametrize(
    ("inputs", "path", "wanted"),
    [
        (("src",), "src/deep/a.py", True),
        (("src",), "srcs/a.py", False),
        (("train.py",), "train.py", True),
        (("train.py",), "other.py", False),
        (("src/*.py",), "src/a.py", True),
        (("src/*.py",), "src/a.R", False),
        (("src/*.py",), "src/deep/a.py", False),
        (("src/**/*.py",), "src/a.py", True),
        (("src/**",), "src/deep/a.R", True),
        (("a+b?.py",), "a+bc.py", True),
        (("a+b?.py",), "aabc.py", False),
        (("src/**/*.py",), "src/deep/a.py", True),
    ],
)
def test_inputs_narrow_the_code(inputs, path, wanted):
    assert is_code(PurePosixPath(path), leave_out=(), inputs=inputs) is wanted


@pytest.fixture
def folder(tmp_path):
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "train.py").write_text("print(1)")
    (tmp_path / "run.sh").write_text("python train.py")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "x")
    return tmp_path


def digest(folder):
    return code_digest(code_files(folder, leave_out=()))


def test_contents_count_and_commits_do_not(folder):
    before = digest(folder)
    git(folder, "commit", "-q", "--allow-empty", "-m", "another commit")
    assert digest(folder) == before
    (folder / "train.py").write_text("print(2)")

    assert digest(folder) != before
    (folder / "train.py").write_text("print(1)")
    assert digest(folder) == before


def test_a_new_name_an_executable_bit_and_a_deleted_file_count(folder):
    seen = {digest(folder)}
    (folder / "run.sh").chmod(0o755)
    seen.add(digest(folder))
    (folder / "run.sh").rename(folder / "go.sh")
    seen.add(digest(folder))
    (folder / "go.sh").unlink()
    seen.add(digest(folder))

    assert len(seen) == 4


def test_a_link_counts_by_where_it_points(folder):
    (folder / "link").symlink_to("train.py")
    before = digest(folder)
    (folder / "link").unlink()
    (folder / "link").symlink_to("run.sh")

    assert digest(folder) != before


def test_a_new_file_counts_before_it_is_added_and_the_same_afterwards(folder):
    (folder / "features.py").write_text("x = 1")
    before = digest(folder)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "y")

    assert digest(folder) == before
    assert "features.py" in [file.path for file in code_files(folder, leave_out=())]


def test_a_checkout_elsewhere_has_the_same_digest(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    git(elsewhere, "clone", "-q", str(folder), "clone")

    assert digest(elsewhere / "clone") == digest(folder)


def test_a_submodule_counts_by_its_commit(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    git(other, "init", "-q")
    git(other, "commit", "-q", "--allow-empty", "-m", "x")
    git(folder, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other), "lib")
    kinds = {file.path: file.kind for file in code_files(folder, leave_out=())}

    assert kinds["lib"] == "submodule"


def test_another_predict_command_is_another_model():
    same = {
        "code": "a",
        "train_data": "b",
        "environment": "c",
        "run": "python train.py",
        "source": {"path": "model"},
        "parameters": {},
    }
    marks = {fingerprint(fingerprint_parts(**same, predict=command)) for command in (None, "a", "b")}

    assert len(marks) == 3


def test_two_folders_of_one_repository_with_the_same_data_and_command_make_two_models(tmp_path):
    top = Team(folder=tmp_path / "repository", cache=tmp_path / "cache")
    top.write(".gitignore", "model.bin\ndata/\n")
    git(top.folder, "init", "-q", "-b", "main")
    teams = [replace(top, folder=top.folder / name, said=[]) for name in ("churn", "fraud")]
    for team in teams:
        name = team.folder.name
        team.write("ci-mlops.yml", CONFIG.replace("model: loans", f"model: {name}"))
        team.write("train.py", f'import pathlib\npathlib.Path("model.bin").write_text("{name}")\n')
        write_rows(team.folder / "data" / "train.csv", 80, seed=1)
        write_rows(team.folder / "data" / "test.csv", 40, seed=2)
        team.pin()
    top.commit()

    for team in teams:
        train(team.tools, team.project(), team.output)
        assert (team.output / "models/candidate/model/model.bin").read_text() == team.folder.name


def test_a_tracked_leftover_that_python_writes_anew_is_what_git_holds_of_it(tmp_path):
    git(tmp_path, "init", "-q")
    (tmp_path / "__pycache__").mkdir()
    kept = tmp_path / "__pycache__" / "x.pyc"
    kept.write_bytes(b"held")
    git(tmp_path, "add", "-A")
    before = code_digest(code_files(tmp_path, leave_out=()))

    kept.write_bytes(b"written by a training")
    assert code_digest(code_files(tmp_path, leave_out=())) == before
    git(tmp_path, "add", "-A")
    assert code_digest(code_files(tmp_path, leave_out=())) != before
