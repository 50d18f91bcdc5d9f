import sys

import pytest

from tests.bad_inputs.project import build, door


@pytest.fixture
def project(tmp_path, monkeypatch):
    folder = build(tmp_path / "project")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("CI_MLOPS_PYTHON", sys.executable)
    # the test's folder may lie inside a repository, which is not the project's
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    return folder


@pytest.fixture
def refused(project, monkeypatch, capfd):
    """Break the project as the case says; what the program says and ends with."""

    def run(case):
        for name, value in case.environ.items():
            monkeypatch.setenv(name, value)
        if not case.pin_after:
            assert door(["pin"], monkeypatch) == 0
        case.spoil(project)
        if case.pin_after:
            assert door(["pin"], monkeypatch) == 0
        capfd.readouterr()
        code = door(case.run, monkeypatch)
        said = capfd.readouterr()
        return code, said.out + said.err

    return run
