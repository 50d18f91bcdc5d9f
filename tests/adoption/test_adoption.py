"""Repositories that did not know us, from `init` to a registered version; `road.py` walks all twelve."""

import pytest

from tests.adoption.road import ADOPTIONS, walk

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


@pytest.mark.parametrize(
    ("name", "rows", "said"),
    [
        # a package, a pipeline, labels that the script turns into numbers
        ("breast-cancer-diagnosis", 114, set()),
        # features that the script makes, and a target that it takes the logarithm of
        ("house-prices", 300, {"prepared_outside"}),
        # a vectorizer and a model in two files, five classes, no seed: two splits leave few rows
        ("support-ticket-classifier", range(20, 200), {"unseeded_split"}),
        # no training, and rows that only their own code can encode
        ("machine-failure-onnx", 2200, set()),
    ],
)
def test_the_whole_road_is_walked_and_nothing_is_left_behind(name, rows, said, tmp_path):
    walked = walk(ADOPTIONS[name], tmp_path)

    story = "\n".join(walked.output.values())
    assert walked.exit_codes["init"] == walked.exit_codes["pin"] == 0, story
    assert walked.verdict["verdict"] in ("passed", "blocked", "undecided", "not_applicable"), story
    assert walked.exit_codes["validate"] == walked.verdict["exit_code"]
    assert walked.verdict["rows"]["compared"] in (rows if isinstance(rows, range) else (rows,))
    assert said <= {finding["code"] for finding in walked.verdict["findings"]}
    assert "registered" in walked.output["register"]
    assert walked.left == ()
