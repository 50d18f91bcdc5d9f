"""The scheduled drill, from the clock to the run's summary."""

import pytest

from tests.e2e.conftest import ROOT
from tests.e2e.team import CONFIG

pytestmark = pytest.mark.e2e

DRILL = ROOT / "templates" / "github" / "ci-mlops-drill.yml"


def test_a_drill_tells_its_table_in_the_summary_and_fails_where_the_model_breaks_its_own_rule(
    act, fake, team
):
    out_of_reach = CONFIG.replace("{metric: recall, min: 0.3}", "{metric: recall, min: 0.999}")
    merged = team.merge({"ci-mlops.yml": out_of_reach})
    ran = act(merged, "workflow_dispatch", workflow=DRILL, payload={})

    assert (ran.exit_code, ran.gate) == (1, 1), ran.log
    assert ran.summary.startswith("### ❌ Drill of `credit`: what is no worse than the champion is stopped: ")
    assert "'The champion itself'" in ran.summary.splitlines()[0]
    assert "| ✅ | Answers dealt to other rows |" in ran.summary
    assert "| ✅ | Without `income` |" in ran.summary
    assert "The model of this checkout" in ran.summary
    assert not any(fake.comments.values())
