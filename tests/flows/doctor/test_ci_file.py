"""The CI file: events, depth, permissions, and whose it is."""

from pathlib import Path

import pytest

from tests.flows.doctor.patients import one, seen
from tests.flows.rules import found_rules

TEMPLATES = Path(__file__).parents[3] / "templates" / "github"
PLACE = ".github/workflows/gate.yml"


@pytest.fixture
def team(tmp_path):
    return found_rules(tmp_path)


def template(name="ci-mlops.yml"):
    text = (TEMPLATES / name).read_text()
    return text.replace("ci-mlops/ci-mlops@v0.1.0", "ci-mlops/ci-mlops@" + "a" * 40)


@pytest.mark.parametrize("name", ["ci-mlops.yml", "ci-mlops-isolated.yml"])
def test_our_own_templates_are_in_order(team, name):
    team.write(PLACE, template(name))
    found = [check for checks in seen(team, "ci_file").values() for check in checks]

    assert {check.status for check in found} == {"ok"}, found
    assert {check.name for check in found} == {"ci.events", "ci.depth", "ci.permissions", "ci.version"}


@pytest.mark.parametrize("name", ["isolated", "matrix", "caller", "branch"])
def test_every_template_has_what_it_needs(team, name):
    team.write(PLACE, template())
    team.write(".github/workflows/other.yml", template(f"ci-mlops-{name}.yml"))
    found = [check for checks in seen(team, "ci_file").values() for check in checks]

    assert {check.status for check in found} == {"ok"}, [check for check in found if check.status != "ok"]


@pytest.mark.parametrize("name", ["drill", "reproduce"])
def test_what_runs_by_the_clock_beside_the_gate_asks_for_no_more_rights(team, name):
    team.write(PLACE, template())
    team.write(".github/workflows/clock.yml", template(f"ci-mlops-{name}.yml"))
    found = [check for checks in seen(team, "ci_file").values() for check in checks]

    assert {check.status for check in found} == {"ok"}, found


FORKS = ".github/workflows/forks.yml"


def test_what_tells_of_forks_beside_the_gate_is_in_order(team):
    team.write(PLACE, template("ci-mlops-isolated.yml"))
    team.write(FORKS, template("ci-mlops-publish.yml"))
    found = [check for checks in seen(team, "ci_file").values() for check in checks]

    assert {check.status for check in found} == {"ok"}, found
    assert "ci.forks" in {check.name for check in found}


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (
            "          persist-credentials: false",
            "          ref: ${{ github.event.workflow_run.head_sha }}",
            "beside the right to write",
        ),
        (
            "          persist-credentials: false",
            "          repository: mallory/credit",
            "beside the right to write",
        ),
        ("command: publish-run", "command: validate", "runs `validate`"),
        ("command: publish-run", "command: publish", "runs `publish`"),
        ("  workflow_run:", "  pull_request_target:\n  workflow_run:", "what one may do"),
    ],
)
def test_code_of_a_change_beside_the_right_to_write_is_a_problem(team, old, new, what):
    text = template("ci-mlops-publish.yml")
    assert old in text
    team.write(PLACE, template("ci-mlops-isolated.yml"))
    team.write(FORKS, text.replace(old, new))
    problems = [check for check in seen(team, "ci_file")["ci.forks"] if check.status == "problem"]

    assert any(what in check.what for check in problems)


@pytest.mark.parametrize("lacking", ["actions: read", "statuses: write", "pull-requests: write"])
def test_a_right_that_telling_of_forks_needs_is_missed(team, lacking):
    text = template("ci-mlops-publish.yml")
    assert lacking in text
    team.write(PLACE, template("ci-mlops-isolated.yml"))
    team.write(FORKS, text.replace(lacking, f"{lacking.split(':')[0]}: none"))
    told = [check for check in seen(team, "ci_file")["ci.permissions"] if check.status != "ok"]

    assert any(lacking in check.what for check in told)


@pytest.mark.parametrize(
    ("old", "new", "name", "status", "what"),
    [
        ("fetch-depth: 2", "fetch-depth: 1", "ci.depth", "problem", "`fetch-depth` is 1"),
        ("          fetch-depth: 2", "          clean: true", "ci.depth", "problem", "`fetch-depth` is 1"),
        (
            "      statuses: write",
            "      id-token: none",
            "ci.permissions",
            "problem",
            "no `statuses: write`",
        ),
        ("contents: read", "contents: none", "ci.permissions", "problem", "no `contents: read`"),
        ("pull-requests: write", "pull-requests: read", "ci.permissions", "warning", "no comment is written"),
        ("actions: read", "actions: none", "ci.permissions", "warning", "not found again after the merge"),
        ("contents: read", "contents: write", "ci.permissions", "warning", "may write contents"),
        ("  pull_request:\n", "  pull_request_target:\n", "ci.events", "problem", "beside secrets"),
        (
            "    types: [opened",
            "    paths: [src]\n    types: [opened",
            "ci.paths",
            "problem",
            "blocks the merge for ever",
        ),
        ("  merge_group:\n", "", "ci.events", "warning", "merge queue"),
        (
            "persist-credentials: false",
            "persist-credentials: true",
            "ci.credentials",
            "warning",
            ".git/config",
        ),
        ("@" + "a" * 40, "@v0.0.1", "ci.version", "warning", "`v0.0.1`, which whoever owns it can move"),
    ],
)
def test_what_is_wrong_with_it_is_told(team, old, new, name, status, what):
    text = template()
    assert old in text
    team.write(PLACE, text.replace(old, new))
    checks = [check for check in seen(team, "ci_file")[name] if check.status == status]

    assert any(what in check.what for check in checks), checks
    assert all(check.mend and check.where.startswith(PLACE) for check in checks)


def test_permissions_that_nobody_names_are_not_taken_for_granted(team):
    lines = template().splitlines()
    start = lines.index("permissions: {}")
    at = lines.index("    permissions:")
    kept = [line for number, line in enumerate(lines) if number != start and not at <= number <= at + 4]
    team.write(PLACE, "\n".join(kept))

    unsaid, *said = seen(team, "ci_file")["ci.permissions"]
    assert unsaid.status == "warning"
    assert {check.status for check in said} == {"ok"}


@pytest.mark.parametrize("said", ["write-all", "read-all", "{}"])
def test_permissions_for_all_are_understood(team, said):
    text = template().replace("permissions: {}", f"permissions: {said}")
    at = text.index("    permissions:\n")
    team.write(PLACE, text[:at] + text[text.index("    steps:") :])
    found = {check.status for check in seen(team, "ci_file")["ci.permissions"]}

    assert ("problem" in found) == (said != "write-all")


def test_without_a_workflow_no_change_is_gated(team):
    assert one(team, "ci_file", "ci").status == "warning"
    team.write(".github/workflows/tests.yml", "on: push\njobs: {a: {steps: [{run: pytest}]}}\n")

    assert "no change is gated" in one(team, "ci_file", "ci").what


def test_a_command_in_a_step_of_the_teams_own_counts_as_ours(team):
    team.write(
        PLACE,
        "on: [pull_request, push, merge_group]\n"
        "permissions: {contents: read, statuses: write, pull-requests: write}\n"
        "jobs:\n  gate:\n    runs-on: self-hosted\n    steps:\n"
        "      - uses: actions/checkout@v4\n        with: {fetch-depth: 0, persist-credentials: false}\n"
        "      - run: |\n          pip install ci-mlops\n          ci-mlops validate --output out\n",
    )
    found = seen(team, "ci_file")

    assert {check.status for checks in found.values() for check in checks} == {"ok"}


def test_yaml_that_is_none_is_told_and_hides_nothing(team):
    team.write(".github/workflows/a.yml", "on: [\n")
    team.write(PLACE, template())
    found = seen(team, "ci_file")

    assert found["ci"][0].what.startswith(".github/workflows/a.yml can't be read")
    assert found["ci.events"][0].status == "ok"


def test_data_in_git_lfs_needs_a_checkout_that_fetches_it(team):
    team.write(".gitattributes", "data/*.csv filter=lfs diff=lfs merge=lfs -text\n")
    team.write(PLACE, template())

    assert "the checkout fetches its pointer alone" in one(team, "ci_file", "ci.lfs").what
    team.write(PLACE, template().replace("fetch-depth: 2", "lfs: true\n          fetch-depth: 2"))
    assert "ci.lfs" not in seen(team, "ci_file")
