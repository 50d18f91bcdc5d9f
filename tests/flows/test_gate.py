"""The last job: what each combination of results before it comes to. docs/github.md shows this table."""

import json

import pytest

from ci_mlops.errors import BadConfig, BadData
from ci_mlops.flows.gate import Needed, rule
from ci_mlops.flows.last_word import Handed, confirmed, read_handed, read_needs
from ci_mlops.platforms.local import Local
from ci_mlops.records import Change, Tool, Verdict
from ci_mlops.report.codec import read_verdict, write_verdict

PULL_REQUEST = Change(platform="github", event="pull_request", number=7)


def job(result, **outputs):
    return Needed(result=result, outputs=outputs)


ISOLATED = {name: job("success") for name in ("begin", "train", "predict")}
WAIVED = {"waive": job("success")}
ASKED_IN_VAIN = {"waive": job("failure")}
FOUND = {"find": job("success", matrix='[{"config": "a/ci-mlops.yml", "name": "a"}]')}


@pytest.mark.parametrize(
    ("needed", "passes", "is_told"),
    [
        ({"validate": job("success", verdict="passed")}, True, True),
        ({"validate": job("success", verdict="not_applicable")}, True, True),
        ({"validate": job("success", verdict="passed"), "waive": job("skipped")}, True, True),
        ({"validate": job("failure", verdict="blocked")}, False, True),
        ({"validate": job("failure", verdict="blocked"), **WAIVED}, True, True),
        ({"validate": job("failure", verdict="blocked"), **ASKED_IN_VAIN}, False, True),
        ({"validate": job("failure", verdict="not_evaluated")}, False, True),
        ({"validate": job("failure")}, False, False),
        ({"validate": job("success")}, False, False),
        ({"validate": job("cancelled")}, False, False),
        ({"validate": job("cancelled"), **WAIVED}, False, False),
        ({"validate": job("skipped")}, False, False),
        ({"validate": job("odd")}, False, False),
        ({"validate": job("success", story="wait")}, False, True),
        ({**ISOLATED, "judge": job("success", verdict="passed")}, True, True),
        ({**ISOLATED, "begin": job("failure"), "judge": job("success", verdict="passed")}, True, True),
        (
            {**ISOLATED, "train": job("failure"), "judge": job("failure", verdict="not_evaluated")},
            False,
            True,
        ),
        ({**ISOLATED, "train": job("failure"), "judge": job("success", verdict="passed")}, False, False),
        ({**ISOLATED, "predict": job("cancelled"), "judge": job("skipped")}, False, False),
        ({**ISOLATED, "judge": job("skipped")}, False, False),
        (
            {"begin": job("success", story="wait"), "train": job("skipped"), "judge": job("skipped")},
            False,
            True,
        ),
        ({**FOUND, "model": job("success")}, True, True),
        ({**FOUND, "model": job("failure", verdict="passed")}, False, True),
        ({**FOUND, "model": job("skipped")}, False, False),
        ({"find": job("success", matrix="[]"), "model": job("skipped")}, True, True),
        ({"find": job("failure"), "model": job("skipped")}, False, False),
        ({"begin": job("success")}, False, False),
        ({}, False, False),
    ],
)
def test_nothing_but_a_judges_own_success_or_a_waiver_passes(needed, passes, is_told):
    ruling = rule(needed)

    assert (ruling.passes, ruling.is_told) == (passes, is_told), ruling.reason
    assert ruling.reason.endswith(".")


def verdict(model="a", **more):
    return Verdict(
        model=model,
        task="classification",
        verdict="passed",
        reason="all rules hold",
        **{"exit_code": 0, "tool": Tool(version="0"), **more},
    )


def test_a_matrix_that_succeeded_passes_only_with_a_verdict_for_each_of_its_models():
    needed = {**FOUND, "model": job("success")}
    ruling = rule(needed)
    with_it = Handed(models=(), verdicts=(verdict(),))
    without = Handed(models=(), verdicts=())
    blocked = Handed(models=(), verdicts=(verdict(exit_code=1),))

    assert confirmed(PULL_REQUEST, ruling, needed, with_it).passes
    assert not confirmed(PULL_REQUEST, ruling, needed, without).passes
    assert not confirmed(PULL_REQUEST, ruling, needed, blocked).passes
    assert confirmed(PULL_REQUEST, ruling, {**needed, **WAIVED}, without).passes


def test_what_somebody_asks_of_a_branch_passes_no_gate_of_its_pull_request():
    needed = {"validate": job("success", verdict="passed")}
    branch = Change(platform="github", event="branch", base_ref="main")

    ruling = confirmed(branch, rule(needed), needed, Handed(models=(), verdicts=()))
    assert (ruling.passes, ruling.is_told) == (False, True)


def test_what_the_ci_tells_of_the_jobs_is_read_or_refused():
    text = json.dumps(
        {"judge": {"result": "success", "outputs": {"verdict": "passed"}}, "train": {"result": "skipped"}}
    )

    assert read_needs(text) == {"judge": job("success", verdict="passed"), "train": job("skipped")}
    for broken in (
        "",
        "[]",
        "7",
        '{"judge": null}',
        '{"judge": {}}',
        '{"judge": {"result": "x", "outputs": 7}}',
    ):
        with pytest.raises(BadConfig, match="can't be read"):
            read_needs(broken)


@pytest.fixture
def handed(tmp_path):
    """`handed(needed, model=verdict, ...)`: what lies in the artifacts of that name."""
    (tmp_path / "ci-mlops.yml").write_text("model: a\n")

    def read(needed, **verdicts):
        for name, one in verdicts.items():
            place = tmp_path / "verdicts" / name / "verdict.json"
            place.parent.mkdir(parents=True)
            write_verdict(place, one)
        return read_handed(Local(), needed, tmp_path / "ci-mlops.yml", tmp_path / "verdicts")

    return read


def test_the_verdict_of_the_judge_is_known_by_its_digest(handed, tmp_path):
    write_verdict(tmp_path / "judged.json", verdict())
    sealed = read_verdict(tmp_path / "judged.json").verdict_digest
    found = handed({"judge": job("failure", **{"verdict-digest": sealed})}, one=verdict())

    assert [one.model for one in found.verdicts] == ["a"]


def test_a_verdict_that_another_job_uploaded_is_refused(handed):
    with pytest.raises(BadData, match="not the verdict that the judge's job came to"):
        handed({"judge": job("failure", **{"verdict-digest": "sha256:" + "0" * 64})}, one=verdict())


@pytest.mark.parametrize("verdicts", [{"one": verdict("b")}, {"one": verdict(), "two": verdict()}])
def test_a_verdict_that_nobody_asked_for_is_refused(handed, verdicts):
    with pytest.raises(BadData, match="which this run was not asked for, or two of them"):
        handed({"validate": job("failure")}, **verdicts)
