"""A candidate gains nothing by leaving out few rows that are much of what the rules count."""

from datetime import UTC, datetime

import numpy as np
import pytest

from ci_mlops.flows.compare import compare_files
from ci_mlops.records import Cost, PriceColumn, SliceCost
from ci_mlops.records.search import SearchRule
from tests.evaluation.builders import policy, rule

SIZE = 4000
ROWS = np.arange(SIZE)


def compared(folder, rules, champion, candidate, **columns):
    """`champion`, `candidate`: columns of their own beside those of both."""
    for name, own in (("champion", champion), ("candidate", candidate)):
        table = {"id": ROWS, **columns, **own}
        lines = [",".join(map(str, cells)) for cells in zip(*table.values(), strict=True)]
        (folder / f"{name}.csv").write_text("\n".join([",".join(table), *lines]) + "\n")
    return compare_files(
        folder / "champion.csv",
        folder / "candidate.csv",
        rules,
        model="m",
        source=None,
        now=datetime(2026, 1, 1, tzinfo=UTC),
    )


def marked(chosen):
    return np.where(chosen, 2, 0)


def right(share, truth, seed=1):
    return np.where(np.random.default_rng(seed).random(SIZE) < share, truth, 1 - truth)


def test_the_positives_that_it_misses_may_not_be_left_out(tmp_path):
    truth = (ROWS % 100 == 0).astype(int)
    missed = (truth == 1) & (ROWS % 300 == 0)
    said = np.where(missed, 0, truth)
    rules = policy(("recall",), [rule("recall", "min", 0.9)])
    files = {"label": truth}

    honest = compared(tmp_path, rules, {"prediction": truth}, {"prediction": said}, **files)
    verdict = compared(
        tmp_path, rules, {"prediction": truth}, {"prediction": said, "seen": marked(missed)}, **files
    )

    assert honest.exit_code == 1
    assert (verdict.exit_code, verdict.rows.lost) == (10, 14)
    assert "can't score 14 rows that the champion can (14 of 40 positives)" in verdict.reason


@pytest.mark.parametrize("role", ["weight", "price"])
def test_the_rows_that_weigh_most_may_not_be_left_out(tmp_path, role):
    truth, heavy = ROWS % 2, ROWS % 125 < 1
    own = np.where(heavy, 1000.0, 1.0)
    more = (
        {"weight": "own"}
        if role == "weight"
        else {"cost": Cost(columns=(("false_positive", PriceColumn(column="own")),))}
    )
    metric = "accuracy" if role == "weight" else "expected_cost"
    rules = policy((metric,), [rule(metric, "max_regression", 0.5)], **more)
    verdict = compared(
        tmp_path,
        rules,
        {"prediction": truth, "label": truth, "own": own},
        {"prediction": np.where(heavy, 1 - truth, truth), "seen": marked(heavy)},
    )

    assert verdict.exit_code == 10
    assert "(89.0% of the sum of own;" in verdict.reason


def test_rows_that_miss_a_value_by_chance_are_few_of_everything(tmp_path):
    truth = (np.random.default_rng(2).random(SIZE) < 0.1).astype(int)
    dropped = np.random.default_rng(3).random(SIZE) < 0.005
    rules = policy(("recall",), [rule("accuracy", "max_regression", 0.05)], weight="own")
    verdict = compared(
        tmp_path,
        rules,
        {"prediction": right(0.8, truth)},
        {"prediction": right(0.85, truth), "seen": marked(dropped)},
        label=truth,
        own=np.random.default_rng(4).random(SIZE) + 0.5,
    )

    assert (verdict.exit_code, verdict.rows.lost) == (0, int(dropped.sum()))


@pytest.mark.parametrize("severity", ["block", "warn"])
@pytest.mark.parametrize("ruled", ["between groups", "searched", "searched and a slice", "priced"])
def test_few_rows_that_are_most_of_a_slice_may_not_be_left_out_where_a_rule_looks_at_it(
    tmp_path, ruled, severity
):
    """Thirty-eight of forty rows of the south, where the candidate is always wrong."""
    truth, south = (ROWS + ROWS // 100) % 2, ROWS % 100 == 1
    gate = {
        "between groups": rule("recall_difference by region", "max", 0.1, severity=severity),
        "priced": rule("expected_cost", "max_regression", 1.0, severity=severity),
    }
    rules = policy(
        ("accuracy",),
        [rule("accuracy", "min", 0.5), *filter(None, [gate.get(ruled)])],
        slices=() if ruled == "searched" else ("region",),
        search=SearchRule(columns=("region",), severity=severity) if "searched" in ruled else None,
        cost=Cost(
            false_positive=1.0,
            false_negative=1.0,
            slices=(SliceCost(slice="region=south", prices=(("false_negative", 900.0),)),)
            if ruled == "priced"
            else (),
        ),
    )
    verdict = compared(
        tmp_path,
        rules,
        {"prediction": truth, "label": truth, "region": np.where(south, "south", "north")},
        {"prediction": np.where(south, 1 - truth, truth), "seen": marked(south & (ROWS >= 200))},
    )

    told = "Of 40 rows of region=south the candidate alone leaves 38 out" in verdict.reason
    assert (verdict.exit_code, told) == ((10, True) if severity == "block" else (0, False))


def test_a_search_is_a_rule_though_there_is_no_other(tmp_path):
    truth, south = (ROWS + ROWS // 100) % 2, ROWS % 100 == 1
    verdict = compared(
        tmp_path,
        policy(("accuracy",), search=SearchRule(columns=("region",), severity="block")),
        {"prediction": truth, "label": truth, "region": np.where(south, "south", "north")},
        {"prediction": np.where(south, 1 - truth, truth), "seen": marked(south & (ROWS >= 200))},
    )

    assert verdict.exit_code == 10


def test_of_a_group_that_no_search_looks_at_any_row_may_be_left_out(tmp_path):
    truth, none = ROWS % 2, ROWS < 10
    verdict = compared(
        tmp_path,
        policy(("accuracy",), search=SearchRule(columns=("age",), severity="block")),
        {"prediction": truth, "label": truth, "age": np.where(none, "", (30 + ROWS % 40).astype(str))},
        {"prediction": truth, "seen": marked(none)},
    )

    assert (verdict.exit_code, verdict.rows.lost) == (0, 10)
