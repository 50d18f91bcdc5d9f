"""A waiver of the base branch lets a broken rule pass for a while; one of the change itself lets nothing pass."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ci_mlops.errors import TrainingFailed
from ci_mlops.flows.standing import Today, why_judge_again
from ci_mlops.flows.validate import validate
from ci_mlops.report import render
from tests.flows.rules import found_rules, with_share

# the clock of these tests stands at 2026-01-01
WAIVER = (
    'waivers:\n  - {metric: accuracy, limit: min, reason: "the scanner is replaced", until: %s, by: Ada}\n'
)


def found(tmp_path, *, base="", change=""):
    """A change that breaks the rule on accuracy."""
    team = found_rules(tmp_path)
    config = (team.folder / "ci-mlops.yml").read_text()
    team.git("checkout", "-q", "main")
    config = config.replace("{metric: recall, max_regression: 0.05}", "{metric: recall, max_regression: 0.9}")
    team.write("ci-mlops.yml", config + base)
    team.commit("Rules")
    team.git("checkout", "-q", "-B", "change")
    team.write("ci-mlops.yml", config + base + change)
    with_share(team, 3)
    return team


def judged(team, today=None):
    tools = (
        team.tools
        if today is None
        else replace(team.tools, now=lambda: datetime.fromisoformat(today).replace(tzinfo=UTC))
    )
    return validate(tools, team.project(), team.output)


def test_a_broken_rule_passes_with_the_waiver_of_base_and_says_so(tmp_path):
    team = found(tmp_path, base=WAIVER % "2026-12-31")

    verdict = judged(team)

    assert (verdict.verdict, verdict.exit_code) == ("passed", 0)
    assert verdict.reason == "1 of 2 rules hold; 1 waived."
    broken = verdict.gates[1]
    assert (broken.status, broken.blocks, broken.waiver.until, broken.waiver.by) == (
        "broken",
        False,
        "2026-12-31",
        "Ada",
    )
    assert [(use.status, use.gates) for use in verdict.waivers] == [("used", 1)]
    report = render(verdict, "markdown")
    assert "Model gate passed with 1 waiver" in report
    assert "Waived until 2026-12-31 by `Ada`: accuracy, `min`. The scanner is replaced." in report
    assert "🔓" in report

    # the verdict stands no longer than what it stands on
    today = Today(
        fingerprint=verdict.fingerprint,
        champion=None,
        test=verdict.pins["test"],
        policy=verdict.policy.digest,
    )
    assert why_judge_again(verdict, replace(today, day="2026-12-31")) == ""
    assert (
        why_judge_again(verdict, replace(today, day="2027-01-01"))
        == "a waiver that it passed with has expired"
    )

    late = judged(team, "2027-01-01")
    assert (late.verdict, late.exit_code, late.waivers[0].status) == ("blocked", 1, "expired")
    assert "The waiver of accuracy, `min` expired after 2026-12-31 and does nothing" in render(
        late, "markdown"
    )


def test_a_waiver_that_the_change_writes_has_no_effect_and_is_told(tmp_path):
    verdict = judged(found(tmp_path, change=WAIVER % "2026-12-31"))

    assert (verdict.verdict, verdict.exit_code, verdict.waivers) == ("blocked", 1, ())
    assert (
        "waivers.accuracy.min: none -> until 2026-12-31 by Ada: the scanner is replaced"
        in verdict.policy.edits
    )
    assert "A waiver applies after it is merged." in render(verdict, "markdown")


def test_what_could_not_be_evaluated_is_waived_by_nothing(tmp_path):
    team = found(tmp_path, base=WAIVER % "2026-12-31")
    team.write("score.py", "raise SystemExit(1)\n")
    team.commit("Break the scoring")

    with pytest.raises(TrainingFailed):
        judged(team)
