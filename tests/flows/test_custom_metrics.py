"""A metric that is one function of the team's: its number, how sure we are of it, and what it can't do to us."""

import os
import sys
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from ci_mlops.records import GateRule, Limit
from tests.flows.metrics_of_teams import FILE, found, heard, metric, numbers, policy, scored

MINE = """\
import numpy as np

def off(truth, prediction):
    return np.abs(truth - prediction)

def share(truth, prediction):
    return np.mean(truth == prediction)

def area(truth, score):
    order = np.argsort(score, kind="stable")
    rank = np.empty(len(score))
    rank[order] = np.arange(1, len(score) + 1)
    events = (truth == 1).sum()
    return (rank[truth == 1].sum() - events * (events + 1) / 2) / (events * (len(truth) - events))

def ordered(truth, score):
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(truth[order] == 1)
    return float(np.sum((truth[order] == 1) * hits / np.arange(1, len(truth) + 1)) / hits[-1])

def profit(truth, prediction, amount, region, price=0.1):
    gain = np.where(truth == 1, price * amount, -amount)
    return np.where(prediction == 1, np.where(region == "west", 2 * gain, gain), 0.0)

def mean_off_loss(truth, prediction, weight):
    return np.average(np.abs(truth - prediction), weights=weight)

def all_columns(truth, **columns):
    return float(sorted(columns) == ["amount", "region"] and columns["region"].dtype.kind == "U")
"""


def same_numbers(own, ours):
    """All that is measured, but for the name and the direction."""
    return replace(own, metric="", higher_is_better=True) == replace(ours, metric="", higher_is_better=True)


@pytest.mark.parametrize("weight", [None, "w"])
def test_a_mean_of_rows_has_the_very_interval_of_our_own_metric(tmp_path, weight):
    rules = policy("mae", metric("off_loss"), task="regression", slices=("region",), weight=weight)
    hearing = heard(tmp_path, MINE.replace("def off(", "def off_loss("), rules, *numbers())

    for place in (None, "region=north", "region=south"):
        assert same_numbers(found(hearing, metric("off_loss"), place), found(hearing, "mae", place))
    assert found(hearing, metric("off_loss")).improvement > 0


def test_a_number_is_the_functions_own_and_its_interval_near_the_closed_form(tmp_path):
    rules = policy("accuracy", "roc_auc", *map(metric, ("share", "area", "ordered")), slices=("region",))
    champion, candidate = scored()
    hearing = heard(tmp_path, MINE, rules, champion, candidate)

    for ours, own in (("accuracy", "share"), ("roc_auc", "area")):
        closed, sampled = found(hearing, ours), found(hearing, metric(own))
        assert sampled.improvement == pytest.approx(closed.improvement, abs=1e-12)
        assert (sampled.champion, sampled.candidate) == pytest.approx(
            (closed.champion, closed.candidate), abs=1e-12
        )
        assert 0.8 < (sampled.high - sampled.low) / (closed.high - closed.low) < 1.25
        assert "jackknife of 100 groups (error known to 7%)" in sampled.method
        on_slice = found(hearing, metric(own), "region=north")
        assert on_slice.candidate == pytest.approx(found(hearing, ours, "region=north").candidate, abs=1e-12)
        assert "jackknife of 20 groups (error known to 16%)" in on_slice.method
    precision = found(hearing, metric("ordered")).candidate
    assert precision == pytest.approx(
        average_precision_score(candidate["label"], candidate["score"]), abs=1e-12
    )


def test_columns_and_weights_come_as_they_are_asked_for(tmp_path):
    rules = policy(metric("profit"), metric("all_columns"), columns=("amount",), slices=("region",))
    champion, candidate = scored()
    hearing = heard(tmp_path, MINE, rules, champion, candidate)
    gain = np.where(candidate["label"] == 1, 0.1, -1) * candidate["amount"]
    gain = np.where(candidate["region"] == "west", 2 * gain, gain) * candidate["prediction"]
    weighted = heard(
        tmp_path, MINE, policy(metric("mean_off_loss"), task="regression", weight="w"), *numbers()
    )
    _, better = numbers()
    off = np.average(np.abs(better["label"] - better["prediction"]), weights=better["w"])

    assert found(hearing, metric("profit")).candidate == pytest.approx(gain.mean(), abs=1e-12)
    assert found(hearing, metric("all_columns")).candidate == 1
    assert found(weighted, metric("mean_off_loss")).candidate == pytest.approx(off, abs=1e-12)
    assert found(weighted, metric("mean_off_loss")).improvement > 0
    assert found(weighted, metric("mean_off_loss")).events < 400


def test_the_order_of_the_rows_moves_no_bit(tmp_path):
    rules = policy(metric("area"), metric("profit"), columns=("amount",), slices=("region",))
    tables = scored(600)
    order = np.random.default_rng(5).permutation(600)
    mixed = [{name: np.asarray(values)[order] for name, values in table.items()} for table in tables]

    assert heard(tmp_path, MINE, rules, *tables) == heard(tmp_path, MINE, rules, *mixed)


def test_the_same_predictions_are_no_difference(tmp_path):
    champion, _ = scored(300)
    hearing = heard(tmp_path, MINE, policy(metric("share"), metric("area")), champion, champion)

    for name in ("share", "area"):
        same = found(hearing, metric(name))
        assert (same.improvement, same.low, same.high, same.identical) == (0, 0, 0, True)


def test_labels_of_several_classes_come_as_words(tmp_path):
    rng = np.random.default_rng(0)
    classes = ("bug", "feature", "question")
    label = np.array(classes)[rng.integers(0, 3, 300)]
    tables = []
    for share in (0.6, 0.7):
        right = rng.random(300) < share
        tables.append({"id": np.arange(300), "label": label, "prediction": np.where(right, label, "bug")})
    text = "def bugs(truth, prediction):\n    return ((truth == 'bug') & (prediction == 'bug')) * 1.0\n"
    hearing = heard(tmp_path, text, policy(metric("bugs"), classes=classes), *tables)

    expected = np.mean((label == "bug") & (tables[1]["prediction"] == "bug"))
    assert found(hearing, metric("bugs")).candidate == pytest.approx(expected, abs=1e-12)


def test_several_labels_a_row_come_as_a_column_for_each(tmp_path):
    rng = np.random.default_rng(0)
    label = ["|".join(np.array(["bug", "feature", "urgent"])[rng.random(3) < 0.5]) for _ in range(200)]
    tables = [{"id": np.arange(200), "label": label, "prediction": rng.permutation(label)} for _ in range(2)]
    text = "def urgent(truth, prediction):\n    return (truth * prediction)[:, 2]\n"
    rules = policy(metric("urgent"), classes=("bug", "feature", "urgent"), multilabel=True)
    hearing = heard(tmp_path, text, rules, *tables)

    both = ["urgent" in a and "urgent" in b for a, b in zip(label, tables[1]["prediction"], strict=True)]
    assert found(hearing, metric("urgent")).candidate == pytest.approx(np.mean(both), abs=1e-12)


HOSTILE = {
    "raises": ("return 1 / 0", f"`f` raised ZeroDivisionError ({FILE}:3)"),
    "own error": ("raise type('Secret text', (Exception,), {})('more text')", f"`f` raised an error of its own ({FILE}:3)"),
    "nan": ("return float('nan')", "`f` gives nan"),
    "nan of rows": ("return np.where(truth == 1, np.nan, 1.0)", "`f` gives NaN, infinity or a number above 1e100 for"),
    "huge": ("return 1e200", "`f` gives a number above 1e100"),
    "shape": ("return np.ones((len(truth), 2))", "`f` gives an array of shape (300, 2) for 300 rows"),
    "text": ("return 'good'", "`f` gives neither a number nor one for each row, but str"),
    "two kinds": ("return 1.0 if prediction.sum() == PRED else prediction * 1.0", "`f` gives one model a number"),
    "lucky": ("return np.random.default_rng().random()", "`f` gives another number when it is asked again"),
    "centred": ("return prediction - prediction.mean()", "`f` gives a row another number when other rows are left out"),
    "library": ("import torch_of_the_team", f"`f` imports `torch_of_the_team`, and only numpy, pyarrow and the standard library are there ({FILE}:3)"),
    "writes": ("open('/tmp/ci-mlops-custom-metric', 'w').write('x')", f"`f` writes to the disk, which a metric may not ({FILE}:3)"),
    "swallows": ("\n    try:\n        open('x', 'w')\n    except BaseException:\n        return 1.0", "`f` writes to the disk, which a metric may not"),
    "forks": ("import os; os.fork(); return 1.0", f"`f` starts another program, which a metric may not ({FILE}:3)"),
    "network": ("import socket; socket.create_connection(('127.0.0.1', 9))", f"`f` reaches for the network, which a metric may not ({FILE}:3)"),
    "in place": ("truth[0] = 1; return 1.0", f"`f` writes into the arrays that it is given ({FILE}:3)"),
    "dies": ("import os; os._exit(7)", "`f` ended its interpreter (exit code 7)"),
    "exits": ("import sys; sys.exit(0)", f"`f` raised SystemExit ({FILE}:3)"),
    "late": ("import time; time.sleep(60)", "`f` was stopped at its time limit of 1 s"),
}  # fmt: skip


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_a_function_that_gives_no_number_is_unmeasured_and_its_gate_does_not_pass(tmp_path, body):
    champion, candidate = scored(300)
    text = f"import numpy as np\ndef f(truth, prediction):\n    {body[0].replace('PRED', str(champion['prediction'].sum()))}\n"
    gates = [
        GateRule(metric=name, limit=Limit(kind="max_regression", value=0.2), undecided="warn")
        for name in ("accuracy", metric("f"))
    ]
    hearing = heard(
        tmp_path,
        text,
        policy(gates=tuple(gates)),
        champion,
        candidate,
        time_limit=1 if "sleep" in text else 60,
    )
    own, gate = found(hearing, metric("f")), hearing.held.gates[1]

    assert (own.champion, own.candidate, own.low) == (None, None, None)
    assert own.reason.startswith(body[1])
    assert "ecret text" not in own.reason
    assert (gate.status, gate.blocks) == ("undecided", True)
    assert hearing.held.gates[0].status == "held"
    assert hearing.ruling.exit_code == 10


def test_what_it_prints_is_kept_in_its_log_and_nowhere_else(tmp_path):
    text = "print('at import')\ndef f(truth):\n    print('::error::look at me')\n    return 1.0\n"
    hearing = heard(tmp_path, text, policy(metric("f")), *scored(40), logs=tmp_path / "logs")

    assert found(hearing, metric("f")).candidate == 1
    assert "look at me" not in repr(hearing)
    assert ": :error::look at me" in (tmp_path / "logs" / "metric-f.log").read_text()


def test_a_slice_without_a_number_leaves_the_others_theirs(tmp_path):
    champion, candidate = scored(300)
    region = np.where(np.arange(300) < 5, "empty", "full")
    for table in (champion, candidate):
        table |= {"region": region, "label": np.where(region == "empty", 0, table["label"])}
    text = "def found(truth, prediction):\n    return 1 / (1 / prediction[truth == 1].tolist().count(1)) / sum(truth)\n"
    hearing = heard(tmp_path, text, policy(metric("found"), slices=("region",)), champion, candidate)

    assert found(hearing, metric("found")).low is not None
    assert found(hearing, metric("found"), "region=full").low is not None
    assert (
        found(hearing, metric("found"), "region=empty").reason
        == f"`found` raised ZeroDivisionError ({FILE}:2)"
    )


def test_a_score_that_a_model_does_not_give_is_no_score_of_nought(tmp_path):
    champion, candidate = scored(100)
    del candidate["score"]
    text = "def strict(truth, score):\n    return 1.0\ndef lax(truth, score=None):\n    return float(score is None)\n"
    hearing = heard(tmp_path, text, policy(metric("strict"), metric("lax")), champion, candidate)

    assert found(hearing, metric("strict")).reason == "the candidate gives no scores, and `strict` needs them"
    lax = found(hearing, metric("lax"))
    assert (lax.candidate, lax.fault) == (None, True)
    assert lax.reason == "the candidate gives no scores, and of the champion `lax` is given them"

    del champion["score"]
    neither = found(heard(tmp_path, text, policy(metric("lax")), champion, candidate), metric("lax"))
    assert (neither.champion, neither.candidate) == (1, 1)


def test_weights_that_one_number_does_not_heed_are_told(tmp_path):
    rules = policy(metric("share"), task="regression", weight="w")

    assert (
        "does not ask for `weight`"
        in found(heard(tmp_path, MINE, rules, *numbers(50)), metric("share")).reason
    )


def test_our_process_imports_nothing_of_it_and_the_child_sees_no_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    monkeypatch.setenv("PROFIT_API_KEY", "secret")
    text = (
        "import os, sys\n"
        "os.environ['TOUCHED_BY_A_METRIC'] = '1'\n"
        "def secrets(truth):\n"
        "    return float(sum('secret' in value for value in os.environ.values()) + len(os.listdir()))\n"
        "def ours(truth):\n"
        "    return float(any(name.startswith('ci_mlops') for name in sys.modules))\n"
    )
    before = set(sys.modules)
    hearing = heard(tmp_path, text, policy(metric("secrets"), metric("ours")), *scored(40))

    assert (found(hearing, metric("secrets")).candidate, found(hearing, metric("ours")).candidate) == (0, 0)
    assert "TOUCHED_BY_A_METRIC" not in os.environ
    assert {name for name in set(sys.modules) - before if "mine" in name} == set()


def test_the_example_of_the_documentation_measures_what_it_says(tmp_path, repository_root):
    page = (repository_root / "docs" / "custom-metrics.md").read_text()
    text = page.partition("```python\n")[2].partition("```")[0]
    champion, candidate = scored(300)
    hearing = heard(tmp_path, text, policy(metric("profit"), columns=("amount",)), champion, candidate)

    lent = candidate["prediction"] == 0
    earned = np.where(candidate["label"] == 1, -1, 0.08) * candidate["amount"] * lent
    assert found(hearing, metric("profit")).candidate == pytest.approx(earned.mean(), abs=1e-12)
