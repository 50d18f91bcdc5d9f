"""What must hold of any rows: order, partitions, names, roles and units move nothing that they should not."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies as st
from pyarrow import parquet

from ci_mlops.flows.compare import compare_files
from ci_mlops.records import GateRule, Limit
from tests.evaluation.builders import (
    CLASSES,
    CLASSIFICATION,
    OF_CLASSES,
    REGRESSION,
    class_rows,
    found,
    measured,
    parts_of,
    policy,
    rows,
)

# a counterexample is made small by few steps only: a comparison takes some milliseconds
few = settings(max_examples=12, deadline=None, derandomize=True, phases=[Phase.generate])
STEPS = 6
# what a model can say of three classes, ties and certainty among it
SAID = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0.2, 0.2, 0.6]])
RULES = {
    "binary": policy(),
    "weighted": policy(weight="w"),
    "classes": policy(OF_CLASSES, classes=CLASSES),
    "numbers": policy(REGRESSION, task="regression"),
}
KINDS = sorted(RULES)
ORDER = ("roc_auc",)


def drawn(kind):
    """Rows of one kind; of two classes and of three, each has at least one."""
    numbers = st.floats(-1e6, 1e6, allow_subnormal=False)
    of = {"classes": (st.integers(0, 2), st.integers(0, 5)), "numbers": (numbers, numbers)}
    label, answer = of.get(kind, (st.integers(0, 1), st.integers(0, STEPS)))
    line = st.tuples(label, answer, answer, st.integers(1, 9))
    return st.lists(line, min_size=4, max_size=24).map(lambda lines: _rows(kind, lines))


def _rows(kind, lines):
    labels, a, b, weights = (np.array(column) for column in zip(*lines, strict=True))
    if kind == "numbers":
        return rows(labels, a, b)
    present = {"classes": 3}.get(kind, 2)
    labels[:present] = range(present)
    if kind == "classes":
        return class_rows(labels, SAID[a], SAID[b], part=labels % 2)
    whole = rows(labels, (a > 2, a / STEPS), (b > 2, b / STEPS), part=np.arange(len(labels)) % 3)
    return replace(whole, weights=weights / 7) if kind == "weighted" else whole


def taken(whole, order):
    """The same rows in another order."""
    sides = {
        name: replace(
            side, decisions=side.decisions[order], scores=None if side.scores is None else side.scores[order]
        )
        for name, side in (("champion", whole.champion), ("candidate", whole.candidate))
    }
    slices = {name: replace(column, codes=column.codes[order]) for name, column in whole.slices.items()}
    weights = None if whole.weights is None else whole.weights[order]
    return replace(whole, labels=whole.labels[order], **sides, slices=slices, weights=weights)


def alike(m):
    """What must be the same but for rounding."""
    values = (m.champion, m.candidate, m.improvement, m.low, m.high, m.events)
    return [None if value is None else pytest.approx(value, rel=1e-7, abs=1e-9) for value in values]


def plain(m):
    return [m.champion, m.candidate, m.improvement, m.low, m.high, m.events]


@pytest.mark.parametrize("kind", KINDS)
def test_no_order_of_rows_and_no_partitioning_moves_a_bit(kind):
    @few
    @given(drawn(kind), st.data())
    def check(whole, data):
        order = np.array(data.draw(st.permutations(range(len(whole)))))
        cuts = data.draw(st.lists(st.integers(1, len(whole) - 1), max_size=6))
        parts = data.draw(st.permutations(parts_of(taken(whole, order), set(cuts))))

        assert measured(parts, RULES[kind]) == measured([whole], RULES[kind])

    check()


@pytest.mark.parametrize("kind", KINDS)
def test_swapped_roles_turn_every_improvement_round(kind):
    @few
    @given(drawn(kind))
    def check(whole):
        one = measured([whole], RULES[kind])
        other = measured([replace(whole, champion=whole.candidate, candidate=whole.champion)], RULES[kind])
        for m in one.measurements:
            turned = found(other, m.metric, m.slice)
            if m.low is None or turned.low is None:
                continue
            assert (turned.champion, turned.candidate) == pytest.approx((m.candidate, m.champion), rel=1e-9)
            assert (turned.improvement, turned.low, turned.high) == pytest.approx(
                (-m.improvement, -m.high, -m.low), rel=1e-7, abs=1e-9
            )

    check()


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_beside_itself_is_the_same_in_every_metric(kind):
    @few
    @given(drawn(kind))
    def check(whole):
        itself = measured([replace(whole, champion=whole.candidate)], RULES[kind])

        assert itself.identical
        assert {(m.improvement, m.low, m.high) for m in itself.measurements if m.low is not None} <= {
            (0, 0, 0)
        }

    check()


@few
@given(drawn("classes"), st.permutations(range(3)))
def test_other_codes_for_the_same_classes_change_nothing_but_names(whole, turned):
    codes = np.argsort(turned)
    sides = [
        replace(
            side, decisions=codes[side.decisions.astype(int)].astype(float), scores=side.scores[:, turned]
        )
        for side in (whole.champion, whole.candidate)
    ]
    other = replace(whole, labels=codes[whole.labels.astype(int)], champion=sides[0], candidate=sides[1])
    rules = replace(RULES["classes"], classes=tuple(CLASSES[place] for place in turned))
    again = measured([other], rules)

    for m in measured([whole], RULES["classes"]).measurements:
        assert plain(found(again, m.metric, m.slice)) == alike(m)


@few
@given(drawn("binary"))
def test_the_other_class_as_the_event_exchanges_the_metrics_of_one_class(whole):
    def turned(side):
        return replace(side, decisions=1 - side.decisions, scores=1 - side.scores)

    other = replace(
        whole, labels=1 - whole.labels, champion=turned(whole.champion), candidate=turned(whole.candidate)
    )
    one, again = measured([whole], RULES["binary"]), measured([other], RULES["binary"])
    pairs = {"recall": "specificity", "precision": "negative_predictive_value"}
    pairs |= {"specificity": "recall", "negative_predictive_value": "precision"}
    same = ("accuracy", "balanced_accuracy", "matthews_corrcoef", "cohen_kappa", "roc_auc", "brier")

    for name in (*pairs, *same):
        assert plain(found(again, pairs.get(name, name))) == alike(found(one, name))


@few
@given(drawn("binary"), st.lists(st.floats(0.01, 100), min_size=STEPS + 1, max_size=STEPS + 1))
def test_scores_on_any_other_scale_leave_metrics_of_order_as_they_are(whole, steps):
    scale = np.cumsum(steps) - 50
    place = np.rint(whole.candidate.scores * STEPS).astype(int)
    other = replace(whole, candidate=replace(whole.candidate, scores=scale[place]))
    rules = policy(ORDER)
    one, again = (measured([each], rules).measurements for each in (whole, other))

    assert [plain(m) for m in again] == [plain(m) for m in one]


@pytest.mark.parametrize("kind", ["binary", "classes", "numbers"])
def test_rows_that_all_weigh_the_same_count_as_rows_without_weights(kind):
    @few
    @given(drawn(kind), st.floats(1e-3, 1e3))
    def check(whole, weight):
        rules = replace(RULES[kind], weight="w")
        none = measured([whole], RULES[kind])
        ones, same = (
            measured([replace(whole, weights=np.full(len(whole), each))], rules) for each in (1.0, weight)
        )
        for m in same.measurements:
            assert plain(m) == alike(found(ones, m.metric, m.slice))
            # decisions that all count one have limits of whole counts, a little closer
            assert plain(m)[:2] == alike(found(none, m.metric, m.slice))[:2]

    check()


@settings(few, max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(whole=drawn("binary"), data=st.data())
def test_the_same_comparison_again_and_in_any_order_of_rows_has_one_digest(tmp_path, whole, data):
    rules = policy(
        CLASSIFICATION, [GateRule(metric="recall", limit=Limit(kind="max_regression", value=0.02))]
    )

    def digest(order):
        for name in ("champion", "candidate"):
            side = getattr(whole, name)
            columns = {"label": whole.labels, "prediction": side.decisions, "score": side.scores}
            table = {"id": np.arange(len(whole)), **columns}
            parquet.write_table(
                pa.table({key: values[order] for key, values in table.items()}), tmp_path / f"{name}.parquet"
            )
        sides = (tmp_path / f"{name}.parquet" for name in ("champion", "candidate"))
        return compare_files(*sides, rules, model="m", source=None, now=datetime.now(UTC)).verdict_digest

    first = digest(np.arange(len(whole)))

    assert digest(np.arange(len(whole))) == first
    assert digest(np.array(data.draw(st.permutations(range(len(whole)))))) == first
