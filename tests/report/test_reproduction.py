"""What a reader sees of a version that was trained again."""

import json
from dataclasses import replace
from typing import get_args

import pytest

from ci_mlops.records import Tool
from ci_mlops.records.reproduction import (
    Answers,
    Cause,
    CauseCode,
    ChangedFile,
    ChangedPackage,
    Draw,
    Measured,
    MetricDifference,
    Reproduction,
    Restored,
    SeedEffect,
    Seeds,
    Trial,
)
from ci_mlops.report.reproduction_rendering import render_reproduction
from tests.report import inert
from tests.report.payloads import PAYLOADS

BEFORE, AFTER = f"sha256:{'ab' * 32}", f"sha256:{'cd' * 32}"


def difference(metric, low, high, margin=0.0):
    return MetricDifference(
        metric=metric,
        slice=None,
        higher_is_better=True,
        registered=0.81,
        reproduced=0.81 + (low + high) / 2,
        improvement=(low + high) / 2,
        low=low,
        high=high,
        margin=margin,
    )


def made():
    restored = Restored(
        commit="40c015bd985d1a2b3c4d5e6f708192a3b4c5d6e7",
        is_same_code=False,
        environment="sha256:e",
        environment_used="sha256:f",
        why_environment="it can't be made again: lending 1.0 is on no index",
        packages=(ChangedPackage(name="lending", before="1.0", now="2.0"),),
        data=(ChangedFile(path="data/train.csv", pinned="0fd7c168" * 8, now="16acedfd" * 8),),
    )
    draws = (Draw(kind="split", what="train_test_split", where="train.py:8"),)
    measured = Measured(
        registered=BEFORE,
        reproduced=AFTER,
        restored=restored,
        files=("model.joblib",),
        answers=Answers(rows=400, changed=400, decided=56),
        differences=(
            difference("accuracy", -0.071, -0.052, margin=0.05),
            difference("recall", -0.01, 0.02, margin=0.05),
            difference("roc_auc", -0.03, 0.08),
            MetricDifference(
                metric="log_loss",
                slice="region=north",
                higher_is_better=False,
                registered=0.3,
                reproduced=None,
                improvement=None,
                low=None,
                high=None,
            ),
        ),
        trials=(
            Trial(condition="again", trainings=1, sameness="none", draws=draws),
            Trial(condition="split", trainings=2, sameness="bits", draws=draws),
            Trial(condition="threads", trainings=1, sameness="failed", failure="the command ended with 1"),
        ),
    )
    return Reproduction(
        model="credit-default",
        version="3",
        likeness="different",
        reason="trained again, it decides 56 of 400 pinned rows otherwise, and is shown to differ in accuracy",
        exit_code=1,
        causes=(
            Cause(code="data", names=("data/train.csv",)),
            Cause(code="split", names=("train_test_split in train.py:8",)),
            Cause(code="environment", names=("lending 1.0 -> 2.0",), more=3),
            Cause(code="code"),
        ),
        measured=measured,
        trainings=4,
        evaluated_at="2026-11-24T01:15:00Z",
        tool=Tool(version="0.1.0", python="3.11.7"),
    )


@pytest.mark.parametrize(
    ("dialect", "file"), [("terminal", "reproduction.txt"), ("markdown", "reproduction.md")]
)
def test_a_reproduction_is_told_as_expected(dialect, file, matches_expected):
    matches_expected(file, render_reproduction(made(), dialect))


def test_a_reproduction_in_json_is_the_record_and_nothing_else():
    told = json.loads(render_reproduction(made(), "json"))

    assert told["schema"] == "ci-mlops/reproduction/v1"
    assert (told["likeness"], told["causes"][1]["code"]) == ("different", "split")
    assert told["measured"]["restored"]["data"][0]["path"] == "data/train.csv"


@pytest.mark.parametrize("against", ["itself", "registered"])
@pytest.mark.parametrize("stopped", [True, False])
def test_there_are_words_for_every_cause(against, stopped):
    threads = Trial(condition="threads", against=against, trainings=1, sameness="bits")
    for code in get_args(CauseCode):
        one = made()
        measured = replace(one.measured, trials=(threads,), stopped=stopped)
        text = render_reproduction(replace(one, causes=(Cause(code=code),), measured=measured), "markdown")

        assert "**Likely cause**: **" in text
        assert " ." not in text
        assert "None" not in text


def test_a_training_that_works_but_once_is_told():
    one = made()
    failed = Trial(condition="again", trainings=1, sameness="failed", failure="no such table")
    one = replace(one, causes=(Cause(code="unknown"),), measured=replace(one.measured, trials=(failed,)))

    assert "Trained a second time, it failed: no such table." in render_reproduction(one, "markdown")


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: payload.name)
def test_what_the_teams_own_code_wrote_stays_text(payload):
    one, hostile = made(), payload.text
    restored = replace(
        one.measured.restored,
        why_environment=hostile,
        data=(ChangedFile(path=hostile, pinned="a" * 64, now="b" * 64),),
    )
    trials = (Trial(condition="again", trainings=1, sameness="failed", failure=hostile),)
    measured = replace(one.measured, restored=restored, trials=trials)
    codes = [code for code in get_args(CauseCode) if code != "threads"]
    causes = tuple(Cause(code=code, names=(f"{hostile} in {hostile}",)) for code in codes)
    one = replace(one, model=hostile, version=hostile, reason=hostile, causes=causes, measured=measured)

    inert.check_markdown(render_reproduction(one, "markdown"), comments=0)
    inert.check_terminal(render_reproduction(one, "terminal"))
    inert.check_log(render_reproduction(one, "json"))


def seeded(*improvements, **told):
    effects = (
        (SeedEffect(metric="recall", registered=0.81, improvements=improvements),) if improvements else ()
    )
    seeds = Seeds(**{"asked": 5, "unlike": 5, "effects": effects, **told})
    return replace(made(), measured=replace(made().measured, seeds=seeds))


def test_what_the_seed_alone_makes_stands_beside_the_difference():
    text = render_reproduction(seeded(-0.021, 0.004, -0.008, 0.001, 0.0), "markdown")

    assert "| Metric | Registered | Improvement | With 5 other seeds |" in text
    assert "| Recall | 0.810 | +0.5\u00a0pp | −2.1 to +0.4\u00a0pp |" in text
    assert "may be the seed's" in text
    assert "better than with every other seed" not in text


def test_a_model_that_beats_all_other_seeds_may_have_been_picked_by_its_own():
    text = render_reproduction(seeded(-0.021, -0.008, -0.001), "markdown")

    assert "**The registered model is better than with every other seed** in recall." in text
    assert "one time in 4;" in text
    assert "one time in" not in render_reproduction(seeded(-0.021), "markdown")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"unlike": 0}, "With 5 other seeds it is the same model, bit for bit"),
        ({}, "With 5 other seeds it says the same of every pinned row."),
        ({"failed": 5, "failure": "out of memory"}, "5 trainings with other seeds failed: out of memory."),
        ({"failed": 4, "failure": "`x` | *y*"}, "With 1 other seed it says the same"),
    ],
)
def test_other_seeds_that_tell_nothing_say_why(told, said):
    assert said in render_reproduction(seeded(**told), "markdown")
