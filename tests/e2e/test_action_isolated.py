"""The isolated template: three jobs that hand over files, and only the last may write."""

import pytest

from tests.e2e.conftest import ROOT
from tests.e2e.team import BETTER, train_on

pytestmark = pytest.mark.e2e

ISOLATED = ROOT / "templates" / "github" / "ci-mlops-isolated.yml"


def test_three_jobs_end_with_one_comment_that_says_so(act, fake, team):
    proposed = team.propose(train_on(BETTER))
    ran = act(proposed, workflow=ISOLATED)

    assert ran.exit_code == 0, ran.log
    assert ran.results == {"train": "success", "predict": "success", "judge": "success"}
    [comment] = fake.comments[7]
    assert comment["body"].startswith("### ✅ Model gate passed")
    assert "solation: job" in ran.summary
    assert fake.statuses[proposed.head][0]["state"] == "success"


def test_training_that_fails_blocks_the_gate_and_is_not_shown_as_a_rejection(act, fake, team):
    proposed = team.propose({"train.py": "raise SystemExit(3)\n"})
    ran = act(proposed, workflow=ISOLATED)

    assert ran.exit_code == 1
    assert ran.results["judge"] == "failure"
    assert fake.statuses[proposed.head][0]["state"] == "error"
    assert fake.comments[7][0]["body"].startswith("### 🔥")
