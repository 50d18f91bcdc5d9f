"""Equal values give equal keys, whoever holds them; other values give others."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from tests.workers.proof.raws import keys_of

FRAME = pd.DataFrame(
    {
        "whole": [1, 2, 3],
        "part": [0.1, np.nan, -2.5],
        "word": ["x", None, "z"],
        "kind": pd.Categorical(["u", "v", "u"]),
        "day": pd.to_datetime(["2020-01-01", None, "2021-01-01"]),
        "flag": [True, False, True],
    }
)


def same(one, other):
    return (keys_of(one) == keys_of(other)).all()


@pytest.mark.parametrize(
    "held",
    [
        FRAME.to_numpy(dtype=object),
        FRAME.to_numpy(dtype=object).tolist(),
        FRAME.convert_dtypes(),
        FRAME.astype({"kind": object, "word": "category", "flag": int, "whole": float}),
        FRAME.rename(columns=str.upper).set_index(pd.Index([7, 8, 9])),
    ],
    ids=["objects", "lists", "nullable", "other types", "other names"],
)
def test_a_row_has_the_same_key_in_whatever_holds_it(held):
    assert same(FRAME, held)


def test_the_order_of_columns_tells_and_so_does_every_value():
    assert not (keys_of(FRAME) == keys_of(FRAME[list(reversed(FRAME.columns))])).any()
    for name in FRAME.columns:
        other = FRAME.astype(object)
        other.loc[0, name] = "another"
        assert (keys_of(FRAME) != keys_of(other)).tolist() == [True, False, False]


def test_what_parsers_and_single_precision_disagree_on_is_the_same():
    numbers = np.random.default_rng(0).normal(size=(500, 3))

    assert same(numbers, np.nextafter(numbers, 9))
    assert same(numbers, numbers.astype("float32"))
    assert same(np.array([[0.0, np.nan]]), np.array([[-0.0, float("nan")]]))


def test_large_whole_numbers_stay_apart():
    assert len(set(keys_of(np.array([[2**40], [2**40 + 1]])).tolist())) == 2


@pytest.mark.parametrize("kind", [sparse.csr_matrix, sparse.csc_matrix, sparse.coo_matrix])
def test_a_sparse_matrix_has_the_keys_of_its_dense_form_and_is_not_touched(kind):
    dense = np.random.default_rng(0).poisson(0.3, size=(50, 20)).astype(float)
    dense[0] = 0
    matrix = kind(dense)

    assert same(matrix, dense)
    assert (matrix.toarray() == dense).all()


def test_texts_are_rows_of_one_column():
    assert same(pd.Series(["a", "b"]), ["a", "b"])
    assert same(np.array(["a", "b"]), pd.DataFrame({"text": ["a", "b"]}))


def test_images_are_rows_of_their_pixels():
    images = np.arange(24).reshape(2, 3, 4)

    assert same(images, images.reshape(2, 12))


def test_no_two_of_many_rows_share_a_key():
    rows = np.random.default_rng(0).integers(0, 50, size=(100_000, 5))

    assert len(np.unique(keys_of(rows))) == len(np.unique(rows, axis=0))
