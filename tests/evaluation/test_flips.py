"""Flipped decisions are counted from the joint table: against the rows themselves."""

from dataclasses import replace

import numpy as np
import pytest

from ci_mlops.evaluation.compare import compare
from ci_mlops.records import Flip, Flips
from tests.evaluation.builders import CLASSES, class_rows, classified, measured, parts_of, policy, rows


def counts(whole):
    truth, before, after = whole.labels, whole.champion.decisions, whole.candidate.decisions
    apart = before != after
    return tuple(
        int((apart & rows).sum())
        for rows in (after == truth, before == truth, (before != truth) & (after != truth))
    )


def two(size=500):
    rng = np.random.default_rng(1)
    return rows(*(rng.integers(0, 2, size) for _ in range(3)))


@pytest.mark.parametrize("weighted", [False, True])
def test_flips_of_two_classes_are_those_of_the_rows(weighted):
    whole = replace(two(), weights=np.random.default_rng(2).lognormal(size=500) if weighted else None)
    rules = policy(("recall",), positive="yes", names=(("no", "repays"), ("yes", "defaults")), weight=None)

    found = measured(parts_of(whole, [100, 333]), replace(rules, weight="w" if weighted else None)).flips

    assert (found.better, found.worse, found.otherwise) == counts(whole)
    assert found.rows == (whole.champion.decisions != whole.candidate.decisions).sum()
    missed = (whole.labels == 1) & (whole.champion.decisions == 1) & (whole.candidate.decisions == 0)
    lost = Flip(truth="defaults", champion="defaults", candidate="repays", rows=int(missed.sum()))
    assert lost in found.kinds
    assert [flip.rows for flip in found.kinds] == sorted((flip.rows for flip in found.kinds), reverse=True)


def test_flips_of_several_classes_may_go_from_one_error_to_another():
    labels, a, b = classified(1, 400)
    whole = class_rows(labels, a, b)

    found = measured([whole], policy(("accuracy",), classes=CLASSES, cost=None)).flips

    assert (found.better, found.worse, found.otherwise) == counts(whole)
    assert found.otherwise > 0
    assert sum(flip.rows for flip in found.kinds) == found.rows
    assert {flip.truth for flip in found.kinds} == set(CLASSES)


def test_a_row_of_several_labels_is_right_where_all_of_them_are():
    truth, before, after = np.random.default_rng(3).integers(0, 8, (3, 300))
    whole = rows(truth, before, after)

    found = measured([whole], policy(("accuracy",), classes=CLASSES, multilabel=True, cost=None)).flips

    assert (found.better, found.worse, found.otherwise) == counts(whole)
    assert found.kinds == ()


def test_the_same_decisions_flip_nothing_and_numbers_have_no_flips():
    same = replace(two(), candidate=two().champion)

    assert measured([same], policy(("recall",))).flips == Flips(better=0, worse=0)
    assert measured([replace(two(), champion=None)], policy(("recall",))).flips is None
    assert compare([two()], policy((), task="regression"), []).flips is None
