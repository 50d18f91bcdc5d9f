"""Rows of one query have one number, wherever they are met."""

import pyarrow as pa

from ci_mlops.datasets.entities import entities_of


def test_a_name_has_one_number_in_every_partition_and_no_other_name_has_it():
    whole = entities_of(pa.array(["a", "b", "a", "ä", "b"])).tolist()
    part = entities_of(pa.array(["b", "ä"])).tolist()

    assert whole == [whole[0], part[0], whole[0], part[1], part[0]]
    assert len(set(whole)) == 3


def test_no_row_is_no_number():
    assert entities_of(pa.array([], pa.string())).tolist() == []
