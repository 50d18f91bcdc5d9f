"""The projects in examples/ are judged as a team would judge them: git, pins, and the program."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ci_mlops.config import read_config
from ci_mlops.report.codec import read_verdict

EXAMPLES = Path(__file__).parent.parent / "examples"
PROGRAM = Path(sys.executable).with_name("ci-mlops")


@pytest.fixture
def diabetes(tmp_path):
    folder = tmp_path / "diabetes"
    shutil.copytree(
        EXAMPLES / "diabetes", folder, ignore=shutil.ignore_patterns("data", "__pycache__", ".ci-mlops")
    )
    run(folder, sys.executable, "make_data.py")
    run(folder, PROGRAM, "pin")
    git(folder, "init", "-q", "-b", "main")
    save(folder, "Ridge")
    git(folder, "switch", "-q", "-c", "change")
    return folder


def run(folder, *command, code=0):
    environ = {**os.environ, "CI_MLOPS_PYTHON": sys.executable}
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def git(folder, *arguments):
    return run(folder, "git", "-c", "user.name=A", "-c", "user.email=a@example.invalid", *arguments)


def save(folder, message):
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "-m", message)


def change(folder, before, after):
    script = folder / "training.py"
    text = script.read_text()
    assert before in text
    script.write_text(text.replace(before, after))
    save(folder, after)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*/ci-mlops.yml")), ids=lambda path: path.parent.name)
def test_an_example_is_valid_and_has_gates(path):
    assert read_config(path).policy().gates


def test_a_regression_by_a_function_that_loses_its_best_features_is_blocked(diabetes):
    change(diabetes, '"age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"', '"age", "sex"')

    run(diabetes, PROGRAM, "validate", code=1)

    verdict = read_verdict(diabetes / ".ci-mlops" / "verdict.json")
    mae = next(gate for gate in verdict.gates if gate.metric == "mae" and gate.slice is None)

    assert verdict.verdict == "blocked"
    assert mae.status == "broken"
    assert {name for name, _ in verdict.slices} == {"sex=1", "sex=2"}


def test_a_little_more_regularisation_passes(diabetes):
    change(diabetes, "STRENGTH = 1.0", "STRENGTH = 1.5")

    run(diabetes, PROGRAM, "validate")

    assert read_verdict(diabetes / ".ci-mlops" / "verdict.json").verdict == "passed"
