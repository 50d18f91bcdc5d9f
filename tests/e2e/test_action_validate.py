"""The workflow that a team copies, from the event to the comment, on shallow clones."""

import pytest

from tests.e2e.conftest import READS, ROOT, payload_of
from tests.e2e.team import BETTER, CONFIG, WORSE, train_on

pytestmark = pytest.mark.e2e

SIMPLE = (ROOT / "templates/github/ci-mlops.yml").read_text()


def gate(fake, proposed):
    """The newest commit status."""
    status = fake.statuses[proposed.head][0]
    assert status["context"] == "ci-mlops/gate/credit"
    return status["state"]


def test_opened_makes_one_comment_and_a_worse_push_updates_it_and_blocks(act, fake, team):
    opened = team.propose(train_on(BETTER))
    first = act(opened)

    assert first.exit_code == 0, first.log
    [comment] = fake.comments[7]
    assert comment["body"].startswith("### ✅ Model gate passed")
    assert gate(fake, opened) == "success"
    assert first.outputs["verdict"] == "passed"

    pushed = team.propose(train_on(WORSE))
    second = act(pushed)

    assert (second.exit_code, second.gate) == (1, 1), second.log
    [same] = fake.comments[7]
    assert same["id"] == comment["id"]
    assert same["body"].startswith("### ❌ Model gate blocked")
    assert gate(fake, pushed) == "failure"
    for told in (same["body"], second.summary):
        assert "ccuracy" in told.splitlines()[0]
        assert "**Isolation**: process" in told
    [error] = second.commands("error")[:1]
    assert error["kvPairs"]["file"] == "ci-mlops.yml"
    assert CONFIG.splitlines()[int(error["kvPairs"]["line"]) - 1].strip().startswith("- {metric: accuracy")
    assert "ccuracy" in error["arg"]


def test_a_read_only_token_of_a_fork_keeps_the_exit_code_and_is_told_of_once(act, fake, team):
    proposed = team.propose(train_on(WORSE))
    ran = act(proposed, token=READS, payload=payload_of(proposed, "pull_request", fork=True))

    assert (ran.exit_code, ran.gate) == (1, 1), ran.log
    assert not any(fake.comments.values())
    assert ran.summary.startswith("### ❌ Model gate blocked")
    [warned] = ran.commands("warning")
    assert "runs from a fork a token that may only read" in warned["arg"]


EVIL = """\
import os, pathlib, sys
print("::error title=forged::forged", flush=True)
print("::set-output name=verdict::passed", flush=True)
print("::add-mask::credit", flush=True)
print("::stop-commands::mine", flush=True)
print("::mine::", flush=True)
# past us: the very pipes that the runner reads, of every process below it
ancestor, reached = os.getpid(), 0
while pathlib.Path(f"/proc/{ancestor}/comm").read_text() != "act\\n":
    for number in (1, 2):
        try:
            with open(f"/proc/{ancestor}/fd/{number}", "w") as pipe:
                pipe.write("::error title=forged::forged past us\\n##[error]forged\\n")
                reached += 1
        except OSError:
            pass
    ancestor = int(pathlib.Path(f"/proc/{ancestor}/stat").read_text().rpartition(")")[2].split()[1])
print("reached", reached, flush=True)
secrets = [name for name in os.environ if name.startswith(("GITHUB_", "ACTIONS_", "RUNNER_"))]
pathlib.Path("leaked.txt").write_text(" ".join(secrets) + " ghs_writes" * ("ghs_writes" in str(os.environ)))
print("leaked:", secrets, flush=True)
"""

GROUPS = ["Train the champion", "Train the candidate", "Ask the champion", "Ask the candidate"]


def test_what_a_stranger_writes_is_text_everywhere(act, fake, team):
    """Title, printed commands and planted modules: none of them does anything."""
    shadow = "raise SystemExit('shadowed')\n"
    files = {
        "train.py": EVIL + train_on(WORSE)["train.py"],
        "click.py": shadow,
        "msgspec.py": shadow,
        "ci_mlops/__init__.py": shadow,
    }
    proposed = team.propose(files)
    ran = act(proposed, payload=payload_of(proposed, "pull_request", title="x $(touch PWN) `touch PWN`"))

    assert (ran.exit_code, ran.gate) == (1, 1), ran.log
    assert ran.outputs["verdict"] == "blocked"
    assert not any("forged" in line["arg"] for line in ran.commands("error"))
    assert ran.commands("add-mask") == []
    assert "leaked: []" in ran.log
    assert ran.log.count("forged past us") > 2
    assert [line["arg"] for line in ran.commands("group")] == GROUPS
    assert len(ran.commands("endgroup")) == len(GROUPS)
    assert list(proposed.folder.rglob("PWN")) == []
    assert "credit" in fake.comments[7][0]["body"]


def test_training_that_fails_is_told_as_not_evaluated_whatever_verdict_lay_around(act, fake, team):
    proposed = team.propose({"train.py": "raise SystemExit(3)\n"})
    stale = proposed.folder / ".ci-mlops" / "verdict.json"
    stale.parent.mkdir()
    stale.write_text("{}")
    ran = act(proposed)

    assert ran.gate == 6, ran.log
    assert ran.outputs["verdict"] == "not_evaluated"
    assert fake.comments[7][0]["body"].startswith("### 🔥")
    assert gate(fake, proposed) == "error"


def test_a_change_that_brings_a_hand_over_of_its_own_is_refused(act, fake, team):
    proposed = team.propose({".ci-mlops/predictions/candidate.parquet": "mine", ".gitignore": "model/\n"})
    ran = act(proposed)

    assert ran.gate == 2, ran.log
    assert "where the hand-over goes" in ran.commands("error")[0]["kvPairs"]["title"]
    assert fake.seen == []


def test_a_merge_queue_gets_the_status_and_no_comment(act, fake, team):
    proposed = team.propose(train_on(BETTER))
    ran = act(proposed, "merge_group")

    assert ran.exit_code == 0, ran.log
    assert gate(fake, proposed) == "success"
    assert not any(fake.comments.values())


def test_a_clone_without_the_base_says_which_line_to_change(act, fake, team):
    ran = act(team.propose(train_on(BETTER), depth=1))

    assert ran.gate == 2, ran.log
    assert "fetch-depth: 2" in ran.log
    assert fake.statuses


def test_a_push_elsewhere_does_nothing(act, fake, team):
    proposed = team.propose(train_on(BETTER))
    payload = {**payload_of(proposed, "push"), "ref": "refs/heads/feature"}
    ran = act(
        proposed, "push", payload=payload, workflow=SIMPLE.replace("branches: [main]", "branches: ['**']")
    )

    assert ran.exit_code == 0, ran.log
    assert "because models are registered from the default branch only" in ran.log
    assert fake.seen == []
