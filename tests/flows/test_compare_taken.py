"""A candidate gains nothing by rows that it says it was trained on, while the champion was not."""

import csv
from datetime import UTC, datetime

import numpy as np
import pytest

from ci_mlops.errors import BadData
from ci_mlops.flows.compare import compare_files
from tests.evaluation.builders import policy, rule

SIZE = 600
POLICY = policy(("accuracy",), [rule("accuracy", "max_regression", 0.02)])


def judged(folder, rules):
    return compare_files(
        folder / "champion.csv",
        folder / "candidate.csv",
        rules,
        model="m",
        source=None,
        now=datetime(2026, 1, 1, tzinfo=UTC),
    )


def compared(folder, seen, *, champion_seen=None, right=(0.85, 0.75), seed=1):
    """`seen`: from truth and both decisions to the candidate's marks."""
    dice = np.random.default_rng(seed)
    truth = dice.integers(0, 2, SIZE)
    said = [np.where(dice.random(SIZE) < share, truth, 1 - truth) for share in right]
    marks = [champion_seen, seen(truth, *said)]
    for name, decisions, own in zip(("champion", "candidate"), said, marks, strict=True):
        with (folder / f"{name}.csv").open("w", newline="") as file:
            lines = csv.writer(file)
            lines.writerow(["id", "label", "prediction", *(["seen"] if own is not None else [])])
            for row in range(SIZE):
                lines.writerow(
                    [row, truth[row], decisions[row], *([int(own[row])] if own is not None else [])]
                )
    return judged(folder, POLICY)


def its_errors(truth, champion, candidate):
    return candidate != truth


def test_the_worse_candidate_is_blocked_on_all_rows(tmp_path):
    assert compared(tmp_path, lambda *_: None).exit_code == 1


@pytest.mark.parametrize("champion_seen", [None, np.zeros(SIZE)])
def test_a_candidate_that_has_seen_what_it_fails_on_does_not_pass(tmp_path, champion_seen):
    verdict = compared(tmp_path, its_errors, champion_seen=champion_seen)

    assert (verdict.exit_code, verdict.verdict) == (10, "undecided")
    assert verdict.rows.taken == verdict.rows.seen > 100
    assert "keep test rows out of the training" in verdict.reason


def test_a_split_that_picks_what_is_measured_does_not_pass(tmp_path):
    champion_seen = np.arange(SIZE) % 10 < 5
    verdict = compared(tmp_path, its_errors, champion_seen=champion_seen)

    assert (verdict.exit_code, verdict.verdict) == (10, "undecided")
    assert "it falls further behind the champion there" in verdict.reason


def test_a_split_that_takes_the_champions_errors_away_is_told(tmp_path):
    """The candidate has learnt its rows by heart, so that it is not behind on them."""
    champion_seen = np.arange(SIZE) % 10 < 5
    verdict = compared(
        tmp_path, lambda truth, champion, candidate: champion != truth, champion_seen=champion_seen
    )

    assert (verdict.exit_code, verdict.verdict) == (10, "undecided")
    assert "not like" in verdict.reason


def test_a_split_by_chance_is_judged(tmp_path):
    champion_seen = np.random.default_rng(3).random(SIZE) < 0.5
    verdict = compared(
        tmp_path,
        lambda *_: np.random.default_rng(4).random(SIZE) < 0.5,
        champion_seen=champion_seen,
        right=(0.75, 0.9),
    )

    assert (verdict.exit_code, verdict.verdict) == (0, "passed")
    assert verdict.rows.taken > 100


def test_a_candidate_that_is_as_much_behind_everywhere_is_judged(tmp_path):
    """A model that learns no row by heart, a little worse than the champion: that is for the rule to say."""
    verdict = compared(
        tmp_path,
        lambda *_: np.random.default_rng(4).random(SIZE) < 0.5,
        champion_seen=np.random.default_rng(3).random(SIZE) < 0.5,
        right=(0.95, 0.7),
    )

    assert (verdict.exit_code, verdict.verdict) == (1, "blocked")


def test_a_row_that_another_equals_by_accident_decides_nothing(tmp_path):
    verdict = compared(tmp_path, lambda *_: np.arange(SIZE) < 6, right=(0.75, 0.9))

    assert (verdict.exit_code, verdict.rows.taken) == (0, 6)


def test_scripts_that_can_not_score_are_heeded_here_too(tmp_path):
    verdict = compared(tmp_path, lambda truth, _, candidate: 2 * (candidate != truth))

    assert (verdict.exit_code, verdict.verdict) == (10, "undecided")
    assert "can't score" in verdict.reason


@pytest.mark.parametrize(
    "rules",
    [
        policy(("accuracy",), [rule("accuracy", "max_regression", 0.02)], weight="own"),
        policy((), [rule("accuracy", "max_regression", 0.02, slice="own=1.0")], slices=("own",)),
    ],
    ids=["weight", "slice"],
)
def test_the_candidates_file_does_not_say_which_rows_count(tmp_path, rules):
    dice = np.random.default_rng(1)
    truth = dice.integers(0, 2, SIZE)
    for name, share in (("champion", 0.85), ("candidate", 0.75)):
        said = np.where(dice.random(SIZE) < share, truth, 1 - truth)
        own = np.ones(SIZE) if name == "champion" else (said == truth).astype(float)
        text = "".join(f"{row},{truth[row]},{said[row]},{own[row]}\n" for row in range(SIZE))
        (tmp_path / f"{name}.csv").write_text(f"id,label,prediction,own\n{text}")
    verdict = judged(tmp_path, rules)

    assert verdict.gates[0].status == "broken"
    assert verdict.verdict == "blocked"


@pytest.mark.parametrize(
    ("stated", "lacked"), [("own", "region"), ("region", "own"), ("other", "own, region")]
)
def test_where_the_champions_file_tells_the_truth_the_candidates_adds_nothing_to_it(tmp_path, stated, lacked):
    """What the champion does state, as weights, would be the candidate's too."""
    truth = np.arange(SIZE) % 2
    rules = policy((), [rule("accuracy", "max_regression", 0.02)], weight="own", slices=("region",))
    text = "".join(f"{row},{truth[row]},{truth[row]},1\n" for row in range(SIZE))
    (tmp_path / "champion.csv").write_text(f"id,label,prediction,{stated}\n{text}")
    text = "".join(f"{row},{truth[row]},{truth[row]},1,1\n" for row in range(SIZE))
    (tmp_path / "candidate.csv").write_text(f"id,label,prediction,own,region\n{text}")

    with pytest.raises(BadData) as refused:
        judged(tmp_path, rules)

    assert refused.value.what.endswith(f"lacks columns that the rules need: {lacked}")
    assert refused.value.where.endswith("champion.csv")


@pytest.mark.parametrize("mark", [1, 2], ids=["seen", "not scored"])
@pytest.mark.parametrize("ruled", [True, False])
def test_a_small_slice_does_not_vanish_from_under_its_rule(tmp_path, mark, ruled):
    """Five rows of six hundred are few, and are all of the south."""
    rules = [rule("accuracy", "max_regression", 0.02)]
    rules += [rule("accuracy", "min", 0.5, slice="*")] if ruled else []
    truth = np.arange(SIZE) % 2
    region = np.where(np.arange(SIZE) < 5, "south", "north")
    for name in ("champion", "candidate"):
        marks = mark * (region == "south") * (name == "candidate")
        text = "".join(f"{row},{truth[row]},{truth[row]},{marks[row]},{region[row]}\n" for row in range(SIZE))
        (tmp_path / f"{name}.csv").write_text(f"id,label,prediction,seen,region\n{text}")
    verdict = judged(tmp_path, policy((), rules, slices=("region",)))

    assert (verdict.exit_code == 10) is ruled
    assert ("Of 5 rows of region=south the candidate alone leaves 5 out" in verdict.reason) is ruled


def test_the_few_positives_that_it_misses_may_not_be_trained_on(tmp_path):
    """Less than a hundredth of all rows, and most of what recall counts."""
    rows = np.arange(8000)
    truth = (rows % 100 == 0).astype(int)
    missed = (truth == 1) & (rows % 300 != 0)
    for name, said, seen in (("champion", truth, missed & False), ("candidate", truth, missed)):
        table = zip(rows, truth, said, seen.astype(int), strict=True)
        lines = [",".join(map(str, cells)) for cells in table]
        (tmp_path / f"{name}.csv").write_text("\n".join(["id,label,prediction,seen", *lines]) + "\n")

    verdict = judged(tmp_path, policy(("recall",), [rule("recall", "min", 0.6)]))

    assert (verdict.exit_code, verdict.verdict) == (10, "undecided")
    assert "53 of 80 positives" in verdict.reason
