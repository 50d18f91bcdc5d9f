from dataclasses import replace

import pytest

from ci_mlops.records import ChangedPart, PolicySource
from ci_mlops.report import render
from ci_mlops.report.causes import where_it_comes_from
from ci_mlops.report.inline import to_markdown
from ci_mlops.report.places import policy_place
from tests.report import verdicts


def part(word, champion, candidate):
    return ChangedPart(part=word, champion=champion, candidate=candidate, changed=champion != candidate)


def test_what_changed_is_told_in_words_and_the_rest_as_the_same():
    parts = (
        part("data.train", "sha256:" + "9c" * 32, "sha256:" + "e2" * 32),
        part(
            "run", '{"path":"model","run":"python train.py"}', '{"path":"model","run":"python train.py -v"}'
        ),
        part("parameters", "{}", '{"depth":8,"loss":null}'),
        part("environment", "sha256:" + "51" * 32, "sha256:" + "51" * 32),
        part("mood", "good", ""),
    )
    comment = render(replace(verdicts.passed(), changed=parts), "github")

    assert (
        "changes</b>: training data, training command, parameters, mood. Environment unchanged</summary>"
        in comment
    )
    assert "| Training data | `sha256:9c9c9c9c…` | `sha256:e2e2e2e2…` |" in comment
    assert (
        "| Training command | `path` `model`, `run` `python train.py` | `path` `model`, `run` `python train.py -v` |"
        in comment
    )
    assert "| Parameters | none | `depth` 8 |" in comment
    assert "| Environment | `sha256:51515151…` | same |" in comment
    assert "| Mood | good | none |" in comment


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ('{"capture":{},"run":"make"}', "`capture`, `run` `make`"),
        ('{"capture":{"variable":"best"},"run":"make"}', "`capture` `variable` `best`, `run` `make`"),
        (
            '{"digest":"sha256:' + "9c" * 32 + '","uri":"model.onnx"}',
            "`digest` `sha256:9c9c9c9c…`, `uri` `model.onnx`",
        ),
    ],
)
def test_how_a_model_is_obtained_is_told_part_by_part(value, shown):
    comment = render(replace(verdicts.passed(), changed=(part("run", value, "null"),)), "github")

    assert f"| Training command | {shown} | none |" in comment


@pytest.mark.parametrize("value", ["{broken", '{"a": [1, {"b": 2}]}', '{"@everyone": "| x"}'])
def test_settings_of_any_shape_are_shown_as_they_are(value):
    comment = render(replace(verdicts.passed(), changed=(part("parameters", value, "{}"),)), "github")

    assert "| Parameters | `" in comment


@pytest.mark.parametrize(
    ("source", "branch", "expected"),
    [
        ("a41c9e2f" + "0" * 32, "main", "`main` at `a41c9e2`"),
        ("a41c9e2f" + "0" * 32, "", "commit `a41c9e2`"),
        ("working tree", "main", "working tree"),
        ("--config rules.yml", "", "--config rules.yml"),
    ],
)
def test_the_policy_is_told_by_branch_and_commit(source, branch, expected):
    v = verdicts.passed()
    placed = replace(v, policy=PolicySource(source=source), change=replace(v.change, base_ref=branch))

    assert to_markdown(policy_place(placed)).replace("`", "") == expected.replace("`", "")


def test_a_slice_that_holds_most_of_the_loss_is_named():
    assert to_markdown(where_it_comes_from(verdicts.blocked())).replace("\u00a0", " ") == (
        "**Where it comes from:** slice `region = north` holds 14 of the 17 extra misses, with 511 of the 2 140 rows. "
        "This change touches code and training data."
    )


def test_a_slice_that_holds_no_more_than_its_share_is_not_blamed():
    v = verdicts.blocked()
    everywhere = replace(v.measurements[0], slice="country=one", rows=2100, events=213)
    code_only = (part("code", "a", "b"),)

    assert (
        where_it_comes_from(replace(v, measurements=(v.measurements[0], everywhere), changed=code_only)) == ""
    )


def test_everything_that_was_left_out_is_told_with_its_reason():
    comment = render(verdicts.compared(), "github")

    assert "<summary><b>Left out</b>: 1, each with its reason</summary>" in comment
    assert "- `log_loss`: needs scores, and `candidate.csv` has predictions only" in comment


@pytest.mark.parametrize(
    ("isolation", "said"), [("process", "not against malice"), ("job", "jobs of their own")]
)
def test_the_report_says_how_far_the_judge_was_apart(isolation, said):
    assert said in render(replace(verdicts.passed(), isolation=isolation), "github")


def test_what_is_not_known_of_the_champion_is_neither_changed_nor_the_same():
    unknown = ChangedPart(part="code", champion="", candidate="sha256:" + "9c" * 32, changed=None)
    parts = (unknown, part("data.test", "a", "a"))
    v = replace(verdicts.blocked(), changed=parts)
    comment = render(v, "github")

    assert "changes</b>: nothing that is known. Test data unchanged. Not known: code</summary>" in comment
    assert "| Code | unknown | `sha256:9c9c9c9c…` |" in comment
    assert "touches" not in where_it_comes_from(v)
