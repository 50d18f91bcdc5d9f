"""A candidate gains nothing by rows that it says nothing of."""

import pytest

from ci_mlops.flows.left_out import why_lost
from ci_mlops.flows.overlap import duplicates_in
from ci_mlops.records import Counted, Finding, LostPart

TWINS = Finding(code="duplicates_of_training_rows", role="candidate", count=64, of=320)


@pytest.mark.parametrize(("lost", "said"), [(0, False), (10, False), (11, True), (500, True)])
def test_more_than_a_hundredth_of_the_rows_lost_decides_nothing(lost, said):
    why = why_lost(Counted(compared=1000 - lost, lost=lost, unscored=lost))

    assert bool(why) is said
    assert not said or f"can't score {lost} rows that the champion can" in why


def test_without_a_champion_rows_are_lost_all_the_same():
    why = why_lost(Counted(compared=900, lost=100, unscored=100), has_champion=False)

    assert why.startswith("The candidate can't score 100 rows: its script leaves them out.")


def part(kind, *, rows, lost, total, **name):
    return LostPart(kind=kind, rows=rows, lost=lost, total=total, **name)


@pytest.mark.parametrize(
    ("lost", "said"),
    [
        (part("class", label="positives", rows=20, lost=2, total=20), ""),
        (part("class", label="positives", rows=20, lost=3, total=20), "3 of 20 positives"),
        (part("class", label="rows of bug", rows=1000, lost=10, total=1000), ""),
        (part("class", label="rows of bug", rows=1000, lost=11, total=1000), "11 of 1000 rows of bug"),
        # two rows of fifty may weigh as much as two rows do
        (part("column", column="w", label="positives", rows=50, lost=4.0, total=100.0), ""),
        (
            part("column", column="w", label="positives", rows=50, lost=5.0, total=100.0),
            "5.0% of the sum of w in positives",
        ),
        (part("column", column="w", rows=5000, lost=89.0, total=100.0), "89.0% of the sum of w"),
        (part("errors", rows=100, lost=10.0, total=100.0), ""),
        (part("errors", rows=100, lost=11.0, total=100.0), "11.0% of the champion's errors"),
    ],
)
def test_few_rows_that_are_much_of_what_counts_are_told(lost, said):
    why = why_lost(Counted(compared=19_990, lost=10, unscored=10, lost_parts=(lost,)))

    assert (f" ({said}): " in why) is bool(said)
    assert bool(why) is bool(said)


def test_of_many_parts_the_first_are_told():
    parts = tuple(part("class", label=f"rows of {name}", rows=9, lost=3, total=9) for name in "abcde")
    why = why_lost(Counted(compared=19_985, lost=15, unscored=15, lost_parts=parts))

    assert "3 of 9 rows of c; and 2 more)" in why


def test_rows_of_a_test_file_of_its_own_can_only_equal_training_rows():
    assert duplicates_in([], 12, trained_on=False) == 12


def test_duplicates_in_a_shared_file_are_those_that_were_found():
    assert duplicates_in([TWINS], 300, trained_on=True) == 64
    assert duplicates_in([], 300, trained_on=True) == 0
