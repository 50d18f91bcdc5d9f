"""A candidate gains nothing by rows that it says nothing of."""

import pytest

from ci_mlops.flows.left_out import why_lost
from ci_mlops.flows.overlap import duplicates_in
from ci_mlops.records import Counted, Finding

TWINS = Finding(code="duplicates_of_training_rows", role="candidate", count=64, of=320)


@pytest.mark.parametrize(("lost", "said"), [(0, False), (10, False), (11, True), (500, True)])
def test_more_than_a_hundredth_of_the_rows_lost_decides_nothing(lost, said):
    why = why_lost(Counted(compared=1000 - lost, lost=lost, unscored=lost))

    assert bool(why) is said
    assert not said or f"can't score {lost} rows that the champion can" in why


def test_rows_of_a_test_file_of_its_own_can_only_equal_training_rows():
    assert duplicates_in([], 12, trained_on=False) == 12


def test_duplicates_in_a_shared_file_are_those_that_were_found():
    assert duplicates_in([TWINS], 300, trained_on=True) == 64
    assert duplicates_in([], 300, trained_on=True) == 0
