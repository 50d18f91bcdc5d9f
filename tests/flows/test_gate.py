"""The last job: what each combination of results before it comes to. docs/github.md shows this table."""

import json

import pytest

from ci_mlops.config.glance import Glance
from ci_mlops.errors import BadConfig, BadData
from ci_mlops.flows.gate import Needed, rule
from ci_mlops.flows.handed import Handed, read_handed, read_needs
from ci_mlops.flows.last_word import confirmed, say_the_rest
from ci_mlops.platforms.local import Local
from ci_mlops.records import Change, Published, Tool, Verdict
from ci_mlops.report.codec import read_verdict, write_verdict
from tests.flows.loans import Told

PULL_REQUEST = Change(platform="github", event="pull_request", number=7, head="3f2c7d0" + "0" * 33)


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
        reason="why",
        **{"verdict": "passed", "exit_code": 0, "tool": Tool(version="0"), **more},
    )


def handed_of(*verdicts, models=("a",), comment="each"):
    named = tuple(Glance(model=model, comment=comment) for model in models)
    return Handed(models=named, verdicts=verdicts)


@pytest.mark.parametrize(
    ("found", "unwaived", "waived"),
    [
        (handed_of(verdict()), True, True),
        (handed_of(), False, False),
        (handed_of(verdict(verdict="blocked", exit_code=1)), False, True),
        (handed_of(verdict(verdict="not_evaluated", exit_code=6)), False, False),
        (handed_of(verdict(verdict="blocked", exit_code=1), models=("a", "b")), False, False),
    ],
)
def test_a_matrix_passes_only_with_a_verdict_for_each_of_its_models(found, unwaived, waived):
    succeeded = {**FOUND, "model": job("success")}
    failed = {**FOUND, "model": job("failure", verdict="blocked"), **WAIVED}

    assert confirmed(PULL_REQUEST, rule(succeeded), succeeded, found).passes is unwaived
    assert confirmed(PULL_REQUEST, rule(failed), failed, found).passes is waived


class Heard(Told):
    def __init__(self):
        super().__init__(PULL_REQUEST)
        self.said = []

    def announce(self, publication):
        """The run's own page is not looked at."""

    def publish(self, publication):
        self.said.append(publication)
        return Published(comment="created", status="set")


def said(needed, handed):
    platform = Heard()
    ruling = confirmed(PULL_REQUEST, rule(needed), needed, handed)
    say_the_rest(platform, ruling, needed, handed)
    return [
        (one.model, one.state, one.comment.splitlines()[0] if one.comment else "") for one in platform.said
    ]


def test_a_model_whose_job_broke_down_is_in_the_table_of_the_others():
    failed = {**FOUND, "model": job("failure", verdict="passed")}
    told = said(failed, handed_of(verdict(comment="one"), models=("a", "b"), comment="one"))

    assert told == [
        ("", "error", ""),
        ("a", "success", ""),
        ("b", "error", ""),
        ("", "error", "### 🔥 Model gate could not evaluate 1 of 2 models"),
    ]


def test_a_run_without_any_verdict_ends_what_it_began_for_each_model():
    cancelled = {**FOUND, "model": job("cancelled")}

    assert [(model, state) for model, state, _ in said(cancelled, handed_of(models=("a", "b")))] == [
        ("", "error"),
        ("a", "error"),
        ("b", "error"),
    ]
    assert said({"validate": job("failure", verdict="blocked")}, handed_of()) == []
    assert said({"validate": job("success", story="wait")}, handed_of()) == []
    assert said({**FOUND, "model": job("failure"), **WAIVED}, handed_of(verdict())) == [("", "success", "")]


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
        handed({**FOUND, "model": job("failure")}, **verdicts)


def test_where_no_judge_came_to_a_verdict_a_file_of_the_change_is_none(handed):
    assert handed({"judge": job("failure")}, one=verdict()).verdicts == ()


def test_a_draft_that_waits_is_told_so_in_a_matrix_too():
    needed = {**FOUND, "model": job("success")}
    draft = Change(platform="github", event="pull_request", number=7, draft=True, head="3" * 40)
    waiting = Handed(models=(Glance(model="a", drafts="wait"),), verdicts=())

    ruling = confirmed(draft, rule(needed), needed, waiting)
    assert (ruling.passes, ruling.is_told) == (False, True)
