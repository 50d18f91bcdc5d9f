"""`ci-mlops drill`, as its user runs it: on a hand-over, and on a prediction file."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from ci_mlops.config import read_config
from ci_mlops.errors import BadConfig, BadData
from ci_mlops.flows.drill import line
from ci_mlops.flows.drill.story import drill, drill_file
from ci_mlops.flows.judge import judge
from ci_mlops.flows.validate import validate
from ci_mlops.records import Change
from ci_mlops.report import render
from ci_mlops.report.drill_rendering import render_drill
from tests.evaluation.drills import label_sets, numbers, three_classes, two_classes
from tests.flows.loans import Told
from tests.flows.rules import found_rules, with_share

FILE_CONFIG = """\
model: credit-default
task: {task}
data:
  train: train.csv
  test: {{path: test.csv, target: label{more}}}
metrics: {metrics}
{cost}
gates:
{gates}
"""
TWO = FILE_CONFIG.format(
    task="classification",
    more=", slices: [region]",
    metrics="[recall, precision, roc_auc]",
    cost="cost: {unit: EUR, false_negative: 500, false_positive: 20}",
    gates="  - {metric: expected_cost, max_regression: 8}\n  - {metric: recall, max_regression: 0.05}\n"
    "  - {metric: accuracy, min: 0.1}\n  - {metric: precision, min: 0.6, severity: warn}\n",
)
THREE = FILE_CONFIG.format(
    task="classification",
    more=", classes: [bug, feature, question]",
    metrics="[accuracy, log_loss]",
    cost="",
    gates="  - {metric: accuracy, max_regression: 0.05}\n  - {metric: log_loss, max_regression: 0.05}\n",
)
SETS = THREE.replace("question]", "question], multilabel: true").replace("log_loss", "f1_macro")
NUMBERS = FILE_CONFIG.format(
    task="regression",
    more="",
    metrics="[mae, rmse]",
    cost="",
    gates="  - {metric: mae, max_regression: 0.5}\n",
)


EXPECTED = Path(__file__).parent / "expected"


@pytest.fixture
def matches_expected():
    """Compare a whole rendering with its file; CI_MLOPS_UPDATE_EXPECTED=1 writes the file instead."""

    def check(name, text):
        if os.environ.get("CI_MLOPS_UPDATE_EXPECTED"):
            (EXPECTED / name).write_text(text, encoding="utf-8")

        assert (EXPECTED / name).read_text(encoding="utf-8") == text

    return check


def run(*arguments, cwd, expect):
    environ = {**os.environ, "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "ci_mlops.cli", "drill", *arguments],
        cwd=cwd,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == expect, done.stdout + done.stderr
    return done


def of_file(folder):
    settings = read_config(folder / "ci-mlops.yml")
    return drill_file(folder / "said.parquet", settings.policy(), config="ci-mlops.yml", model=settings.model)


def written(folder, config, rows, names=None):
    """A prediction file with labels, and the config beside it."""
    said = rows.candidate

    def words(codes):
        if names is not None and "multilabel" in config:
            bits = [[name for at, name in enumerate(names) if int(code) >> at & 1] for code in codes]
            return ["|".join(labels) for labels in bits]
        return codes if names is None else [names[int(code)] for code in codes]

    table = {"id": range(len(rows)), "label": words(rows.labels), "prediction": words(said.decisions)}
    if said.scores is not None and said.scores.ndim == 2:
        table |= {f"score_{name}": said.scores[:, place] for place, name in enumerate(names)}
    elif said.scores is not None:
        table["score"] = said.scores
        [column] = rows.slices.values()
        table["region"] = [column.names[code].partition("=")[2] for code in column.codes]
    parquet.write_table(
        pa.table({key: pa.array(values) for key, values in table.items()}), folder / "said.parquet"
    )
    (folder / "ci-mlops.yml").write_text(config)
    return folder


def test_a_prediction_file_is_drilled_without_training_anything(tmp_path, matches_expected):
    written(tmp_path, TWO, two_classes())
    done = run("--predictions", "said.parquet", cwd=tmp_path, expect=0)
    at = done.stdout.index("\nDrilled at ")

    assert done.stderr == ""
    matches_expected("drill.txt", done.stdout[:at])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ci-mlops.yml", "said.parquet"]


def test_decoration_is_named_and_fails_a_strict_drill(tmp_path, matches_expected):
    written(tmp_path, TWO, two_classes())
    done = run(
        "--predictions",
        "said.parquet",
        "--strict",
        "--output",
        "out",
        "--format",
        "json",
        cwd=tmp_path,
        expect=1,
    )
    told = json.loads(done.stdout)

    assert told["schema"] == "ci-mlops/drill/v1"
    assert told["summary"]["decoration"] == ["accuracy >= 0.1"]
    assert [rule["decoration"] for rule in told["rules"]] == [False, False, True, False]
    assert (tmp_path / "out" / "drill.json").read_text() == done.stdout
    report = (tmp_path / "out" / "drill.md").read_text()
    matches_expected("drill.md", report[: report.index("\nDrilled at ")])


@pytest.mark.parametrize(
    ("config", "make", "names", "sabotages"),
    [
        (THREE, three_classes, ("bug", "feature", "question"), {"swapped", "swapped-scores", "unscored"}),
        (NUMBERS, numbers, None, {"scaled", "shifted", "noisy"}),
        (SETS, label_sets, ("bug", "feature", "question"), {"every", "swapped", "label-dealt", "label-lost"}),
    ],
    ids=["classes", "numbers", "label sets"],
)
def test_several_classes_labels_and_numbers_are_drilled_too(tmp_path, config, make, names, sabotages):
    written(tmp_path, config, make(), names)
    found = of_file(tmp_path)
    fates = {one.name: one.fate for one in found.sabotages}

    assert sabotages <= set(fates)
    assert {fates[name] for name in ("nan", "other-rows")} == {"refused"}
    assert {fates[name] for name in ("champion", "few-right", "third-right")} == {"passed"}
    assert {fates[name] for name in ("shuffled", "constant", "rotated")} == {"stopped"}
    assert render_drill(found, "terminal")


def test_a_file_without_labels_and_a_config_without_gates_are_refused(tmp_path):
    written(tmp_path, TWO, two_classes(50))
    table = parquet.read_table(tmp_path / "said.parquet")
    parquet.write_table(table.drop_columns(["label"]), tmp_path / "said.parquet")
    with pytest.raises(BadData, match="no column `label`"):
        of_file(tmp_path)
    config = tmp_path / "ci-mlops.yml"
    config.write_text(config.read_text().partition("gates:")[0])
    with pytest.raises(BadConfig, match="there is no gate to drill"):
        of_file(tmp_path)


@pytest.fixture(scope="module")
def validated(tmp_path_factory):
    """A team whose change was validated, and the verdict on it."""
    team = found_rules(tmp_path_factory.mktemp("validated"))
    with_share(team, 0.595)
    return team, validate(team.tools, team.project(), team.output)


def test_the_hand_over_of_a_validation_is_drilled_and_nothing_is_trained_again(validated):
    team, _ = validated
    before = [(path.name, path.stat().st_mtime_ns) for path in sorted((team.output / "logs").iterdir())]
    found = drill(team.tools, team.project(), team.output)

    assert [
        (path.name, path.stat().st_mtime_ns) for path in sorted((team.output / "logs").iterdir())
    ] == before
    assert found.source.startswith("the champion, trained from commit ")
    assert found.exit_code == 0
    assert {one.name: one.fate for one in found.sabotages}["shuffled"] == "stopped"
    assert found.summary.policy.startswith("sha256:")
    assert found.summary.test.startswith("sha256:")
    assert [skip.reason for skip in found.left_out] == [
        "the `predict` command answers for the model, and is asked once of each row"
    ]


def test_the_rules_of_the_working_tree_are_drilled_so_that_a_mended_one_is_seen_to_hold(validated):
    team, _ = validated
    config = team.folder / "ci-mlops.yml"
    text = config.read_text()
    config.write_text(text.replace("{metric: accuracy, min: 0.6}", "{metric: accuracy, min: 0.1}"))
    found = drill(team.tools, team.project(), team.output)
    config.write_text(text)

    assert found.summary.decoration == ("accuracy >= 0.1",)


def test_a_verdict_carries_the_drill_of_its_own_rules_in_one_line(validated):
    _, verdict = validated
    told = verdict.drill

    assert told.harmful == told.stopped + len(told.allowed) > 4
    assert told.policy == verdict.policy.digest
    line = f"Drill: these rules stop {told.stopped} of {told.harmful} harmful sabotages of the champion"
    assert line in " ".join(render(verdict, "terminal").split())


def test_the_same_hand_over_gives_the_same_drill_and_the_same_verdict_digest(validated):
    team, verdict = validated
    again = judge(team.tools, team.project(), team.output, isolation="process")

    assert again.drill == verdict.drill
    assert again.verdict_digest == verdict.verdict_digest


def test_more_rows_than_can_be_drilled_in_passing_are_told(validated, monkeypatch):
    team, _ = validated
    monkeypatch.setattr(line, "MOST_ROWS", 599)
    verdict = judge(team.tools, team.project(), team.output)

    assert verdict.drill is None
    assert [skip.reason for skip in verdict.skips if skip.what == "drill"] == [
        "600 rows are too many to drill in passing; `ci-mlops drill` does it by itself"
    ]


def test_without_a_hand_over_the_models_are_made_first_and_where_there_is_no_base_it_is_the_candidate(
    tmp_path,
):
    team = found_rules(tmp_path)
    head = team.git("rev-parse", "HEAD")
    team.platform = Told(Change(platform="github", event="other", head=head, job="drill"))
    found = drill(team.tools, team.project(), team.output)

    assert found.rows == 600
    assert found.source == "the model of this checkout, as there is no champion yet"
    assert not (team.output / "predictions" / "champion.parquet").exists()
