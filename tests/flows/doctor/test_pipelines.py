"""The pipeline of Azure: our templates, at which tag, or steps of the team's own."""

from pathlib import Path

import pytest

from tests.flows.doctor.patients import one, seen
from tests.flows.rules import found_rules

AZURE = Path(__file__).parents[3] / "templates" / "azure"
PLACE = "azure-pipelines-ci-mlops.yml"


@pytest.fixture
def team(tmp_path):
    return found_rules(tmp_path)


@pytest.mark.parametrize("name", ["azure-pipelines.yml", "azure-pipelines-isolated.yml"])
def test_our_own_callers_are_in_order(team, name):
    team.write(PLACE, (AZURE / name).read_text())
    found = seen(team, "ci_file")

    assert {name: [check.status for check in checks] for name, checks in found.items()} == {
        "ci.version": ["ok"],
        # branch policies are seen by whoever has a token alone
        "ci.events": ["not_tried"],
    }
    assert "ci-mlops init azure --policies" in found["ci.events"][0].mend


@pytest.mark.parametrize("name", ["drill", "promote", "passport", "reproduce"])
def test_what_no_change_waits_for_is_asked_for_no_events(team, name):
    team.write(f".azure-pipelines/{name}.yml", (AZURE / f"azure-pipelines-{name}.yml").read_text())

    assert set(seen(team, "ci_file")) == {"ci.version"}


@pytest.mark.parametrize(
    ("old", "new", "name", "status", "what"),
    [
        ("refs/tags/v0.1.0", "refs/heads/main", "ci.version", "warning", "moves with every push"),
        ("      ref: refs/tags/v0.1.0\n", "", "ci.version", "warning", "the default branch"),
        ("refs/tags/v0.1.0", "refs/tags/v0.0.9", "ci.version", "warning", "those of v0.0.9"),
        ("@mlops", "@tools", "ci.templates", "problem", "is called `tools`"),
        ("- repository: mlops", "- repository: other", "ci.templates", "problem", "No repository resource"),
        ("  batch:", "  paths: {include: [src]}\n  batch:", "ci.paths", "problem", "never starts"),
    ],
)  # fmt: skip
def test_what_is_changed_for_the_worse_is_told(team, old, new, name, status, what):
    text = (AZURE / "azure-pipelines.yml").read_text()
    assert old in text
    team.write(PLACE, text.replace(old, new))
    check = one(team, "ci_file", name)

    assert (check.status, check.where) == (status, PLACE)
    assert what in check.what


OWN = """\
trigger: none
steps:
  - checkout: self
    fetchDepth: 1
    persistCredentials: true
  - bash: ci-mlops validate && ci-mlops publish .ci-mlops/verdict.json
"""


def test_steps_of_the_teams_own_are_held_to_the_same(team):
    team.write("azure-pipelines.yml", OWN)
    found = seen(team, "ci_file")

    assert {name: checks[0].status for name, checks in found.items()} == {
        "ci.permissions": "warning",
        "ci.depth": "problem",
        "ci.credentials": "warning",
        "ci.events": "warning",
    }
    assert "nothing is registered" in found["ci.events"][0].what


def test_a_pipeline_that_is_no_yaml_is_told(team):
    team.write(PLACE, "ci-mlops: [\n")

    assert one(team, "ci_file", "ci").status == "warning"


def test_a_pipeline_that_knows_nothing_of_us_counts_for_none(team):
    team.write("azure-pipelines.yml", "steps: [{bash: make test}]\n")

    assert "no change is gated" in one(team, "ci_file", "ci").what


def test_who_guards_the_policy_is_asked_for_by_path(team):
    team.write(PLACE, (AZURE / "azure-pipelines.yml").read_text())
    check = one(team, "outer_lock", "outer_lock.reviewers")

    assert check.status == "not_tried"
    assert check.mend.endswith(f"required, for /ci-mlops.yml; /ci-mlops.lock; /{PLACE}.")
