"""Costs from a config to a verdict, by `compare`: prices that rows bring in a column of their own."""

from datetime import UTC, datetime

import numpy as np
import pytest

from ci_mlops.config import parse_config
from ci_mlops.errors import BadConfig, BadData
from ci_mlops.flows.compare import compare_files
from ci_mlops.records import Decided
from ci_mlops.report import render
from ci_mlops.report.codec import decode, encode

CONFIG = """\
model: chargebacks
task: classification
data:
  train: data/train.csv
  test: {path: data/test.csv, target: label, id: id, slices: [region]}
"""
NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def files(tmp_path):
    """Two prediction files of 600 rows; the champion's brings the truth, regions and amounts."""
    rng = np.random.default_rng(1)
    labels = (rng.random(600) < 0.3).astype(int)
    amounts, regions = rng.lognormal(5, 0.5, 600), rng.choice(["north", "south"], 600)

    def write(name, share, *, extra=True, amount=str):
        scores = np.where(rng.random(600) < share, labels, 1 - labels) * 0.8 + 0.1
        path = tmp_path / name
        with path.open("w") as file:
            file.write("id,prediction,score" + (",label,region,amount\n" if extra else "\n"))
            for row in range(600):
                said = f"{row},{int(scores[row] >= 0.5)},{scores[row]:.3f}"
                told = f",{labels[row]},{regions[row]},{amount(amounts[row])}" if extra else ""
                file.write(f"{said}{told}\n")
        return path

    return write


def verdict_of(config, champion, candidate):
    policy = parse_config(CONFIG + config).policy()
    return compare_files(champion, candidate, policy, model="chargebacks", source=None, now=NOW)


PER_ROW = "cost: {unit: EUR, false_negative: {column: amount}, false_positive: 15, volume: 1000 per day}\n"


def test_a_price_is_read_from_the_file_that_tells_the_truth(files):
    found = verdict_of(PER_ROW, files("champion.csv", 0.8), files("candidate.csv", 0.95, extra=False))

    cost = next(m for m in found.measurements if m.metric == "expected_cost" and m.slice is None)
    assert cost.word == "better"
    assert cost.events > 20
    text = render(found, "terminal")
    assert "€" in text
    assert "at 365 000 decisions a year" in " ".join(text.split())
    assert decode(encode(found)).cost == found.cost


def test_a_column_of_prices_that_is_not_there_is_named(files):
    with pytest.raises(BadData, match="amount_eur"):
        verdict_of(PER_ROW.replace("amount", "amount_eur"), files("a.csv", 0.8), files("b.csv", 0.9))


@pytest.mark.parametrize("odd", ["", "inf", "1e300"])
def test_a_row_without_a_price_is_refused(files, odd):
    def amount(value):
        return odd if value > 400 else str(value)

    with pytest.raises(BadData, match="rows have none, or one that is infinite") as caught:
        verdict_of(PER_ROW, files("a.csv", 0.8, amount=amount), files("b.csv", 0.9, extra=False))

    assert "near row" in caught.value.where
    assert "`cost` reads a price from it" in caught.value.mend


def test_a_price_that_is_text_is_refused(files):
    with pytest.raises(BadData, match="amounts in `amount` are not numbers"):
        verdict_of(PER_ROW, files("a.csv", 0.8, amount="{} EUR".format), files("b.csv", 0.9, extra=False))


def test_both_models_decide_by_the_threshold_of_the_policy(files):
    champion, candidate = files("champion.csv", 0.8), files("candidate.csv", 0.95, extra=False)

    low, high = (
        verdict_of(f"threshold: {threshold}\nmetrics: [recall, precision]\n", champion, candidate)
        for threshold in (0.05, 0.95)
    )

    # every score is 0.1 or 0.9
    assert low.confusion.candidate[:1] + low.confusion.candidate[2:3] == (0, 0)
    assert high.confusion.candidate[1::2] == (0, 0)
    assert high.threshold.candidate == Decided(threshold=0.95)
    assert decode(encode(high)).threshold == high.threshold
    words = " ".join(render(low, "terminal").split())
    assert "Both models call positive what scores at least 0.05, as the policy says." in words


def test_a_threshold_is_not_held_against_a_model_without_scores(files, tmp_path):
    champion, candidate = files("champion.csv", 0.8), files("candidate.csv", 0.95, extra=False)
    bare = tmp_path / "bare.csv"
    bare.write_text("".join(line.rpartition(",")[0] + "\n" for line in candidate.read_text().splitlines()))

    with pytest.raises(BadData, match="candidate gives no scores, and `threshold` needs them"):
        verdict_of("threshold: 0.2\n", champion, bare)


def test_scores_that_are_no_probabilities_have_no_threshold_that_a_number_names(files, tmp_path):
    champion, candidate = files("champion.csv", 0.8), files("candidate.csv", 0.95, extra=False)
    margins = tmp_path / "margins.csv"
    margins.write_text(candidate.read_text().replace("0.900", "1.9"))

    with pytest.raises(BadData, match="are no probabilities"):
        verdict_of("threshold: 0.2\n", champion, margins)


def test_compare_has_no_rows_to_choose_a_threshold_on(files):
    config = CONFIG.replace("  train:", "  validation: data/valid.csv\n  train:") + "threshold: {by: f1}\n"
    policy = parse_config(config).policy()

    with pytest.raises(BadConfig, match="chosen on validation rows, and `compare` has none"):
        compare_files(files("a.csv", 0.8), files("b.csv", 0.9), policy, model="m", source=None, now=NOW)
