"""`ci-mlops/gate`: what a run for several models says to a branch rule, whatever became of its jobs."""

from dataclasses import replace

import pytest

from ci_mlops.config.glance import Glance
from ci_mlops.flows.begin import begin
from ci_mlops.flows.gate import rule
from ci_mlops.flows.handed import Handed
from ci_mlops.flows.last_word import confirmed, say_the_rest
from ci_mlops.records import Change, Published
from tests.flows.loans import Told
from tests.flows.test_gate import FOUND, PULL_REQUEST, WAIVED, handed_of, job, verdict

NONE_FOUND = {"find": job("success", matrix="[]"), "model": job("skipped")}
JUDGED, STOPPED = {**FOUND, "model": job("success")}, {**FOUND, "model": job("failure", verdict="passed")}
QUEUED = Change(platform="github", event="merge_group", number=7, head="3f2c7d0" + "0" * 33)
BLOCKED = verdict("b", verdict="blocked", exit_code=1)
LOST = verdict("b", verdict="not_evaluated", exit_code=6)


class Board(Told):
    """A platform of which the run's own status alone is looked at."""

    def __init__(self, change):
        super().__init__(change)
        self.states = []

    def announce(self, publication):
        """The run's own page is not looked at."""

    def publish(self, publication):
        if publication.of_run:
            assert (publication.model, publication.comment) == ("", "")
            self.states.append((publication.state, publication.description))
        return Published(comment="skipped", status="set")


def ended(needed, handed, change=PULL_REQUEST):
    board = Board(change)
    say_the_rest(board, confirmed(change, rule(needed), needed, handed), needed, handed)
    return board.states


@pytest.mark.parametrize("change", [PULL_REQUEST, QUEUED], ids=["pull_request", "merge_group"])
@pytest.mark.parametrize(
    ("needed", "handed", "state", "words"),
    [
        (JUDGED, handed_of(verdict()), "success", "✅ Model gate passed: a keeps every rule"),
        (
            JUDGED,
            handed_of(verdict(), verdict("b"), models=("a", "b")),
            "success",
            "✅ Model gate passed: all 2 models may be merged",
        ),
        (NONE_FOUND, handed_of(models=()), "not_applicable", "⚪ No model is touched"),
        (
            STOPPED,
            handed_of(verdict(), BLOCKED, models=("a", "b")),
            "failure",
            "❌ Model gate blocked: 1 of 2 models (b)",
        ),
        (
            {**STOPPED, **WAIVED},
            handed_of(verdict(), BLOCKED, models=("a", "b")),
            "success",
            "🟠 Waived by an approval. ❌ Model gate blocked: 1 of 2 models (b)",
        ),
        (
            {**STOPPED, **WAIVED},
            handed_of(verdict(), LOST, models=("a", "b")),
            "error",
            "🔥 Model gate could not evaluate 1 of 2 models (b)",
        ),
        (
            JUDGED,
            handed_of(verdict(), models=("a", "b")),
            "error",
            "🔥 Model gate could not evaluate 1 of 2 models (b)",
        ),
        # a cell that broke after its verdict: what passes is not believed
        (STOPPED, handed_of(verdict()), "error", "🔥 Not evaluated: At least one model may not be merged."),
        (
            {**FOUND, "model": job("cancelled")},
            handed_of(),
            "error",
            "🔥 Not evaluated: The job `model` was cancelled.",
        ),
        (
            {"find": job("failure"), "model": job("skipped")},
            handed_of(models=()),
            "error",
            "🔥 Not evaluated: The job `find` failed.",
        ),
    ],
)
def test_the_end_of_a_run_is_one_status_for_all_its_models(needed, handed, state, words, change):
    [(told, description)] = ended(needed, handed, change)

    assert told == state
    assert description.startswith(words)


def test_a_run_for_one_model_leaves_it_to_the_status_of_that_model():
    assert ended({"validate": job("failure")}, handed_of()) == []
    assert ended({"judge": job("success", verdict="passed")}, handed_of(verdict())) == []


def test_nothing_is_said_of_a_pull_request_that_is_closed_or_of_a_merge():
    for change in (replace(PULL_REQUEST, closed=True), replace(PULL_REQUEST, event="push")):
        assert ended(STOPPED, handed_of(BLOCKED, models=("b",)), change) == []


def test_a_draft_that_waits_stays_pending():
    draft = replace(PULL_REQUEST, draft=True)
    waiting = Handed(models=(Glance(model="a", drafts="wait"),), verdicts=())

    assert ended(JUDGED, waiting, draft) == [("pending", "⏳ A draft: judged when it is ready")]


@pytest.fixture
def begun(tmp_path):
    """`begun(change, {name: its config}, of_run=True)`: what was said of the run."""

    def say(change, configs, *, of_run=True):
        places = []
        for name, text in configs.items():
            place = tmp_path / name / "ci-mlops.yml"
            place.parent.mkdir(exist_ok=True)
            place.write_text(f"model: {name}\n{text}")
            places.append(place)
        board = Board(change)
        begin(board, tuple(places), of_run=of_run)
        return [state for state, _ in board.states]

    return say


WAITS = "pull_request: {drafts: wait}\n"


@pytest.mark.parametrize("change", [PULL_REQUEST, QUEUED, replace(PULL_REQUEST, draft=True)])
@pytest.mark.parametrize("configs", [{}, {"a": ""}, {"a": "", "b": WAITS}, {"a": WAITS, "b": WAITS}])
def test_it_is_pending_from_the_beginning_and_where_no_model_is_touched_too(begun, change, configs):
    assert begun(change, configs) == ["pending"]


def test_it_does_not_begin_where_nobody_waits_or_where_a_job_judges_one_model(begun):
    assert begun(replace(PULL_REQUEST, closed=True), {}) == []
    assert begun(replace(PULL_REQUEST, event="push"), {"a": ""}) == []
    assert begun(PULL_REQUEST, {"a": ""}, of_run=False) == []
