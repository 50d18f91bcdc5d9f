"""A reader of verdict.json alone can hold every rule again, and comes to the same end."""

from ci_mlops.evaluation.gates import hold
from ci_mlops.evaluation.outcome import rule_on
from ci_mlops.evaluation.waive import waive
from ci_mlops.flows.validate import validate
from ci_mlops.records import Comparison
from ci_mlops.report import render
from ci_mlops.report.codec import decode, encode
from tests.flows.rules import found_rules, with_share

CONFIG_ADDED = """\
  - {metric: accuracy, slice: "*", min: 0.99, severity: warn}
  - {metric: brier, max: 0.01}
waivers:
  - {metric: brier, reason: not calibrated yet, until: 2026-12-31}
"""


def test_the_verdict_holds_all_that_it_was_judged_by(tmp_path):
    team = found_rules(tmp_path)
    team.git("checkout", "-q", "main")
    team.replace(
        "ci-mlops.yml", "id: loan", "id: loan, slices: [debt], overlap: tell, worn_out: 9, group: income"
    )
    team.write("ci-mlops.yml", (team.folder / "ci-mlops.yml").read_text() + CONFIG_ADDED)
    team.commit("More rules")
    team.git("checkout", "-q", "-B", "change")
    with_share(team, 0.65)
    judged = validate(team.tools, team.project(), team.output)

    read = decode(encode(judged))
    rules = read.policy.rules
    assert read.rows is not None
    comparison = Comparison(
        rows=read.rows, identical=read.identical, measurements=read.measurements, slices=read.slices
    )
    gates, uses = waive(hold(comparison, rules).gates, rules, read.evaluated_at[:10])

    assert gates == read.gates
    assert len(gates) > 10
    assert uses == read.waivers
    assert rule_on(gates).exit_code == read.exit_code
    assert rule_on(gates).reason == read.reason
    assert (rules.cost.false_negative, rules.overlap, rules.worn_out, rules.group) == (
        500,
        "tell",
        9,
        "income",
    )
    assert (rules.floor, read.policy.level, read.policy.power) == (20, 0.95, 0.8)
    assert read.policy.digest.startswith("sha256:")
    assert "at least 20 events for a decision; test rows that a training holds are told" in render(
        read, "markdown"
    )
