"""`ci-mlops compare` as its user runs it."""

import json
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

CONFIG = """
model: credit-default
task: classification
data:
  train: train.csv
  test: {path: test.csv, target: label, slices: [region]}
metrics: [recall, roc_auc, brier]
cost: {unit: EUR, false_negative: 500, false_positive: 20}
gates:
  - {metric: expected_cost, max_regression: %s}
  - {metric: recall, min: 0.2}
  - {metric: recall, slice: "*", max_regression: 0.2}
"""


def run(*arguments, cwd, expect):
    done = subprocess.run(
        [sys.executable, "-m", "ci_mlops.cli", "compare", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == expect, done.stdout + done.stderr
    return done


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    size = 3000
    z = rng.normal(size=size)
    labels = (rng.random(size) < 1 / (1 + np.exp(-(1.5 * z - 1)))).astype(int)
    for name, noise in (("champion", 0.8), ("candidate", 0.7), ("worse", 4.0)):
        score = 1 / (1 + np.exp(-(1.4 * z - 1 + noise * rng.normal(size=size))))
        table = {
            "id": np.arange(size),
            "label": labels,
            "prediction": (score > 0.3).astype(int),
            "score": score,
            "region": np.array(["north", "south"])[np.arange(size) % 2],
        }
        parquet.write_table(pa.table(table), tmp_path / f"{name}.parquet")
    (tmp_path / "ci-mlops.yml").write_text(CONFIG % "5")
    return tmp_path


@pytest.mark.parametrize("config", [(), ("--config", "ci-mlops.yml")])
def test_where_it_is_counted_changes_nothing(folder, config):
    text = (folder / "ci-mlops.yml").read_text()
    alone, several = (
        run("champion.parquet", "candidate.parquet", *config, *more, "--format", "json", cwd=folder, expect=0)
        for more in ((), ("--compute", "processes:2"))
    )
    (folder / "ci-mlops.yml").write_text(f"{text}compute: processes\n")
    configured = run(
        "champion.parquet", "candidate.parquet", *config, "--format", "json", cwd=folder, expect=0
    )

    digests = {json.loads(done.stdout)["verdict_digest"] for done in (alone, several, configured)}
    assert len(digests) == 1


def test_nowhere_to_count_is_told_in_words(folder):
    done = run("champion.parquet", "candidate.parquet", "--compute", "dusk", cwd=folder, expect=2)

    assert "`dusk` is nowhere to count" in done.stderr


def test_without_a_config_the_usual_metrics_are_shown_and_nothing_is_decided(folder):
    done = run("champion.parquet", "candidate.parquet", cwd=folder, expect=0)

    assert "ROC AUC" in done.stdout
    assert "No gate is configured" in done.stdout


def test_gates_that_hold_pass(folder):
    done = run("champion.parquet", "candidate.parquet", "--config", "ci-mlops.yml", cwd=folder, expect=0)

    assert "Model gate passed" in done.stdout


def test_a_broken_gate_ends_with_1_and_json_tells_why(folder):
    done = run(
        "champion.parquet",
        "worse.parquet",
        "--config",
        "ci-mlops.yml",
        "--format",
        "json",
        "--output",
        "out",
        cwd=folder,
        expect=1,
    )
    verdict = json.loads(done.stdout)

    assert verdict["schema"] == "ci-mlops/verdict/v1"
    assert verdict["verdict"] == "blocked"
    assert verdict["gates"][0]["status"] == "broken"
    assert verdict["isolation"] == "none"
    assert json.loads((folder / "out" / "verdict.json").read_text()) == verdict
    assert (folder / "out" / "report.md").read_text().startswith("### ❌")


def test_rows_that_can_not_decide_end_with_10_where_the_policy_blocks(folder):
    config = (folder / "ci-mlops.yml").read_text().replace("max_regression: 5}", "must: improve}")
    (folder / "ci-mlops.yml").write_text(config)
    size = 200
    for name in ("champion", "candidate"):
        table = parquet.read_table(folder / f"{name}.parquet").slice(0, size)
        parquet.write_table(table, folder / f"{name}.parquet")
    done = run("champion.parquet", "candidate.parquet", "--config", "ci-mlops.yml", cwd=folder, expect=10)

    assert "undecided" in done.stdout.lower()


def test_a_model_compared_with_itself_passes_whatever_the_margin(folder):
    (folder / "ci-mlops.yml").write_text(CONFIG % "0")
    done = run(
        "champion.parquet",
        "champion.parquet",
        "--config",
        "ci-mlops.yml",
        "--format",
        "json",
        cwd=folder,
        expect=0,
    )
    verdict = json.loads(done.stdout)

    assert verdict["identical"] is True
    assert verdict["verdict"] == "passed"


def test_the_same_files_give_the_same_digest(folder):
    digests = {
        json.loads(
            run("champion.parquet", "candidate.parquet", "--format", "json", cwd=folder, expect=0).stdout
        )["verdict_digest"]
        for _ in range(2)
    }

    assert len(digests) == 1


def test_csv_and_parquet_of_the_same_rows_give_the_same_measurements(folder):
    from pyarrow import csv

    for name in ("champion", "candidate"):
        csv.write_csv(parquet.read_table(folder / f"{name}.parquet"), folder / f"{name}.csv")
    found = [
        json.loads(
            run(f"champion.{kind}", f"candidate.{kind}", "--format", "json", cwd=folder, expect=0).stdout
        )["measurements"]
        for kind in ("csv", "parquet")
    ]

    assert found[0] == found[1]


def test_a_missing_file_is_one_clear_error(folder):
    done = run("nothing.parquet", "candidate.parquet", cwd=folder, expect=4)

    assert "there is no file nothing.parquet" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_metric_is_refused_with_what_may_have_been_meant(folder):
    done = run("champion.parquet", "candidate.parquet", "--metrics", "recal", cwd=folder, expect=2)

    assert "Did you mean `recall`?" in done.stderr


def test_the_way_to_a_verdict_imports_nothing_heavy(folder):
    program = (
        "import sys; sys.argv = ['ci-mlops', 'compare', 'champion.parquet', 'candidate.parquet']\n"
        "from ci_mlops.cli.main import cli\n"
        "cli.main(standalone_mode=False)\n"
        "heavy = {'sklearn', 'scipy', 'pandas', 'mlflow', 'github', 'yaml', 'pydantic'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--task", "regression", "--metrics", "accuracy"), "`accuracy` is a metric of classification"),
        (("--metrics", "mae"), "`mae` is a metric of regression"),
        (("--metrics", "expected_cost"), "`expected_cost` needs costs"),
    ],
)
def test_a_metric_that_does_not_fit_is_refused(folder, options, says):
    done = run("champion.parquet", "candidate.parquet", *options, cwd=folder, expect=2)

    assert says in done.stderr


@pytest.fixture
def several(tmp_path):
    rng = np.random.default_rng(0)
    names = np.array(["bug", "feature", "question"])
    labels = rng.choice(3, 900, p=[0.5, 0.3, 0.2])
    for name, skill in (("champion", 0.3), ("candidate", 0.35)):
        scores = skill * np.eye(3)[labels] + (1 - skill) * rng.dirichlet([0.7] * 3, 900)
        table = {
            "id": np.arange(900),
            "label": names[labels],
            "prediction": names[scores.argmax(axis=1)],
            **{f"score_{label}": scores[:, place] for place, label in enumerate(names)},
            "letters": rng.integers(1, 9, 900),
        }
        parquet.write_table(pa.table(table), tmp_path / f"{name}.parquet")
    return tmp_path


def test_three_classes_and_weights_are_compared_without_a_config(several):
    files = ("champion.parquet", "candidate.parquet")
    classes = ("--classes", "bug,feature,question", "--weight", "letters")
    done = run(*files, *classes, cwd=several, expect=0)
    verdict = json.loads(run(*files, *classes, "--format", "json", cwd=several, expect=0).stdout)

    assert "Balanced accuracy" in done.stdout
    assert "Predicted: feature" in done.stdout
    assert "Rows are weighted by letters" in done.stdout
    assert {m["metric"] for m in verdict["measurements"]} == {
        "accuracy",
        "balanced_accuracy",
        "f1_macro",
        "log_loss",
    }
    assert verdict["confusion_table"]["classes"] == ["bug", "feature", "question"]
    assert verdict["weighting"]["column"] == "letters"


def test_rows_of_one_group_are_told_to_be_one_draw(folder):
    for name in ("champion", "candidate"):
        table = parquet.read_table(folder / f"{name}.parquet")
        patients = pa.array([f"p{row // 4}" for row in range(table.num_rows)])
        parquet.write_table(table.append_column("patient", patients), folder / f"{name}_of_patients.parquet")
    files = ("champion_of_patients.parquet", "candidate_of_patients.parquet")
    done = run(*files, "--group", "patient", cwd=folder, expect=0)
    verdict = json.loads(run(*files, "--group", "patient", "--format", "json", cwd=folder, expect=0).stdout)

    assert "Rows of one patient depend on each other and count as one draw" in done.stdout.replace("\n", " ")
    assert verdict["grouping"]["column"] == "patient"
    assert all(
        m["method"].endswith("rows drawn by group") for m in verdict["measurements"] if m["metric"] == "f1"
    )
    assert "has no column `nobody`" in run(*files, "--group", "nobody", cwd=folder, expect=4).stderr


def test_two_classes_say_nothing_of_tables_and_weights(folder):
    done = run("champion.parquet", "candidate.parquet", "--format", "json", cwd=folder, expect=0)

    assert not {"confusion_table", "weighting"} & set(json.loads(done.stdout))


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--classes", "bug,feature"), 2, "For two labels, say which is the event"),
        (("--classes", "bug,feature,question", "--positive", "bug"), 2, "Leave out one of the two"),
        (
            ("--classes", "bug,feature,question", "--metrics", "recall"),
            2,
            "`recall_macro` or `recall of bug`",
        ),
        (("--classes", "bug,feature,questions"), 4, "Did you mean `questions`?"),
        (("--classes", "bug,feature,question", "--weight", "words"), 4, "words"),
        ((), 4, "`--classes a,b,c`"),
    ],
)
def test_classes_that_do_not_fit_are_refused_in_words(several, arguments, code, told):
    done = run("champion.parquet", "candidate.parquet", *arguments, cwd=several, expect=code)

    assert told in done.stderr


def test_slices_may_be_bins_and_crossings(folder):
    for name in ("champion", "candidate"):
        table = parquet.read_table(folder / f"{name}.parquet")
        ages = pa.array([None if n % 50 == 0 else 18 + n % 60 for n in range(table.num_rows)], pa.int64())
        parquet.write_table(table.append_column("age", ages), folder / f"{name}.parquet")
    files = ("champion.parquet", "candidate.parquet")
    done = run(*files, "--slices", "region,age:25:40,region & age", "--format", "json", cwd=folder, expect=0)
    found = dict(json.loads(done.stdout)["slices"])

    ages = ("under 25", "25 to 40", "40 or more", "(missing)")
    regions = ("north", "south")
    # every row that has no age has an even number, and so is in the north
    assert found["age=(missing)"] == found["region=north & age=(missing)"] == 60
    assert set(found) == {
        *(f"region={region}" for region in regions),
        *(f"age={age}" for age in ages),
        *(f"region={region} & age={age}" for region in regions for age in ages[:3]),
        "region=north & age=(missing)",
    }
    assert sum(found[f"age={age}"] for age in ages) == 3000


@pytest.mark.parametrize(
    ("slices", "told"),
    [("age:40:25", "the edges of `age:40:25` are not ascending"), ("region & sex,region", "crosses `sex`")],
)
def test_slices_that_can_not_be_cut_are_a_usage_error(folder, slices, told):
    done = run("champion.parquet", "candidate.parquet", "--slices", slices, cwd=folder, expect=2)

    assert told in done.stdout + done.stderr


def test_a_metric_of_the_teams_own_is_read_beside_the_config_and_only_there(folder):
    (folder / "metrics").mkdir()
    (folder / "metrics" / "mine.py").write_text(
        "def share(truth, prediction):\n    return (truth == prediction) * 1.0\n"
    )
    (folder / "ci-mlops.yml").write_text(
        (CONFIG % "5").replace("[recall,", '["metrics/mine.py:share", recall,')
    )
    ours = ("champion.parquet", "candidate.parquet")
    done = run(*ours, "--config", "ci-mlops.yml", "--output", "out", cwd=folder, expect=0)
    refused = run(*ours, "--metrics", "metrics/mine.py:share", cwd=folder, expect=2)
    verdict = json.loads((folder / "out" / "verdict.json").read_text())

    assert verdict["measurements"][0]["metric"] == "metrics/mine.py:share"
    assert verdict["custom_metrics"][0]["path"] == "metrics/mine.py"
    assert "of the team's code only its own metrics were run" in (folder / "out" / "report.md").read_text()
    assert "share" in done.stdout
    assert "is read from the folder of a config" in refused.stderr


def test_groups_may_be_compared_by_their_fairness(folder):
    metric = "demographic_parity_difference by region"
    files = ("champion.parquet", "candidate.parquet")
    done = run(*files, "--metrics", metric, "--slices", "region", cwd=folder, expect=0)
    refused = run(*files, "--metrics", metric, cwd=folder, expect=2)

    assert "Demographic parity difference" in " ".join(done.stdout.split())
    assert "`--slices` does not list it" in refused.stdout + refused.stderr


def test_a_slice_that_got_worse_is_found_though_nobody_declared_it(folder):
    table = parquet.read_table(folder / "candidate.parquet")
    ages = np.arange(3000) % 60 + 18
    spoilt = (ages < 30) & (np.arange(3000) % 2 == 0)
    said = np.where(spoilt, 1 - table["label"].to_numpy(), table["prediction"].to_numpy())
    table = table.set_column(table.column_names.index("prediction"), "prediction", pa.array(said))
    parquet.write_table(table, folder / "candidate.parquet")
    champion = parquet.read_table(folder / "champion.parquet").append_column("age", pa.array(ages))
    parquet.write_table(champion, folder / "champion.parquet")
    config = folder / "ci-mlops.yml"
    text = CONFIG.replace("slices: [region]", "slices: [region], search: [age, region]") % "500"
    config.write_text(text)
    files = ("champion.parquet", "candidate.parquet", "--config", "ci-mlops.yml")
    done = run(*files, "--output", "out", cwd=folder, expect=0)
    search = json.loads((folder / "out" / "verdict.json").read_text())["search"]

    assert "Searched 14 slices of 2 columns" in " ".join(done.stdout.split())
    assert search["worse"][0]["slice"] == "age=under 33 & region=north"
    assert search["correction"] == "Benjamini-Hochberg"
    # the report is made of the file alone
    assert run_report(folder) == 0


def run_report(folder):
    command = [sys.executable, "-m", "ci_mlops.cli", "report", "out/verdict.json"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode
