"""How columns are cut for the search of worse slices."""

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from ci_mlops.datasets.searching import MOST_VALUES, search_columns
from ci_mlops.datasets.tables import read_columns
from ci_mlops.errors import BadData
from ci_mlops.records.slices import Bins


@pytest.fixture
def cuts(tmp_path):
    """Name -> its slices and their rows."""

    def cut(bins=(), text=(), rows_in_a_group=None, **columns):
        path = tmp_path / "test.parquet"
        parquet.write_table(pa.table(columns), path, row_group_size=rows_in_a_group)
        found = search_columns([path], list(columns), bins, text)
        counts = {}
        for batch in read_columns([path], list(columns), as_text=found.text):
            for column in found.slices(batch):
                rows = np.bincount(column.codes, minlength=len(column.names))
                for name, count in zip(column.names, rows.tolist(), strict=True):
                    if count:
                        counts[name] = counts.get(name, 0) + count
        return counts

    return cut


def test_numbers_are_cut_at_quartiles_that_read_well(cuts):
    ages = np.random.default_rng(0).integers(18, 91, 10_000)
    found = cuts(age=ages)

    assert list(found) == ["age=under 36", "age=36 to 54", "age=54 to 73", "age=73 or more"]
    assert all(2300 < count < 2700 for count in found.values())


@pytest.mark.parametrize(
    ("numbers", "names"),
    [
        ([0, 1] * 50, ["x=under 1", "x=1 or more"]),
        ([0.0] * 90 + [3.0] * 10, ["x=under 3", "x=3 or more"]),
        ([5.0] * 100, ["x=5 or more"]),
        (np.linspace(-1, 1, 1001), ["x=under -0.5", "x=-0.5 to 0", "x=0 to 0.5", "x=0.5 or more"]),
        (
            np.linspace(0, 0.004, 1001),
            ["x=under 0.001", "x=0.001 to 0.002", "x=0.002 to 0.003", "x=0.003 or more"],
        ),
        (
            1_600_000_000 + np.arange(0, 40_000_000, 1000),
            [
                "x=under 1610000000",
                "x=1610000000 to 1620000000",
                "x=1620000000 to 1630000000",
                "x=1630000000 or more",
            ],
        ),
    ],
    ids=["flags", "mostly nothing", "one number", "below zero", "small", "seconds"],
)
def test_any_scale_of_numbers_is_cut(cuts, numbers, names):
    assert sorted(cuts(x=pa.array(np.asarray(numbers, dtype=float)))) == sorted(names)


def test_rare_values_are_in_no_slice_and_missing_ones_are_one_if_they_are_frequent(cuts):
    channels = ["web"] * 700 + ["shop"] * 290 + ["fax"] * 9 + [None]

    assert cuts(channel=channels) == {"channel=web": 700, "channel=shop": 290, "": 10}
    assert cuts(channel=["web"] * 50 + [None] * 50) == {"channel=web": 50, "channel=(missing)": 50}


def test_declared_bins_are_kept_and_declared_values_stay_values(cuts):
    assert list(cuts((Bins("age", (30,)),), age=[20.0, 30.0, None])) == [
        "age=under 30",
        "age=30 or more",
        "age=(missing)",
    ]
    assert cuts(text=("stars",), stars=[1, 2, 2]) == {"stars=1": 1, "stars=2": 2}


def test_a_column_of_names_is_refused_with_its_mend(cuts):
    with pytest.raises(BadData, match="there is no slice to be found in it") as refused:
        cuts(name=[f"n{number}" for number in range(MOST_VALUES + 1)])
    assert refused.value.mend == "Remove it from `data.test.search`."


def test_the_cut_is_the_same_for_any_partitioning(cuts):
    numbers = np.random.default_rng(1).lognormal(size=5000)

    assert cuts(x=numbers, rows_in_a_group=37) == cuts(x=numbers)
