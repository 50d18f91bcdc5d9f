"""What was measured of a version that was trained again, and what that comes to."""

from dataclasses import replace

import pytest

from ci_mlops.evaluation.reproduction import (
    causes_of,
    changed_packages,
    exit_code_of,
    is_stopped,
    likeness_of,
    next_trial,
    reason_of,
    spelled,
)
from ci_mlops.records.reproduction import (
    Answers,
    ChangedFile,
    ChangedPackage,
    Draw,
    Measured,
    MetricDifference,
    Restored,
    Trial,
)

WHOLE = Restored(commit="c0ffee", is_same_code=True, environment="sha256:e", environment_used="sha256:e")
SPLIT = Draw(kind="split", what="train_test_split", where="train.py:6")
FOREST = Draw(kind="estimator", what="RandomForestClassifier", where="train.py:8")
SHUFFLE = Draw(kind="draws", what="numpy.random.shuffle", where="train.py:5")


def accuracy(low, high, margin=0.0, metric="accuracy"):
    return MetricDifference(
        metric=metric,
        slice=None,
        higher_is_better=True,
        registered=0.8,
        reproduced=0.8,
        improvement=None if low is None else (low + high) / 2,
        low=low,
        high=high,
        margin=margin,
    )


def measured(*trials, restored=WHOLE, answers=Answers(rows=40, changed=7, decided=3), differences=None):  # noqa: B008 - frozen
    shown = (accuracy(-0.1, 0.1),) if differences is None else differences
    return Measured(
        registered="sha256:a",
        reproduced="sha256:b",
        restored=restored,
        files=("model.bin",),
        answers=answers,
        differences=shown,
        trials=trials,
    )


def trial(condition, sameness, *draws, against="itself"):
    return Trial(
        condition=condition,
        against=against,
        trainings=1 if condition == "again" or against == "registered" else 2,
        sameness=sameness,
        draws=draws,
    )


def codes(found):
    return [one.code for one in causes_of(found)]


@pytest.mark.parametrize(
    ("differences", "likeness"),
    [
        ((accuracy(-0.1, 0.1),), "statistically_equivalent"),
        ((accuracy(0.01, 0.1),), "different"),
        ((accuracy(-0.1, -0.01),), "different"),
        ((accuracy(-0.1, -0.01, margin=0.05),), "statistically_equivalent"),
        ((accuracy(-0.1, -0.06, margin=0.05),), "different"),
        # better by more than the margin is another model, too
        ((accuracy(0.06, 0.1, margin=0.05),), "different"),
        ((accuracy(-0.1, 0.1), accuracy(None, None, metric="roc_auc")), "statistically_equivalent"),
        # what could not be measured is not shown to be alike
        ((accuracy(None, None),), "different"),
        ((), "different"),
    ],
)
def test_what_is_shown_to_differ_beyond_its_margin_either_way_is_different(differences, likeness):
    assert likeness_of(measured(differences=differences)) == likeness


def test_the_same_bytes_and_the_same_answers_come_before_any_metric():
    same = measured(answers=Answers(rows=40, changed=0, decided=0), differences=())

    assert likeness_of(same) == "same_predictions"
    assert likeness_of(measured(answers=Answers(rows=0, changed=0), differences=())) == "different"
    assert likeness_of(replace(same, reproduced="sha256:a", answers=None)) == "bit_identical"
    assert reason_of(same) == "trained again, its files differ, and it says the same of all 40 pinned rows"


def test_a_trial_follows_from_the_ones_before_it_and_the_first_that_is_alike_ends_the_search():
    unlike = trial("again", "none")
    roads = [
        ((), "again"),
        # nothing was seen to draw, so no seed is tried
        ((unlike,), "hash_order"),
        ((trial("again", "none", SPLIT),), "split"),
        ((trial("again", "none", FOREST),), "estimator"),
        ((trial("again", "none", SPLIT, FOREST),), "seeds"),
        ((trial("again", "none", SHUFFLE),), "seeds"),
        ((trial("again", "none", SPLIT), trial("split", "none", SPLIT)), "hash_order"),
        ((trial("again", "failed"),), None),
        ((unlike, trial("hash_order", "none")), "threads"),
        ((unlike, trial("hash_order", "failed"), trial("threads", "none")), "everything"),
        ((trial("again", "none", SPLIT), trial("split", "answers", SPLIT)), None),
        # alike as it is: it is the threads, or nothing that can be tried
        ((trial("again", "bits"),), "threads"),
        ((trial("again", "answers"), trial("threads", "none", against="registered")), None),
    ]

    assert [next_trial(measured(*trials), 12) for trials, _ in roads] == [wanted for _, wanted in roads]


def test_nothing_is_tried_where_a_difference_is_known_or_no_training_is_left():
    data = replace(WHOLE, data=(ChangedFile(path="data/train.csv", pinned="a", now="b"),))
    unlike = measured(trial("again", "none", SPLIT))

    assert next_trial(measured(trial("again", "bits"), restored=data), 12) is None
    assert next_trial(unlike, 1) is None
    assert is_stopped(unlike, 1)
    assert not is_stopped(unlike, 2)


def test_the_change_that_makes_two_trainings_alike_names_the_cause_and_the_lines_that_draw():
    split = measured(trial("again", "none", SPLIT), trial("split", "bits", SPLIT, FOREST))
    both = measured(trial("again", "none", SPLIT, FOREST), trial("seeds", "bits", SPLIT, FOREST))

    assert codes(split) == ["split"]
    assert causes_of(split)[0].names == ("train_test_split in train.py:6",)
    assert codes(both) == ["draws"]
    assert len(causes_of(both)[0].names) == 2
    assert codes(measured(trial("again", "none"), trial("hash_order", "bits"))) == ["hash_order"]
    registered = trial("threads", "bits", against="registered")
    assert codes(measured(trial("again", "bits"), registered)) == ["threads"]
    unlike = trial("threads", "none", against="registered")
    assert codes(measured(trial("again", "bits"), unlike)) == ["elsewhere"]
    assert codes(measured(trial("again", "none"), trial("everything", "none"))) == ["unknown"]


def test_what_is_known_to_differ_is_told_beside_what_was_found():
    changed = ChangedPackage(name="lending", before="1.0", now="2.0")
    past = replace(
        WHOLE,
        is_same_code=False,
        why_environment="it can't be made again: gone",
        packages=(changed,),
        data=(ChangedFile(path="data/train.csv", pinned="a", now="b"),),
    )
    found = measured(trial("again", "none", SPLIT), trial("split", "bits", SPLIT), restored=past)

    assert codes(found) == ["data", "split", "environment", "code"]
    assert causes_of(found)[2].names == ("lending 1.0 -> 2.0",)
    assert codes(replace(found, reproduced="sha256:a")) == []


def test_files_that_differ_at_every_training_and_change_no_answer_are_named():
    alike = measured(
        trial("again", "answers"),
        trial("hash_order", "bits"),
        answers=Answers(rows=40, changed=0, decided=0),
        differences=(),
    )
    stamped = replace(alike, trials=(trial("again", "answers"), trial("hash_order", "answers")))

    assert next_trial(replace(alike, trials=alike.trials[:1]), 12) == "hash_order"
    assert next_trial(stamped, 12) is None
    assert codes(stamped) == ["files"]
    assert codes(alike) == ["hash_order"]
    assert causes_of(stamped)[0].names == ("model.bin",)


def test_packages_are_told_with_both_versions_and_with_what_was_not_there():
    found = changed_packages(
        ("python==3.11", "a==1", "gone==1", "same==2 ; python_version < '4'"),
        ("python==3.12", "a==2", "new==1", "same==2"),
    )

    assert [spelled(one) for one in found] == [
        "a 1 -> 2",
        "gone 1 -> none",
        "new none -> 1",
        "python 3.11 -> 3.12",
    ]


def test_it_ends_well_where_it_is_at_least_as_alike_as_was_asked_for():
    ends = {
        least: [
            exit_code_of(found, least)
            for found in ("bit_identical", "same_predictions", "statistically_equivalent", "different")
        ]
        for least in ("bit_identical", "same_predictions", "statistically_equivalent")
    }

    assert ends == {
        "bit_identical": [0, 1, 1, 1],
        "same_predictions": [0, 0, 1, 1],
        "statistically_equivalent": [0, 0, 0, 1],
    }
