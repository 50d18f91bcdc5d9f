"""The scheduled drill, from the clock to the run's summary."""

import pytest

from tests.e2e.conftest import ROOT
from tests.e2e.team import CONFIG

pytestmark = pytest.mark.e2e

DRILL = ROOT / "templates" / "github" / "ci-mlops-drill.yml"
# a model that the drill can ask about other rows, which a `predict` command is not
TRAIN = """\
from pathlib import Path

import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression

rows = pd.read_csv("data/train.csv")
Path("model").mkdir(exist_ok=True)
joblib.dump(LogisticRegression().fit(rows[["income"]], rows["paid"]), "model/model.joblib")
"""


def test_a_drill_tells_its_table_in_the_summary_and_fails_where_the_model_breaks_its_own_rule(
    act, fake, team
):
    out_of_reach = CONFIG.replace("{metric: recall, min: 0.3}", "{metric: recall, min: 0.999}")
    asked_by_us = "".join(line for line in out_of_reach.splitlines(keepends=True) if "predict:" not in line)
    merged = team.merge({"ci-mlops.yml": asked_by_us, "train.py": TRAIN})
    ran = act(merged, "workflow_dispatch", workflow=DRILL, payload={})

    assert (ran.exit_code, ran.gate) == (1, 1), ran.log
    assert ran.summary.startswith("### ❌ Drill of `credit`: what is no worse than the champion is stopped: ")
    assert "'The champion itself'" in ran.summary.splitlines()[0]
    assert "| ✅ | Answers dealt to other rows |" in ran.summary
    assert "| ✅ | Without `income` |" in ran.summary
    assert "The model of this checkout" in ran.summary
    assert not any(fake.comments.values())
