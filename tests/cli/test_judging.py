"""What a verdict is called where the project could not even be opened: by that name its status is found."""

import json
from datetime import UTC, datetime

import pytest

from ci_mlops.report.codec import read_verdict
from ci_mlops.report.places import validate_again
from tests.bad_inputs.project import door
from tests.flows.loans import found_team


@pytest.fixture
def team(tmp_path, monkeypatch):
    team = found_team(tmp_path)
    monkeypatch.chdir(team.folder)
    return team


@pytest.fixture
def pull_request(team, monkeypatch):
    """Checked out as its merge, in GitHub Actions; nothing is asked of the network."""
    base, head = team.git("rev-parse", "main"), team.git("rev-parse", "change")

    def merged():
        head = team.commit("Change something")
        team.git("checkout", "-q", "--detach", "main")
        team.git("merge", "-q", "--no-ff", "-m", "Merge", head)
        payload = {
            "pull_request": {
                "number": 7,
                "head": {"sha": head, "repo": {"full_name": "bank/credit"}},
                "base": {"sha": base, "ref": "main", "repo": {"full_name": "bank/credit"}},
            }
        }
        event = team.folder.parent / "event.json"
        event.write_text(json.dumps(payload))
        in_actions(monkeypatch, event)
        return head

    assert base != head
    return merged


def in_actions(monkeypatch, event):
    for name, value in {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_REPOSITORY": "bank/credit",
    }.items():
        monkeypatch.setenv(name, value)


def told(team):
    return read_verdict(team.folder / ".ci-mlops" / "verdict.json")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda config: config.unlink(),
        lambda config: [file.unlink() for file in config.parent.iterdir() if file.is_file()],
        lambda config: config.write_text("model: ["),
        lambda config: config.write_text(
            config.read_text().replace("model: loans", "model: gifts") + "x: 1\n"
        ),
    ],
    ids=["deleted", "all deleted", "broken", "renamed and broken"],
)
def test_the_name_is_bases_and_the_change_is_told(team, pull_request, monkeypatch, spoil):
    spoil(team.folder / "ci-mlops.yml")
    head = pull_request()
    code = door(["validate"], monkeypatch)
    verdict = told(team)

    assert code == verdict.exit_code == 2
    assert (verdict.model, verdict.task) == ("loans", "classification")
    assert (verdict.change.event, verdict.change.number, verdict.change.head) == ("pull_request", 7, head)


def test_without_base_the_name_is_that_of_the_change(team, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(team.folder.parent))
    (team.folder / ".git").rename(team.folder.parent / "gone")
    (team.folder / "ci-mlops.lock").write_text("version = ")
    code = door(["validate"], monkeypatch)

    assert code == 4
    assert (told(team).model, told(team).change.event) == ("loans", "local")


@pytest.mark.parametrize("command", ["validate", "judge", "train", "predict", "register"])
def test_a_payload_that_can_not_be_read_is_a_setting_to_mend(team, monkeypatch, capfd, command):
    event = team.folder.parent / "event.json"
    event.write_text("{")
    in_actions(monkeypatch, event)
    code = door([command], monkeypatch)
    said = capfd.readouterr().err

    assert code == 2
    assert "payload can't be read" in said
    assert "GITHUB_EVENT_PATH" in said


def test_a_payload_that_can_not_be_read_is_told_in_the_verdict(team, monkeypatch):
    event = team.folder.parent / "event.json"
    event.write_text("{")
    in_actions(monkeypatch, event)
    door(["validate"], monkeypatch)
    verdict = told(team)

    assert (verdict.verdict, verdict.exit_code, verdict.error.exit_code) == ("not_evaluated", 2, 2)
    assert verdict.change is None
    assert datetime.fromisoformat(verdict.evaluated_at).tzinfo == UTC


@pytest.mark.parametrize("broken", [True, False], ids=["never opened", "opened"])
def test_what_could_not_be_evaluated_names_the_config_to_run_it_again(team, monkeypatch, broken):
    text = (team.folder / "ci-mlops.yml").read_text() + ("x: 1\n" if broken else "")
    (team.folder / "loans.yml").write_text(text)
    (team.folder / "train.py").write_text("raise SystemExit(3)\n")
    team.commit("Judge by a config of another name")
    code = door(["validate", "--config", "loans.yml"], monkeypatch)
    verdict = told(team)

    assert code == verdict.exit_code == (2 if broken else 6)
    assert verdict.policy.path == "loans.yml"
    assert "ci-mlops validate --config loans.yml" in validate_again(verdict)
    report = (team.folder / ".ci-mlops" / "report.md").read_text()
    assert "**Rules**: `loans.yml`" in report
    assert "**Champion**" not in report
