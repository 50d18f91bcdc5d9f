"""A verdict.json posted through the door, on GitHub behind its fake."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace

import pytest

from ci_mlops.errors import BadData, PlatformFailed
from ci_mlops.flows.artifact import artifact_name
from ci_mlops.flows.publish import publish
from ci_mlops.platforms.local import Local
from ci_mlops.records import Change, Contender, Counted, Tool, Verdict
from ci_mlops.report.codec import write_verdict
from tests.fakes.github import FakeGitHub

HEAD = "3f2c7d0" + "0" * 33
VERDICT = Verdict(
    model="credit-default",
    task="classification",
    verdict="passed",
    reason="all rules hold",
    exit_code=0,
    candidate=Contender(origin="trained", commit=HEAD, label="This PR"),
    change=Change(platform="github", event="pull_request", head=HEAD, number=7),
    rows=Counted(compared=2140),
    fingerprint="ab" * 32,
    tool=Tool(version="0.1.0"),
)


@pytest.fixture
def verdict_file(tmp_path):
    write_verdict(tmp_path / "verdict.json", VERDICT)
    return tmp_path / "verdict.json"


@pytest.fixture
def run(tmp_path, verdict_file):
    """`ci-mlops publish` as CI starts it; returns what ended, and the outputs by name."""
    event = tmp_path / "event.json"
    pull = {"number": 7, "head": {"sha": HEAD}, "base": {"ref": "main"}}
    event.write_text(json.dumps({"pull_request": pull}))

    def run(address, token="writer", **more):
        environ = {
            "PATH": os.environ["PATH"],
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_REPOSITORY": FakeGitHub.repository,
            "GITHUB_RUN_ID": "8",
            "GITHUB_API_URL": address,
            "GITHUB_TOKEN": token,
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
            "GITHUB_OUTPUT": str(tmp_path / "output"),
            **more,
        }
        return subprocess.run(
            [
                sys.executable,
                "-c",
                "from ci_mlops.cli.main import main; main()",
                "publish",
                str(verdict_file),
            ],
            env={**environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def outputs(tmp_path):
    text = (tmp_path / "output").read_text()
    return {name: value for name, _, value in re.findall(r"(?m)^([a-z-]+)<<(.+)\n((?:.*\n)*?)\2$", text)}


def told(ended):
    """For people: what the runner is told, and that it is to be deaf in between, left out."""
    return [line for line in ended.stderr.splitlines() if line and not line.startswith("::")]


def test_one_comment_one_status_a_summary_and_outputs(run, tmp_path):
    with FakeGitHub() as fake:
        ended = run(fake.api_url)

    assert ended.returncode == 0, ended.stderr
    [comment] = fake.comments[7]
    assert "credit-default" in comment["body"]
    assert fake.statuses[HEAD][0]["context"] == "ci-mlops/gate/credit-default"
    assert "credit-default" in (tmp_path / "summary.md").read_text()
    found = outputs(tmp_path)
    assert found["verdict"] == "passed\n"
    assert found["exit-code"] == "0\n"
    assert found["comment-url"] == comment["html_url"] + "\n"
    assert found["artifact"] == "ci-mlops-" + "ab" * 8 + "\n"
    assert found["report-path"].endswith("/report.md\n")
    assert told(ended) == ["status: set", f"comment: created ({comment['html_url']})"]


def test_the_comment_that_the_renderer_signed_carries_one_marker_only(run):
    with FakeGitHub() as fake:
        run(fake.api_url)

    assert fake.comments[7][0]["body"].count("<!-- ci-mlops:report:v1") == 1


def test_a_read_only_token_ends_with_0_and_warnings_that_name_the_permissions(run, tmp_path):
    with FakeGitHub() as fake:
        ended = run(fake.api_url, token="reader")

    assert ended.returncode == 0
    warned = [line for line in (ended.stdout + ended.stderr).splitlines() if line.startswith("::warning ")]
    assert len(warned) == 2
    assert "`statuses: write`" in warned[0]
    assert "`pull-requests: write`" in warned[1]
    assert "warning: The commit status was not set" in ended.stderr
    assert (tmp_path / "summary.md").exists()


def test_outside_ci_it_ends_with_9_and_says_what_to_do(run):
    ended = run("", GITHUB_ACTIONS="")

    assert ended.returncode == 9
    assert "ci-mlops report" in ended.stderr


def test_nothing_but_a_verdict_is_posted(run, verdict_file):
    verdict_file.write_text("{}")
    with FakeGitHub() as fake:
        ended = run(fake.api_url)

    assert ended.returncode == 4
    assert fake.seen == []


def test_the_story_announces_before_it_fails(verdict_file):
    class Deaf(Local):
        said = ()

        def announce(self, publication):
            self.said = (*self.said, publication)

    platform = Deaf()
    with pytest.raises(PlatformFailed):
        publish(platform, VERDICT, verdict_file)

    assert [said.model for said in platform.said] == ["credit-default"]


def test_a_verdict_without_a_fingerprint_names_no_artifact(verdict_file):
    class Quiet(Local):
        outputs = ()

        def announce(self, publication):
            self.outputs = publication.outputs

    platform = Quiet()
    with pytest.raises(PlatformFailed):
        publish(platform, replace(VERDICT, fingerprint=None), verdict_file)

    assert platform.outputs["artifact"] == ""


@pytest.mark.parametrize("fingerprint", ["", "../x", "g" * 64, "ab" * 31, "ab" * 32 + "\n"])
def test_what_is_no_fingerprint_names_no_artifact(fingerprint):
    with pytest.raises(BadData, match="no fingerprint"):
        artifact_name(fingerprint)
