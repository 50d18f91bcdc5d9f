"""The last line names a command, and the command works."""

import shlex

import pytest

from tests.bad_inputs.project import door
from tests.flows.rules import found_rules


@pytest.fixture
def team(tmp_path, monkeypatch):
    team = found_rules(tmp_path)
    monkeypatch.chdir(team.folder)
    return team


@pytest.mark.parametrize("output", [".ci-mlops", "an output"])
def test_the_command_that_validate_names_shows_the_full_report(team, monkeypatch, capfd, output):
    assert door(["validate", "--output", output], monkeypatch) == 0
    last = capfd.readouterr().out.splitlines()[-1]
    program, *command = shlex.split(last.removeprefix("next: "))
    code = door(command, monkeypatch)

    assert program == "ci-mlops"
    assert code == 0
    assert capfd.readouterr().out == (team.folder / output / "report.md").read_text()


def test_where_nothing_was_kept_no_file_is_named(tmp_path, monkeypatch, capfd):
    rows = "".join(f"{number},{number % 2},{number % 2}\n" for number in range(60))
    (tmp_path / "a.csv").write_text("id,label,prediction\n" + rows)
    monkeypatch.chdir(tmp_path)
    code = door(["compare", "a.csv", "a.csv"], monkeypatch)

    assert code == 0
    assert capfd.readouterr().out.splitlines()[-1] == (
        "next: the same command with --format markdown shows the full report"
    )
