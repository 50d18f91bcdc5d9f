"""What the base branch says of pull requests holds, and what a change says of itself does not."""

import pytest

from ci_mlops.cli.judging import reach
from ci_mlops.config.glance import Glance
from ci_mlops.errors import BadConfig, BadData, TrainingFailed
from ci_mlops.flows.activity import SKIP_LABEL
from ci_mlops.flows.begin import begin
from ci_mlops.flows.glimpse import glimpse
from ci_mlops.flows.handed import Handed
from ci_mlops.flows.validate import validate
from ci_mlops.flows.waive import waive
from ci_mlops.records import Change, Published, Tool, Verdict
from ci_mlops.report import render
from ci_mlops.report.codec import decode, encode
from tests.flows.loans import Told
from tests.flows.rules import found_rules, with_share

LABELLED = {"labels": (SKIP_LABEL,)}


class Heard(Told):
    """A platform that keeps what it is told to say."""

    def __init__(self, change, url=""):
        super().__init__(change)
        self.said = []

    def announce(self, publication):
        """Nothing of what these stories announce is looked at."""

    def publish(self, publication):
        self.said.append(publication)
        return Published(comment="created", status="set")


def proposed(tmp_path, *, base="", change="", **told):
    """A pull request on a base whose config also says `base`; the change's own says `change` too."""
    team = found_rules(tmp_path)
    config = (team.folder / "ci-mlops.yml").read_text()
    team.git("checkout", "-q", "main")
    team.write("ci-mlops.yml", config + base)
    before = team.commit("Rules")
    team.git("checkout", "-q", "-B", "change")
    if change:
        team.write("ci-mlops.yml", config + change)
    head = with_share(team, 3)
    about = {"platform": "github", "event": "pull_request", "number": 7, "head": head, "base": before}
    team.platform = Heard(Change(**{**about, **told}))
    return team


def judged(team):
    return reach(
        team.tools,
        team.folder / "ci-mlops.yml",
        team.output,
        None,
        lambda project: validate(team.tools, project, team.output),
    )


def test_a_label_that_base_allows_skips_without_training_and_says_what_the_merge_does(tmp_path):
    team = proposed(tmp_path, base="pull_request: {skip_label: allow}\n", **LABELLED)
    verdict = judged(team)

    assert (verdict.verdict, verdict.exit_code) == ("not_applicable", 0)
    assert verdict.reason == "Skipped by the label `ci-mlops:skip`"
    assert [(skip.what, skip.reason) for skip in verdict.skips] == [
        ("evaluation", "skipped by the label `ci-mlops:skip`")
    ]
    report = render(verdict, "github")
    assert report.startswith("### ⚪ Model gate not applicable. Skipped by the label `ci-mlops:skip`")
    assert "judged on the default branch before anything is registered" in report
    assert verdict.fingerprint is None
    assert team.trainings() == 0


@pytest.mark.parametrize("change", ["", "pull_request: {skip_label: allow}\n"])
def test_a_label_that_base_does_not_allow_changes_nothing_and_is_told(tmp_path, change):
    team = proposed(tmp_path, change=change, **LABELLED)
    verdict = judged(team)

    assert (verdict.verdict, verdict.exit_code) == ("blocked", 1)
    assert "carries the label `ci-mlops:skip`" in verdict.notices[0]
    assert "The pull request carries the label `ci-mlops:skip`" in render(verdict, "github")
    assert verdict.policy.edited is bool(change)


def test_a_change_that_adds_the_config_can_not_allow_itself_to_be_skipped(tmp_path):
    team = found_rules(tmp_path)
    config = (team.folder / "ci-mlops.yml").read_text()
    team.git("checkout", "-q", "main")
    team.git("rm", "-q", "ci-mlops.yml")
    before = team.commit("No model yet")
    team.git("checkout", "-q", "-B", "change")
    team.write("ci-mlops.yml", f"{config}pull_request: {{skip_label: allow}}\n")
    head = team.commit("A model")
    team.platform = Heard(Change(platform="github", event="pull_request", head=head, base=before, **LABELLED))

    assert judged(team).reason.startswith("First report")


def test_where_a_verdict_is_told_travels_with_it_also_where_nothing_could_be_evaluated(tmp_path):
    team = proposed(tmp_path, base="pull_request: {comment: one}\nreport: {pictures: false}\n")

    def fails(project):
        raise TrainingFailed("it broke", where="train.run")

    verdict = judged(team)
    assert (verdict.comment, verdict.pictures) == ("one", False)
    assert decode(encode(verdict)).pictures is False
    assert reach(team.tools, team.folder / "ci-mlops.yml", team.output, None, fails).comment == "one"


def test_a_glimpse_takes_name_and_settings_from_base(tmp_path):
    said = "pull_request: {drafts: wait}\n"
    team = proposed(tmp_path, base=said)
    team.replace("ci-mlops.yml", "model: loans", "model: other")
    seen = glimpse(team.platform.change(), team.folder / "ci-mlops.yml")

    assert (seen.model, seen.drafts) == ("loans", "wait")
    # a clone that lacks base: the change's own name is better than none
    lost = Change(platform="github", event="pull_request", head="0" * 40, base="1" * 40)
    team.write("ci-mlops.yml", "model: other\npull_request: {skip_label: allow}\n")
    own = glimpse(lost, team.folder / "ci-mlops.yml")
    assert (own.model, own.skip_label) == ("other", "refuse")
    assert glimpse(lost, team.folder / "gone" / "ci-mlops.yml").model == "gone"


@pytest.mark.parametrize(
    ("base", "told", "several", "said"),
    [
        ("", {}, False, [("loans", "pending", "### ⏳ Evaluating")]),
        ("pull_request: {comment: none}\n", {}, False, [("loans", "pending", "")]),
        ("pull_request: {comment: one}\n", {}, True, [("loans", "pending", "")]),
        (
            "pull_request: {comment: one}\n",
            {},
            False,
            [("loans", "pending", ""), ("", "pending", "### ⏳ Evaluating")],
        ),
        ("pull_request: {drafts: wait}\n", {"draft": True}, False, [("loans", "pending", "### ⏳ A")]),
        ("", {"draft": True}, False, [("loans", "pending", "### ⏳ Evaluating")]),
        ("", {"closed": True}, False, []),
        ("", {"event": "push"}, False, []),
    ],
)
def test_a_beginning_is_said_where_base_wants_it(tmp_path, base, told, several, said):
    team = proposed(tmp_path, base=base, **told)
    begin(team.platform, (team.folder / "ci-mlops.yml",), several=several)

    assert [
        (one.model, one.state, " ".join(one.comment.split()[: 3 if one.comment else 0]))
        for one in team.platform.said
    ] == said


def verdict(outcome, code):
    return Verdict(
        model="loans",
        task="classification",
        verdict=outcome,
        reason="why",
        exit_code=code,
        tool=Tool(version="0"),
    )


def handed(*verdicts, models=("loans",)):
    return Handed(models=tuple(Glance(model=model) for model in models), verdicts=verdicts)


def test_a_waiver_is_told_with_who_gave_it_and_is_none_without(tmp_path):
    platform = Heard(Change(platform="github", event="pull_request", number=7))
    by = waive(platform, handed(verdict("blocked", 1)), ["ada", "ada"], "model-waiver")

    assert by == "ada in the environment model-waiver"
    assert [(one.state, one.comment.splitlines()[0]) for one in platform.said] == [
        ("success", "### 🟠 Waived: this change may be merged all the same")
    ]
    with pytest.raises(BadConfig, match="asks for no reviewers"):
        waive(platform, handed(verdict("blocked", 1)), [], "model-waiver")
    lost = handed(verdict("blocked", 1), models=("loans", "cards"))
    for nothing in (handed(), handed(verdict("passed", 0)), handed(verdict("not_evaluated", 6)), lost):
        with pytest.raises(BadData):
            waive(platform, nothing, ["ada"], "model-waiver")
    assert len(platform.said) == 1
