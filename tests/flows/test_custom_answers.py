"""What a worker brings back is read as if an enemy had written it."""

import numpy as np
import pytest

from ci_mlops.flows.custom_answers import Asked, Place, read_said
from ci_mlops.records.custom_metric import custom_name
from tests.flows.metrics_of_teams import FILE, found, heard, metric, policy, scored

ROWS = np.arange(4)
PLACE = Place(name="", rows=ROWS, part=ROWS // 2, parts=2, units=4)
ASKED = Asked(
    name=custom_name("mine.py:profit"),
    places=(PLACE,),
    models=("candidate", "champion"),
    differing=np.array([True, False, False, False]),
)
UNREAD = "what `profit` gave can't be read"


def said(answer, folder, arrays=None):
    values = folder / "values.npz"
    if arrays is not None:
        np.savez(values, **arrays)
    return read_said(answer, values, ASKED)


def test_numbers_of_both_models_are_taken(tmp_path):
    replicates = said({"places": [{"candidate": [1, 2, 3], "champion": [0.5, 1, 2]}]}, tmp_path).places[""]

    assert (replicates.candidate, replicates.champion) == ((1, 2, 3), (0.5, 1, 2))
    assert (replicates.units, replicates.moved, replicates.reason) == (4, 1, "")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({}, UNREAD),
        ({"places": 7}, UNREAD),
        ({"places": [{}, {}]}, UNREAD),
        ({"places": ["text"]}, UNREAD),
        ({"places": [{"candidate": [1, 2, 3]}]}, UNREAD),
        ({"places": [{"candidate": [1, 2], "champion": [1, 2]}]}, UNREAD),
        ({"places": [{"candidate": [1, 2, "3"], "champion": [1, 2, 3]}]}, UNREAD),
        ({"places": [{"candidate": [1, 2, float("inf")], "champion": [1, 2, 3]}]}, UNREAD),
        ({"kind": "rows"}, UNREAD),
        ({"fault": "a sentence of theirs"}, "`profit` ended its interpreter (exit code 0)"),
        ({"fault": {"what": "raised", "error": "<b>", "line": "7"}}, "`profit` raised an error of its own"),
        ({"fault": {"what": "lacks", "module": "a b"}}, "`profit` imports ``, and only numpy"),
        ({"fault": {"what": "no_rows", "shape": ["x"], "rows": 10**40}}, "`profit` gives an array of shape () for 0 rows"),
        ({"places": [{"fault": {"what": "raised", "error": "KeyError", "line": 3}}]}, "`profit` raised KeyError (mine.py:3)"),
    ],
)  # fmt: skip
def test_anything_else_is_unmeasured_in_words_of_ours(tmp_path, answer, reason):
    replicates = said(answer, tmp_path).places[""]

    assert (replicates.candidate, replicates.champion) == ((), None)
    assert replicates.reason.startswith(reason)


@pytest.mark.parametrize(
    "arrays",
    [
        {"candidate": np.ones(4)},
        {"candidate": np.ones(3), "champion": np.ones(3)},
        {"candidate": np.full(4, np.nan), "champion": np.ones(4)},
        {"candidate": np.array(["a"] * 4), "champion": np.ones(4)},
        {"candidate": np.array([{}] * 4), "champion": np.ones(4)},
    ],
)
def test_arrays_that_are_no_numbers_of_the_rows_are_not_taken(tmp_path, arrays):
    assert said({"kind": "rows"}, tmp_path, arrays).by_row is None


def test_a_number_that_only_all_rows_have_is_shown_without_an_interval(tmp_path):
    text = "def whole(truth):\n    if len(truth) < 100:\n        raise ValueError\n    return 1.0\n"
    own = found(heard(tmp_path, text, policy(metric("whole")), *scored(100)), metric("whole"))

    assert (own.champion, own.candidate, own.low, own.candidate_low) == (1, 1, None, None)
    assert own.reason == f"where some of these rows are left out, `whole` raised ValueError ({FILE}:3)"
