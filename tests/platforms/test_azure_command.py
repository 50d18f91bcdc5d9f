"""`ci-mlops publish` as a step of a pipeline runs it: real process, real verdict."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from ci_mlops.report.codec import write_verdict
from tests.report.verdicts import blocked


@pytest.fixture
def run(devops, tmp_path):
    file = tmp_path / "verdict.json"
    write_verdict(file, replace(blocked(), fingerprint="ab" * 32))

    def ran(**variables):
        told = {**devops.variables(AGENT_TEMPDIRECTORY=str(tmp_path)), **variables}
        before = file.read_bytes()
        ended = subprocess.run(
            [sys.executable, "-m", "ci_mlops.cli", "publish", str(file)],
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home"), **told},
            capture_output=True,
            text=True,
            check=False,
        )
        # whatever the platform does, the verdict stands
        assert file.read_bytes() == before
        # the agent reads both, and obeys what it finds in either
        return ended.returncode, (ended.stdout + ended.stderr).splitlines()

    return ran


def test_a_blocked_verdict_is_told_everywhere_and_the_command_ends_well(devops, run):
    code, lines = run()

    assert code == 0
    assert "##vso[task.setvariable variable=verdict;isOutput=true;]blocked" in lines
    assert "##vso[task.setvariable variable=exit_code;isOutput=true;]1" in lines
    assert lines.count("##vso[build.addbuildtag]ci-mlops-blocked") == 1
    [thread] = devops.threads
    assert f"##vso[task.setvariable variable=comment_url;isOutput=true;]{devops.collection_url}" in "\n".join(
        lines
    )
    assert thread["comments"][0]["content"].startswith("### ❌ Model gate blocked")
    assert thread["status"] == "active"
    assert [one["state"] for one in devops.statuses[1]] == ["failed"]


def test_a_token_that_may_only_read_ends_well_with_warnings_on_the_run(devops, run):
    code, lines = run(SYSTEM_ACCESSTOKEN="reader")
    warned = [line for line in lines if line.startswith("##vso[task.logissue type=warning;]")]

    assert code == 0
    assert len(warned) == 2
    assert all("Contribute to pull requests" in line for line in warned)
    assert devops.threads == []
