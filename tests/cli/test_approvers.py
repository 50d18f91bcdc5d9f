"""Whom the CI asked: of this run, and of an earlier one that judged what is merged now."""

import pytest

from ci_mlops.cli.wiring import approvers_of
from ci_mlops.errors import PlatformFailed
from tests.fakes.azure import FakeAzure
from tests.fakes.azure_approvals import wait_for
from tests.fakes.github import FakeGitHub


def test_github_is_asked_of_this_run_or_of_the_earlier_one():
    def review(login, environment):
        return {"state": "approved", "user": {"login": login}, "environments": [{"name": environment}]}

    with FakeGitHub() as fake:
        fake.approvals_of = {100: [review("ada", "model-waiver")], 101: [review("bob", "production")]}
        environ = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": fake.api_url,
            "GITHUB_REPOSITORY": fake.repository,
            "GITHUB_RUN_ID": "101",
            "GITHUB_TOKEN": "writer",
        }

        assert approvers_of(environ, "production") == ["bob"]
        assert approvers_of(environ, "model-waiver", "100") == ["ada"]
        assert approvers_of(environ, "model-waiver") == []


def test_azure_is_asked_of_this_stage_or_of_the_earlier_runs_waiver():
    with FakeAzure() as fake:
        wait_for(fake, 100, "waive", "Ada")
        wait_for(fake, 101, "promote", "Bob")
        wait_for(fake, 102, "waive")
        environ = fake.variables(BUILD_BUILDID="101", SYSTEM_STAGENAME="promote")

        assert approvers_of(environ, "production") == ["`Bob`"]
        assert approvers_of(environ, "model-waiver", "100") == ["`Ada`"]
        assert list(approvers_of(environ, "model-waiver", "102")) == []


def test_on_a_laptop_there_is_nobody_to_ask():
    with pytest.raises(PlatformFailed, match="no CI around us"):
        approvers_of({}, "production")
