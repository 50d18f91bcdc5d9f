"""The outer lock: who must agree to a change of policy, pins and workflow."""

import pytest

from ci_mlops.errors import PlatformFailed
from ci_mlops.flows.doctor.outer_lock import judge_rules
from ci_mlops.flows.doctor.owners import Owners, is_owned, parse_owners
from tests.flows.doctor.patients import one, seen
from tests.flows.rules import found_rules

FILES = "ci-mlops.yml @risk\nci-mlops.lock @risk\n/.github/ @risk\n"


@pytest.fixture
def team(tmp_path):
    team = found_rules(tmp_path)
    team.write(".github/workflows/gate.yml", "on: push\njobs: {a: {steps: [{uses: ci-mlops/ci-mlops@v1}]}}\n")
    return team


@pytest.mark.parametrize(
    ("path", "pattern", "owned"),
    [
        ("ci-mlops.yml", "*", True),
        ("a/b/ci-mlops.yml", "*", True),
        ("a/ci-mlops.yml", "*.yml", True),
        ("a/ci-mlops.yml", "/ci-mlops.yml", False),
        ("a/ci-mlops.yml", "ci-mlops.yml", True),
        (".github/workflows/x.yml", "/.github/", True),
        (".github/workflows/x.yml", ".github", True),
        (".github/workflows/x.yml", ".github/*", False),
        (".github/workflows/x.yml", ".github/**", True),
        (".github/workflows/x.yml", "**/workflows/", True),
        (".github/workflows/x.yml", "/workflows/", False),
        ("models/a/ci-mlops.lock", "models/**/ci-mlops.lock", True),
        ("models/ci-mlops.lock", "models/**/ci-mlops.lock", True),
        ("ci-mlops.yml", "ci-mlops.yaml", False),
        ("xci-mlops.yml", "ci-mlops.yml", False),
        ("apps/github", "apps/", True),
        ("my apps/x", "my apps/", True),
    ],
)
def test_a_pattern_covers_what_github_says_it_covers(path, pattern, owned):
    assert is_owned(path, pattern) is owned


def test_the_last_line_that_matches_decides():
    owners = Owners(
        path="CODEOWNERS",
        lines=tuple(parse_owners(["* @all # everything", "# a remark", "*.yml @risk", "/open.yml", "!x @y"])),
    )

    assert owners.of("a.yml").owners == ("@risk",)
    assert owners.of("a.py").owners == ("@all",)
    assert owners.of("open.yml").owners == ()
    assert owners.of("open.yml").number == 4


def test_without_owners_anybody_may_change_the_policy(team):
    check = one(team, "outer_lock", "outer_lock.owners")

    assert check.status == "warning"
    assert ".github/workflows/gate.yml" in check.mend


def test_every_file_of_the_lock_needs_an_owner(team):
    team.write(".github/CODEOWNERS", FILES)
    assert one(team, "outer_lock", "outer_lock.owners").status == "ok"

    team.write(".github/CODEOWNERS", f"{FILES}ci-mlops.lock\n")
    check = one(team, "outer_lock", "outer_lock.owners")
    assert check.status == "warning"
    assert check.where == ".github/CODEOWNERS:4"
    assert "takes its owners away" in check.what


def test_the_owners_file_itself_is_part_of_the_lock(team):
    team.write("CODEOWNERS", FILES)
    check = one(team, "outer_lock", "outer_lock.owners")

    assert check.what == "CODEOWNERS has no owner: no line matches it."


def test_without_a_token_the_rules_are_not_looked_at_and_that_is_said(team):
    check = one(team, "outer_lock", "outer_lock.rules")

    assert check.status == "not_tried"
    assert "no token" in check.what


def rule(kind, **parameters):
    return {"type": kind, "parameters": parameters}


REVIEWED = rule("pull_request", require_code_owner_review=True)
GATED = rule("required_status_checks", required_status_checks=[{"context": "ci-mlops/gate/loans"}])


@pytest.mark.parametrize(
    ("rules", "statuses"),
    [
        ([REVIEWED, GATED], ["ok", "ok"]),
        ([GATED], ["warning", "ok"]),
        ([rule("pull_request", require_code_owner_review=False), GATED], ["warning", "ok"]),
        ([REVIEWED], ["ok", "warning"]),
        ([], ["warning", "warning"]),
        ([{"type": "deletion"}], ["warning", "warning"]),
    ],
)
def test_rules_bind_owners_and_the_gate(rules, statuses):
    checks = list(judge_rules(rules, "main", "ci-mlops/gate/loans"))

    assert [check.status for check in checks] == statuses
    assert all(check.mend for check in checks if check.status == "warning")


@pytest.mark.parametrize("required", ["Model gate", "model / Model gate", "Last"])
def test_the_last_job_alone_is_not_enough_where_a_fork_may_colour_it(required):
    rules = [rule("required_status_checks", required_status_checks=[{"context": required}])]
    found = list(judge_rules(rules, "main", "ci-mlops/gate/loans", {"Last"}))[-1]

    assert found.status == "warning"
    assert f"requires the check `{required}` alone" in found.what
    assert "the status `ci-mlops/gate/loans` too" in found.mend


def test_the_rules_are_asked_of_the_repository_that_origin_names(team):
    team.git("remote", "add", "origin", "git@github.com:acme/credit.git")
    asked = []

    def rules(repository, branch):
        asked.append((repository, branch))
        return [REVIEWED, GATED]

    found = seen(team, "outer_lock", rules=rules, environ={})

    assert asked == [("acme/credit", "main")]
    assert found["outer_lock.status"][0].status == "ok"


def test_where_a_workflow_finds_its_models_the_one_status_of_the_run_is_to_be_required(team):
    team.write(
        ".github/workflows/gate.yml",
        "on: pull_request\njobs:\n  find:\n    steps:\n"
        "      - {uses: ci-mlops/ci-mlops@v1, with: {command: find}}\n",
    )

    def status(required):
        rules = [rule("required_status_checks", required_status_checks=[{"context": required}])]
        return one(
            team,
            "outer_lock",
            "outer_lock.status",
            rules=lambda *_: rules,
            environ={"GITHUB_REPOSITORY": "acme/credit"},
        )

    assert status("ci-mlops/gate").status == "ok"
    assert "require the status `ci-mlops/gate`." in status("ci-mlops/gate/loans").mend


def test_a_platform_that_does_not_answer_is_no_problem_of_the_project(team):
    def rules(repository, branch):
        raise PlatformFailed("GitHub can't be reached", mend="Later.")

    check = one(
        team, "outer_lock", "outer_lock.rules", rules=rules, environ={"GITHUB_REPOSITORY": "acme/credit"}
    )

    assert check.status == "not_tried"
    assert "can't be reached" in check.what
