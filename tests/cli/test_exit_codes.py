"""Every command ends with the code that docs/exit-codes.md promises."""

import re

import pytest

from ci_mlops.cli.main import COMMANDS
from ci_mlops.report import write_verdict
from tests.bad_inputs.project import door
from tests.report import verdicts

NOTHING_THERE = {
    "compare": (["a.csv", "b.csv"], 4),
    "demo": (None, "makes a repository of its own, and is walked by tests/flows/test_demo.py"),
    "doctor": ([], 2),
    "drill": ([], 2),
    "history": ([], 2),
    "init": (["github", "--dry-run"], 2),
    "judge": ([], 2),
    "passport": (["1"], 2),
    "pin": ([], 2),
    "plugins": ([], 0),
    "predict": ([], 2),
    "promote": ([], 2),
    "publish": (["verdict.json"], 4),
    "publish-run": ([], 9),
    "register": ([], 2),
    "report": (["verdict.json"], 4),
    "reproduce": ([], 2),
    "rollback": ([], 2),
    "schema": ([], 0),
    "train": ([], 2),
    "validate": ([], 2),
}
"""Command -> how it is called in an empty folder, and how it ends there."""


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_explains_itself_and_ends_with_zero(command, monkeypatch, capsys):
    assert door([command, "--help"], monkeypatch) == 0
    assert command in capsys.readouterr().out


@pytest.mark.parametrize("command", COMMANDS)
def test_an_option_that_does_not_exist_is_a_fault_of_usage(command, monkeypatch, capsys):
    assert door([command, "--no-such-option"], monkeypatch) == 2
    assert "--no-such-option" in capsys.readouterr().err


def test_every_command_is_walked():
    assert set(NOTHING_THERE) == set(COMMANDS)


@pytest.mark.parametrize("command", [name for name, (words, _) in NOTHING_THERE.items() if words is not None])
def test_where_there_is_nothing_each_ends_with_the_code_of_its_cause(command, monkeypatch, capsys, tmp_path):
    words, expected = NOTHING_THERE[command]
    monkeypatch.chdir(tmp_path)
    code = door([command, *words], monkeypatch)
    said = capsys.readouterr()

    assert code == expected, said.err
    if code:
        assert "error: " in said.err or "2 problems" in said.out
        assert "Traceback" not in said.err


@pytest.mark.parametrize("name", ["passed", "blocked", "undecided", "not_evaluated", "first_report"])
@pytest.mark.parametrize("dialect", ["terminal", "markdown", "github", "azure", "html", "json"])
def test_a_report_ends_with_zero_whatever_the_verdict(name, dialect, monkeypatch, capsys, tmp_path):
    write_verdict(tmp_path / "verdict.json", verdicts.ALL[name]())

    assert door(["report", str(tmp_path / "verdict.json"), "--format", dialect], monkeypatch) == 0
    assert capsys.readouterr().out


@pytest.mark.parametrize("command", ["compare", "judge", "report", "validate"])
def test_every_command_that_shows_a_verdict_knows_every_dialect(command, monkeypatch, capsys):
    from ci_mlops.report import FORMATS

    door([command, "--help"], monkeypatch)

    assert "|".join(FORMATS) in re.sub(r"\s", "", capsys.readouterr().out)
