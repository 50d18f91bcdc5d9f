"""Costs from a config to a verdict, by `compare`: prices that rows bring in a column of their own."""

from datetime import UTC, datetime

import numpy as np
import pytest

from ci_mlops.config import parse_config
from ci_mlops.errors import BadData
from ci_mlops.flows.compare import compare_files
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
