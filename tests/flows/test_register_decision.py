"""What is decided before anything is written: which models are stored, and which pointer moves."""

from dataclasses import replace
from pathlib import Path

import pytest

from ci_mlops.errors import BadData
from ci_mlops.flows.registration import Candidate, Refusal, decide_registration, plain_metrics, why_not_moved
from ci_mlops.records import (
    Change,
    Contender,
    Failure,
    GateResult,
    Limit,
    Measurement,
    Model,
    Registration,
    Tool,
    TrainedModel,
    Verdict,
    Version,
)
from ci_mlops.records.policy import Severity
from ci_mlops.records.verdict import Status

JUDGED = "sha256:" + "a" * 64
CARD = TrainedModel(
    role="candidate",
    name="loans",
    model=Model(digest=JUDGED, path="model/model.pkl", kind="file", size=3),
    fingerprint="f" * 64,
    origin="trained",
    commit="c0ffee",
    environment="sha256:e",
)
CANDIDATE = Candidate(
    card=CARD, files=Path("model.pkl"), requirements=("scikit-learn==1.9.1",), python="3.11.7", merged="beef"
)
PASSED = Verdict(
    model="loans",
    task="classification",
    verdict="passed",
    reason="The rule holds.",
    exit_code=0,
    candidate=Contender(origin="trained", digest=JUDGED, commit="c0ffee"),
    champion=Contender(origin="registry", digest="sha256:b", version="3"),
    change=Change(
        platform="github", event="pull_request", number=12, run_url="https://github.com/o/r/actions/runs/1"
    ),
    fingerprint="f" * 64,
    isolation="process",
    evaluated_at="2026-01-01T00:00:00Z",
    tool=Tool(version="1"),
    verdict_digest="sha256:v",
)
HOLDER = Version(name="loans", number="3", digest="sha256:b")


def decide(verdict: Verdict, holder: Version | None = HOLDER) -> Registration | Refusal:
    return decide_registration(
        verdict, CANDIDATE, name="loans", stage="staging", holder=holder, evidence=(Path("verdict.json"),)
    )


def stage_of(verdict: Verdict, holder: Version | None = HOLDER) -> str | None:
    decided = decide(verdict, holder)
    assert isinstance(decided, Registration)
    return decided.stage


def test_a_passed_model_takes_the_first_stage() -> None:
    assert stage_of(PASSED) == "staging"


def test_a_registration_tells_where_its_model_comes_from() -> None:
    decided = decide(PASSED)

    assert isinstance(decided, Registration)
    assert decided.digest == JUDGED
    assert (decided.requirements, decided.python) == (("scikit-learn==1.9.1",), "3.11.7")
    assert decided.tags == {
        "ci_mlops.digest": JUDGED,
        "ci_mlops.fingerprint": "f" * 64,
        "ci_mlops.verdict": "passed",
        "ci_mlops.verdict_digest": "sha256:v",
        "ci_mlops.commit": "c0ffee",
        "ci_mlops.merged": "beef",
        "ci_mlops.change": "#12",
        "ci_mlops.run": "https://github.com/o/r/actions/runs/1",
        "ci_mlops.champion": "sha256:b",
        "ci_mlops.champion_version": "3",
        "ci_mlops.environment": "sha256:e",
        "ci_mlops.isolation": "process",
        "ci_mlops.evaluated_at": "2026-01-01T00:00:00Z",
    }


@pytest.mark.parametrize(("outcome", "exit_code"), [("blocked", 1), ("undecided", 10)])
def test_a_model_that_did_not_pass_is_stored_and_moves_no_pointer(outcome: str, exit_code: int) -> None:
    assert stage_of(replace(PASSED, verdict=outcome, exit_code=exit_code)) is None


def test_an_undecided_model_goes_on_where_the_policy_only_warns() -> None:
    assert stage_of(replace(PASSED, verdict="undecided", exit_code=0)) == "staging"


def test_the_first_report_that_is_merged_makes_the_first_version() -> None:
    first = replace(PASSED, verdict="not_applicable", champion=None)

    assert stage_of(first, holder=None) == "staging"


@pytest.mark.parametrize(
    ("status", "severity", "undecided", "stage"),
    [
        ("broken", "block", "block", None),
        ("undecided", "block", "block", None),
        ("undecided", "block", "warn", "staging"),
        ("broken", "warn", "warn", "staging"),
        ("skipped", "block", "block", "staging"),
        ("held", "block", "block", "staging"),
    ],
)
def test_a_first_report_whose_blocking_rule_is_not_shown_to_hold_takes_no_stage(
    status: Status, severity: Severity, undecided: Severity, stage: str | None
) -> None:
    gate = GateResult(
        metric="accuracy",
        slice=None,
        rule=Limit(kind="min", value=0.7),
        severity=severity,
        undecided=undecided,
        status=status,
        champion=None,
        candidate=0.098,
        improvement=None,
        low=None,
        high=None,
        reason="told",
    )
    first = replace(PASSED, verdict="not_applicable", champion=None, gates=(gate,))

    assert stage_of(first, holder=None) == stage


def test_a_model_that_no_rule_was_applied_to_does_not_push_another_from_its_stage() -> None:
    assert stage_of(replace(PASSED, verdict="not_applicable")) is None


def test_a_verdict_that_judged_nothing_registers_nothing() -> None:
    failed = Failure(what="training failed", where="", mend="", exit_code=6)

    decided = decide(replace(PASSED, verdict="not_evaluated", exit_code=6, candidate=None, error=failed))

    assert decided == Refusal(reason="nothing was judged: training failed")


def test_the_very_model_that_holds_the_stage_is_not_registered_again() -> None:
    holder = replace(HOLDER, digest=JUDGED)

    decided = decide(PASSED, holder)

    assert decided == Refusal(reason="version 3 at staging is this very model already", version=holder)


@pytest.mark.parametrize(
    "verdict",
    [
        replace(PASSED, candidate=replace(PASSED.candidate, digest="sha256:" + "0" * 64)),
        replace(PASSED, candidate=None),
        replace(PASSED, fingerprint="0" * 64),
    ],
)
def test_another_model_than_the_judged_one_is_refused(verdict: Verdict) -> None:
    with pytest.raises(BadData) as caught:
        decide(verdict)

    assert "validate" in caught.value.mend


def test_only_finite_numbers_on_all_rows_are_plain_metrics() -> None:
    def measured(
        metric: str, candidate: float | None, champion: float | None, of: str | None = None
    ) -> Measurement:
        return Measurement(
            metric=metric,
            slice=of,
            rows=9,
            events=9,
            higher_is_better=True,
            champion=champion,
            candidate=candidate,
        )

    verdict = replace(
        PASSED,
        measurements=(
            measured("recall", 0.75, 0.5),
            measured("recall", 0.1, 0.2, of="region=north"),
            measured("roc_auc", 0.9, None),
            measured("log_loss", float("inf"), float("nan")),
        ),
    )

    assert plain_metrics(verdict) == {"recall": 0.75, "champion.recall": 0.5, "roc_auc": 0.9}


def test_a_model_that_a_later_merge_outran_is_stored_and_moves_no_pointer() -> None:
    later = replace(HOLDER, number="4")

    decided = decide_registration(
        PASSED, CANDIDATE, name="loans", stage="staging", holder=HOLDER, evidence=(), outrun_by=later
    )

    assert isinstance(decided, Registration)
    assert decided.stage is None
    assert "version 4" in why_not_moved(PASSED, HOLDER, later)
