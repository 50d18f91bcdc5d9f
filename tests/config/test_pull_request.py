"""`pull_request:`, by whoever judges and at a glance."""

import pytest

from ci_mlops.config import parse_config, policy_digest, policy_edits
from ci_mlops.config.glance import Glance, glance
from ci_mlops.errors import Problems

BASE = """\
model: credit
task: classification
data:
  train: train.csv
  test: {path: test.csv, target: paid, id: customer}
"""


def with_section(text):
    return f"{BASE}pull_request: {text}\n"


def test_nothing_said_is_each_judge_and_refuse():
    settings = parse_config(BASE).on_pull_requests()

    assert (settings.comment, settings.drafts, settings.skip_label) == ("each", "judge", "refuse")


def test_an_edit_is_an_edit_of_the_policy_and_what_is_the_default_changes_no_digest():
    base, same = parse_config(BASE), parse_config(with_section("{comment: each, skip_label: refuse}"))
    head = parse_config(with_section("{comment: none, skip_label: allow, drafts: wait}"))

    assert policy_digest(base) == policy_digest(same)
    assert policy_edits(base, same) == ()
    assert policy_edits(base, head) == (
        "pull_request.comment: each -> none",
        "pull_request.drafts: judge -> wait",
        "pull_request.skip_label: refuse -> allow",
    )


@pytest.mark.parametrize(
    ("text", "what", "where"),
    [
        (
            "{comment: all}",
            "`comment` must be `each`, `one` or `none`",
            "ci-mlops.yml:6 pull_request.comment",
        ),
        ("{drafts: yes}", "`drafts` must be `judge` or `wait`", "ci-mlops.yml:6 pull_request.drafts"),
        ("{skip_labels: allow}", "unknown key `skip_labels`", "ci-mlops.yml:6 pull_request.skip_labels"),
        ("wait", "`pull_request` must be a mapping", "ci-mlops.yml:6 pull_request"),
    ],
)
def test_a_slip_is_told_with_its_place(text, what, where):
    with pytest.raises(Problems) as failed:
        parse_config(with_section(text))

    [problem] = failed.value.problems
    assert what in problem.what
    assert problem.where == where


def test_a_glance_sees_the_same_without_pydantic():
    assert glance(with_section("{comment: one, drafts: wait, skip_label: allow}")) == Glance(
        model="credit", comment="one", drafts="wait", skip_label="allow"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "model: [a]",
        "- a",
        "model: !!python/name:os.system",
        "pull_request: 7",
        "{",
        "pull_request: {comment: 7}",
    ],
)
def test_a_glance_at_what_is_broken_sees_what_holds_without_it(text):
    assert glance(text) == Glance()
