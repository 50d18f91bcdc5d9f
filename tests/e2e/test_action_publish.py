"""`command: publish` through the action, under act: the part that needs no training."""

import json

import pytest

from ci_mlops.records import Change, Contender, Counted, Tool, Verdict
from ci_mlops.report.codec import write_verdict
from tests.e2e.conftest import READS
from tests.fakes.github import FakeGitHub

pytestmark = pytest.mark.e2e

WORKFLOW = """\
on: [pull_request, merge_group]
permissions: {}
jobs:
  publish:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v7
      - id: gate
        uses: ci-mlops/ci-mlops@v0.1.0
        with: {command: COMMAND, output: out}
      - if: always()
        env: {SAID: "${{ toJSON(steps.gate.outputs) }}"}
        run: echo "$SAID" > "$STORE"
"""
PUBLISH = WORKFLOW.replace("COMMAND", "publish")


@pytest.fixture
def proposed(team):
    proposed = team.propose({"note.txt": "x"})
    verdict = Verdict(
        model="credit",
        task="classification",
        verdict="passed",
        reason="all rules hold",
        exit_code=0,
        candidate=Contender(origin="trained", commit=proposed.head, label="This PR"),
        change=Change(platform="github", event="pull_request", head=proposed.head, number=7),
        rows=Counted(compared=500),
        fingerprint="ab" * 32,
        tool=Tool(version="0.1.0"),
    )
    (proposed.folder / "out").mkdir()
    write_verdict(proposed.folder / "out" / "verdict.json", verdict)
    return proposed


def test_a_verdict_is_posted_once_and_then_left_alone(act, fake, proposed, tmp_path):
    first = act(proposed, workflow=PUBLISH)
    second = act(proposed, workflow=PUBLISH)

    assert (first.exit_code, second.exit_code) == (0, 0), first.log
    [comment] = fake.comments[7]
    assert "credit" in first.summary
    outputs = json.loads((tmp_path / "store").read_text())
    assert outputs["verdict"] == "passed"
    assert outputs["exit-code"] == "0"
    assert outputs["comment-url"] == comment["html_url"]
    assert outputs["fingerprint"] == "ab" * 32
    assert outputs["report-path"] == "out/report.md"


def test_a_read_only_token_is_a_warning_that_names_the_permission(act, fake, proposed):
    ran = act(proposed, workflow=PUBLISH, token=READS)

    assert ran.exit_code == 0
    assert not any(fake.comments.values())
    warned = " ".join(line["arg"] for line in ran.commands("warning"))
    assert "`pull-requests: write`" in warned
    assert "`statuses: write`" in warned


def test_a_github_that_is_not_there_ends_with_9_after_the_summary(act, proposed):
    with FakeGitHub() as gone:
        address = gone.api_url
    # asked again and again for twenty seconds: no other test of this waits so long
    ran = act(proposed, workflow=PUBLISH, GITHUB_API_URL=address)

    assert (ran.exit_code, ran.gate) == (1, 9), ran.log
    assert "can't be reached" in ran.log
    assert "credit" in ran.summary


def test_an_unknown_command_is_refused_before_anything_is_installed(act, proposed):
    ran = act(proposed, workflow=WORKFLOW.replace("COMMAND", "'validate; touch PWN'"), CI_MLOPS_HOME="")

    # act may lose the last line of a step that ends at once, so the words are not asked for
    assert (ran.exit_code, ran.gate) == (1, 2), ran.log
    assert list(proposed.folder.rglob("PWN")) == []
