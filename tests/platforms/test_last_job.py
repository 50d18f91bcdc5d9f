"""The last job's command for several models, as the action calls it: a process of its own, against a fake GitHub."""

import json
import os
import subprocess
import sys

import pytest

from ci_mlops.report.codec import write_verdict
from tests.fakes.github import READ_ONLY, Token
from tests.flows.test_gate import verdict
from tests.platforms.conftest import BASE, HEAD, PULL_REQUEST

CELL = {"config": "a/ci-mlops.yml", "name": "a", "folder": "a"}


@pytest.fixture
def gate(fake, tmp_path):
    """`gate(needs, model=verdict)`: exit code, what was said, and the statuses in order."""
    (tmp_path / "event.json").write_text(json.dumps(PULL_REQUEST))
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "ci-mlops.yml").write_text("model: a\n")

    def end(find, model, **verdicts):
        for name, one in verdicts.items():
            place = tmp_path / "verdicts" / name / "verdict.json"
            place.parent.mkdir(parents=True)
            write_verdict(place, one)
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
            "GITHUB_REPOSITORY": fake.repository,
            "GITHUB_SERVER_URL": fake.server_url,
            "GITHUB_API_URL": fake.api_url,
            "GITHUB_TOKEN": "writer",
            "GITHUB_RUN_ID": "8",
            "GITHUB_WORKFLOW_REF": f"{fake.repository}/.github/workflows/ci-mlops.yml@{BASE}",
            "NEEDS": json.dumps({"find": find, "model": {"result": model, "outputs": {}}}),
        }
        command = [sys.executable, "-I", "-m", "ci_mlops.cli.gate", "--verdicts", "verdicts"]
        done = subprocess.run(
            command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False, timeout=60
        )
        said = [(one["context"], one["state"], one["description"]) for one in reversed(fake.statuses[HEAD])]
        return done.returncode, done.stdout + done.stderr, said

    return end


def found(*cells):
    return {"result": "success", "outputs": {"matrix": json.dumps(cells)}}


def test_a_verdict_that_nobody_asked_for_is_not_believed_and_the_runs_status_says_that_it_broke(gate):
    code, said, statuses = gate(found(CELL), "success", a=verdict(), other=verdict("other"))

    assert code == 4
    assert "which this run was not asked for" in said
    [(context, state, description)] = statuses
    assert (context, state) == ("ci-mlops/gate", "error")
    assert description.startswith("🔥 Not evaluated: there is a verdict on `other`")


def test_a_run_that_found_no_model_for_want_of_reading_them_speaks_of_none(gate, fake):
    code, _, statuses = gate({"result": "failure", "outputs": {}}, "skipped")

    assert code == 1
    assert statuses == [("ci-mlops/gate", "error", "🔥 Not evaluated: The job `find` failed.")]
    assert fake.comments[7] == []


def test_a_status_that_may_not_be_set_is_a_warning_and_the_exit_code_is_the_gates(gate, fake):
    fake.tokens["writer"] = Token(permissions=READ_ONLY)
    code, said, statuses = gate(found(), "skipped")

    assert (code, statuses) == (0, [])
    assert "::warning" in said
    assert "`statuses: write`" in said
