"""A column's cells dealt to other rows, and everything else left as it is."""

from datetime import date

import pyarrow as pa
import pytest
from pyarrow import parquet

from ci_mlops.datasets.dealt import with_column_dealt
from ci_mlops.datasets.features import write_features

CSV = '''\
id;code;note;label
1;007;"a; b";0
2;1.50;;1
3;x;"say ""no""";0
'''
DEALT = '''\
id;code;note
1;x;"a; b"
2;007;
3;1.50;"say ""no"""
1;007;"say ""no"""
2;1.50;"a; b"
3;x;
'''
ORDER = [2, 0, 1]


def test_cells_of_csv_keep_their_text_byte_for_byte(tmp_path):
    (tmp_path / "test.csv").write_text(CSV)
    features = write_features([tmp_path / "test.csv"], target="label", id="id", into=tmp_path / "plain")
    dealt = with_column_dealt(features, tmp_path / "dealt", columns=["code", "note"], order=ORDER)

    assert (dealt.rows, dealt.columns, dealt.delimiter) == (6, ("id", "code", "note"), ";")
    assert dealt.path.read_text() == DEALT


@pytest.mark.parametrize("column", ["when", "name"])
def test_columns_of_parquet_keep_their_type(tmp_path, column):
    table = pa.table(
        {
            "id": [1, 2, 3],
            "when": pa.array([date(2026, 1, day) for day in (1, 2, 3)]),
            "name": pa.array(["a", None, "b"]).dictionary_encode(),
            "label": [0, 1, 0],
        }
    )
    parquet.write_table(table, tmp_path / "test.parquet")
    features = write_features([tmp_path / "test.parquet"], target="label", id="id", into=tmp_path / "plain")
    dealt = with_column_dealt(features, tmp_path / "dealt", columns=[column], order=ORDER)
    found, before = parquet.read_table(dealt.path), parquet.read_table(features.path)

    assert found.schema == before.schema
    assert found.column(column).to_pylist() == before.column(column).take(pa.array(ORDER)).to_pylist()
    for other in {"id", "when", "name"} - {column}:
        assert found.column(other).to_pylist() == before.column(other).to_pylist()
