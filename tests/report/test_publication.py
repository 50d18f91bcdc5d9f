from dataclasses import replace

import pytest

from ci_mlops.records import Change, Failure
from ci_mlops.report import seal
from ci_mlops.report.publication import annotations, description, publication, state
from tests.report import verdicts


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("passed", "success"),
        ("blocked", "failure"),
        ("undecided", "failure"),
        ("undecided_allowed", "success"),
        ("first_report", "not_applicable"),
        ("no_change", "not_applicable"),
        ("not_evaluated", "error"),
    ],
)
def test_the_state_tells_a_rejection_from_a_failure_to_evaluate(name, expected):
    assert state(verdicts.ALL[name]()) == expected


def test_a_broken_rule_points_at_its_line_and_an_edited_policy_at_its_file():
    found = annotations(verdicts.blocked())

    assert [(a.level, a.file, a.line, a.title) for a in found] == [
        ("error", "ci-mlops.yml", 21, "Model gate blocked"),
        ("warning", "ci-mlops.yml", 1, "Gate policy edited"),
    ]
    assert found[0].message == (
        "recall on defaults: at most 2\u00a0pp below champion: worse by at least 3.1\u00a0pp"
    )


def test_what_could_not_be_evaluated_points_at_its_cause_and_tells_the_mend():
    (found,) = annotations(verdicts.not_evaluated())

    assert (found.level, found.file, found.line) == ("error", "ci-mlops.yml", 9)
    assert found.title == "Model gate could not evaluate"
    assert "Run `python train.py`" in found.message


@pytest.mark.parametrize(
    "where", ["", "data/test.csv", ":7", "ci-mlops.yml:", "x:99999999999", "https://x.example:80"]
)
def test_a_place_without_a_line_is_no_place_in_a_file(where):
    lost = replace(verdicts.not_evaluated(), error=Failure(what="x", where=where, mend="", exit_code=4))
    (found,) = annotations(lost)

    assert (found.file, found.line) in [("", None), ("https://x.example", 80)]


def test_never_more_than_three_annotations_and_the_policy_is_one_of_them():
    v = verdicts.blocked()
    many = replace(v, gates=tuple(replace(v.gates[1], where=f"ci-mlops.yml:{at}") for at in range(9)))

    assert [a.title for a in annotations(many)] == ["Model gate blocked"] * 2 + ["Gate policy edited"]


def test_a_passed_verdict_annotates_nothing():
    assert annotations(verdicts.passed()) == ()


@pytest.mark.parametrize("name", verdicts.ALL)
def test_a_description_fits_into_a_commit_status(name):
    told = description(replace(verdicts.ALL[name](), model="m" * 200, reason="r" * 200))

    assert len(told) <= 140
    assert "\n" not in told


def test_a_publication_holds_the_outputs_that_a_workflow_asks_for():
    verdict = seal(verdicts.passed())
    told = publication(verdict)

    assert told.outputs == {
        "verdict": "passed",
        "exit-code": "0",
        "reason": "Model gate passed: credit-default may be merged",
        "model": "credit-default",
        "model-digest": "sha256:" + "ab" * 32,
        "champion": "v7",
        "fingerprint": "sha256:" + "cd" * 32,
        "verdict-digest": verdict.verdict_digest,
    }


def test_the_comment_carries_the_run_that_says_it_not_the_run_that_judged():
    later = Change(
        platform="github",
        event="other",
        head="ab" * 20,
        run_id="9000",
        run_attempt=3,
        workflow="w/--> x.yml@main",
    )
    told = publication(verdicts.passed(), change=later)

    assert told.key == "w/--> x.yml@main"
    assert told.comment.rstrip().endswith(
        "<!-- ci-mlops:report:v1 model=credit-default key=w%2F--%3E%20x.yml%40main run=9000.3 sha="
        + "ab" * 20
        + " -->"
    )


def test_the_platform_reads_the_marker_that_the_report_writes():
    marker = pytest.importorskip("ci_mlops.platforms.marker", exc_type=ImportError)
    told = publication(verdicts.passed())

    assert marker.read_marker(told.comment) == (marker.marker_of(told, verdicts.CHANGE).thread, (8817, 1))
