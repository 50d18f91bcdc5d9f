"""Whose text a metric of the team's is: base's, whatever the change makes of the file."""

from hashlib import sha256

import pytest

from ci_mlops.errors import Problems
from ci_mlops.flows.judge import judge
from ci_mlops.flows.predict import predict
from ci_mlops.flows.train import train
from ci_mlops.records import Change
from ci_mlops.report import render
from tests.flows.rules import CONFIG, found_rules, with_share

METRIC = "metrics/mine.py:profit"
BASE = "def profit(truth, prediction, income):\n    return (prediction == truth) * income\n"
FLATTERING = "def profit(truth, prediction, income):\n    return (prediction == prediction) * 1e6\n"
OWN = (
    CONFIG.replace("id: loan}", "id: loan, columns: [income]}")
    .replace("metrics: [recall,", f'metrics: ["{METRIC}", recall,')
    .replace("max_regression: 0.05}", f"max_regression: 0.05}}\n  - {{metric: {METRIC}, max_regression: 2}}")
)


@pytest.fixture
def team(tmp_path):
    team = found_rules(tmp_path)
    team.git("checkout", "-q", "main")
    team.write("ci-mlops.yml", OWN)
    team.write("metrics/mine.py", BASE)
    team.commit("Count in money")
    team.git("checkout", "-q", "-B", "change")
    team.commit("Begin a change")
    return team


def told(team):
    project = team.project()
    train(team.tools, project, team.output)
    predict(team.tools, project, team.output)
    return judge(team.tools, project, team.output)


def gate_of(verdict):
    return next(gate for gate in verdict.gates if gate.metric == METRIC)


def test_a_gate_on_profit_blocks_a_model_that_loses_money(team):
    with_share(team, 1.5)
    verdict = told(team)
    report = render(verdict, "markdown")

    assert gate_of(verdict).status == "broken"
    assert gate_of(verdict).reason.startswith("profit is worse by")
    assert verdict.verdict == "blocked"
    assert [one.digest for one in verdict.custom_metrics] == [f"sha256:{sha256(BASE.encode()).hexdigest()}"]
    assert "| **`profit`" in report
    assert "`profit` in `metrics/mine.py` (`sha256:" in report
    assert (team.output / "logs" / "metric-profit.log").exists()


def test_a_change_that_edits_the_metric_is_judged_by_bases_and_the_reader_is_told(team):
    with_share(team, 0.9)
    before = told(team)
    team.write("metrics/mine.py", FLATTERING)
    team.commit("Count better")
    verdict = told(team)

    assert gate_of(verdict) == gate_of(before)
    assert verdict.custom_metrics == before.custom_metrics
    assert verdict.policy.edited
    (edit,) = verdict.policy.edits
    assert edit.startswith("metrics/mine.py: sha256:")
    assert verdict.policy.digest == before.policy.digest
    assert "This change also edits the gate policy" in render(verdict, "markdown")


def test_another_text_of_base_is_another_policy(team):
    before = team.project().policy_digest
    team.git("checkout", "-q", "main")
    team.write("metrics/mine.py", FLATTERING)
    team.commit("Count otherwise")
    team.git("checkout", "-q", "-B", "change")
    team.commit("Begin a change")

    assert team.project().policy_digest != before


def test_a_change_that_takes_the_file_away_or_breaks_it_is_refused_before_it_breaks_base(team):
    team.write("metrics/mine.py", "def profits(truth):\n    return 1.0\n")
    with pytest.raises(Problems) as renamed:
        team.project()
    team.git("rm", "-q", "-f", "metrics/mine.py")
    with pytest.raises(Problems) as removed:
        team.project()

    assert renamed.value.what == "metrics/mine.py has no function `profit` at its top"
    assert renamed.value.mend == "Did you mean `metrics/mine.py:profits`?"
    assert renamed.value.where == "ci-mlops.yml:11"
    assert removed.value.what == f"there is no file metrics/mine.py, which `{METRIC}` names"


def test_a_base_that_lacks_the_file_says_that_it_is_base(team):
    team.git("checkout", "-q", "main")
    team.git("rm", "-q", "metrics/mine.py")
    team.commit("Lose the metric")
    team.git("checkout", "-q", "-B", "change")
    team.write("metrics/mine.py", BASE)
    team.commit("Find the metric again")
    with pytest.raises(Problems) as broken:
        team.project()

    assert "(base, " in broken.value.where
    assert "If it is the base branch that is broken" in broken.value.mend


def test_the_change_that_brings_the_first_config_has_its_own_code_judge_nothing(tmp_path):
    team = found_rules(tmp_path)
    team.git("checkout", "-q", "main")
    team.git("rm", "-q", "ci-mlops.yml", "ci-mlops.lock")
    base = team.commit("No gate yet")
    team.git("checkout", "-q", "-B", "change")
    team.write("ci-mlops.yml", OWN)
    team.write("metrics/mine.py", BASE)
    team.pin()
    head = team.commit("Bring a gate")
    mine = told(team)
    team.platform.told = Change(
        platform="github", event="pull_request", head=head, base=base, base_ref="main"
    )
    theirs = told(team)

    assert gate_of(mine).candidate is not None
    assert gate_of(theirs).candidate is None
    assert "the base branch has none yet: measured once this is merged" in gate_of(theirs).reason
    assert (theirs.custom_metrics, theirs.exit_code) == ((), 0)
    assert theirs.rows == mine.rows
