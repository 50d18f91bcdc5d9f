"""Story `validate`: what a pull request is told, by base's policy, whatever the change says."""

import json
from dataclasses import replace

import msgspec
import pytest

from ci_mlops.errors import BadData, TrainingFailed
from ci_mlops.files.digest import tree_digest
from ci_mlops.flows.judge import judge
from ci_mlops.flows.predict import predict
from ci_mlops.flows.predicted import Predicted
from ci_mlops.flows.ruled import asked_alike
from ci_mlops.flows.train import train
from ci_mlops.flows.validate import validate
from ci_mlops.records import Change, Registration
from tests.flows.rules import found_rules, with_share


@pytest.fixture
def team(tmp_path):
    return found_rules(tmp_path)


def told(team, **options):
    return validate(team.tools, team.project(**options), team.output)


def test_a_worse_model_is_blocked(team):
    with_share(team, 0.9)
    verdict = told(team)

    assert (verdict.verdict, verdict.exit_code) == ("blocked", 1)
    assert verdict.gates[0].status == "broken"
    assert verdict.gates[0].where == "ci-mlops.yml:14"
    assert verdict.isolation == "process"
    assert verdict.rows.compared == 600


def test_a_model_that_is_hardly_different_passes(team):
    with_share(team, 0.595)
    verdict = told(team)

    assert (verdict.verdict, verdict.exit_code) == ("passed", 0)
    assert [part.part for part in verdict.changed if part.changed] == ["code"]


def test_a_change_of_words_alone_is_no_model_change(team):
    team.write("README.md", "words")
    team.commit()
    verdict = told(team)

    assert (verdict.verdict, verdict.exit_code) == ("not_applicable", 0)
    assert verdict.reason == "No model change: the candidate is the champion, byte for byte."
    assert team.trainings() == 1


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        ({}, True),
        ({"environment": "sha256:2"}, False),
        ({"columns": ("income",)}, False),
        ({"source": "command"}, False),
    ],
)
def test_one_model_is_itself_only_where_it_is_asked_in_the_same_way(other, alike):
    told = Predicted(
        role="candidate",
        model="sha256:1",
        fingerprint="1",
        test="sha256:1",
        rows=1,
        task="classification",
        source="worker",
        score_kind=None,
        classes=None,
        columns=("income", "debt"),
        environment="sha256:1",
        job="",
    )

    assert asked_alike(told, replace(told, role="champion", **other)) is alike


def test_the_pull_request_that_adds_the_config_is_measured_for_information(team):
    config = (team.folder / "ci-mlops.yml").read_text()
    team.git("checkout", "-q", "main")
    team.git("rm", "-q", "ci-mlops.yml", "ci-mlops.lock")
    team.commit("Before us")
    team.git("checkout", "-q", "-b", "adopt")
    team.write("ci-mlops.yml", config.replace("min: 0.6", "min: 0.99"))
    team.pin()
    team.commit("Add ci-mlops")
    verdict = told(team)

    assert (verdict.verdict, verdict.exit_code) == ("not_applicable", 0)
    assert verdict.reason == "First report: the gates apply after this is merged."
    assert verdict.champion is None
    assert verdict.measurements[0].candidate is not None


def without_bases_lock(team):
    team.git("checkout", "-q", "main")
    lock = (team.folder / "ci-mlops.lock").read_text()
    team.git("rm", "-q", "ci-mlops.lock")
    team.commit("Without lock")
    team.git("checkout", "-q", "-B", "change")
    team.write("ci-mlops.lock", lock)


@pytest.mark.parametrize(("share", "outcome"), [(-1, "blocked"), (0.9, "not_applicable")])
def test_rules_of_a_base_that_pins_no_rows_can_block_and_are_never_said_to_be_kept(team, share, outcome):
    without_bases_lock(team)
    with_share(team, share)
    verdict = told(team)

    assert verdict.verdict == outcome
    assert verdict.exit_code == (1 if outcome == "blocked" else 0)
    assert ("no ci-mlops.lock" in verdict.reason) == (outcome == "not_applicable")


def test_without_a_base_absolute_rules_are_judged_and_comparisons_are_skipped(team):
    team.git("checkout", "-q", "main")
    team.git("branch", "-q", "-D", "change")
    verdict = told(replace_base(team))

    assert verdict.verdict == "passed"
    assert {gate.metric: gate.status for gate in verdict.gates} == {"recall": "skipped", "accuracy": "held"}
    assert verdict.skips[0].what == "champion"


def replace_base(team):
    """A repository of one commit: there is nothing before it."""
    team.git("checkout", "-q", "--orphan", "alone")
    team.commit("Only one")
    team.git("branch", "-q", "-D", "main")
    team.git("branch", "-q", "-m", "main")
    return team


def test_the_policy_is_bases_and_the_edit_is_named(team):
    with_share(team, 0.9)
    team.replace("ci-mlops.yml", "max_regression: 0.05", "max_regression: 0.9")
    team.replace("ci-mlops.yml", "false_negative: 500", "false_negative: 1")
    team.commit("Loosen the gate")
    verdict = told(team)

    assert verdict.verdict == "blocked"
    assert verdict.policy.edited
    assert "gates.recall.max_regression: 0.05 -> 0.9" in verdict.policy.edits
    assert verdict.cost.false_negative == 500


def test_a_test_set_that_the_change_replaces_does_not_judge_it(team):
    with_share(team, 0.9)
    rows = (team.folder / "data/test.csv").read_text().splitlines()
    # only rows that any model gets right
    easy = [rows[0], *(row for row in rows[1:] if row.endswith("no"))]
    (team.folder / "data/test.csv").write_text("\n".join(easy) + "\n")
    team.pin()
    team.commit("Drop the hard rows")
    verdict = told(team)

    assert verdict.verdict == "blocked"
    assert verdict.rows.compared == 600
    assert any("moves the pin of the test data" in notice for notice in verdict.notices)
    assert next(part for part in verdict.changed if part.part == "data.test").changed


def test_a_verdict_is_the_same_when_it_is_reached_again(team):
    with_share(team, 0.62)
    first, second = told(team), told(team)

    assert first.candidate.origin == "trained"
    assert second.candidate.origin == "reused"
    assert measured(first) == measured(second)


def measured(verdict):
    return (verdict.gates, verdict.measurements, verdict.fingerprint, verdict.candidate.digest)


def test_training_that_fails_is_an_error_and_no_verdict(team):
    team.write("train.py", "raise SystemExit(7)")
    team.commit()

    with pytest.raises(TrainingFailed, match="exit code 7"):
        told(team)


def in_job(team, name):
    team.platform.told = Change(platform="github", event="local", job=name)


def test_three_jobs_are_told_apart_from_one(team):
    with_share(team, 0.9)
    for job, story in (("train", train), ("predict", predict)):
        in_job(team, job)
        story(team.tools, team.project(), team.output)
    in_job(team, "judge")
    apart = judge(team.tools, team.project(), team.output)
    in_job(team, "predict")
    together = judge(team.tools, team.project(), team.output)

    assert (apart.isolation, together.isolation) == ("job", "process")
    assert apart.verdict == "blocked"


@pytest.fixture
def handed_over(team):
    with_share(team, 0.9)
    train(team.tools, team.project(), team.output)
    predict(team.tools, team.project(), team.output)
    return team


def judged(team):
    return judge(team.tools, team.project(), team.output)


def edit(path, **fields):
    document = msgspec.json.decode(path.read_bytes())
    path.write_bytes(msgspec.json.encode({**document, **fields}))


def test_a_champion_that_was_taken_out_of_the_hand_over_is_missed(handed_over):
    import shutil

    shutil.rmtree(handed_over.output / "models" / "champion")

    with pytest.raises(BadData, match="there is no champion in the hand-over"):
        judged(handed_over)


def test_a_model_that_was_exchanged_after_scoring_is_found(handed_over):
    (handed_over.output / "models/candidate/model/model.bin").write_text("0.6")

    with pytest.raises(BadData, match="when it was trained"):
        judged(handed_over)


def test_predictions_of_another_model_are_found(handed_over):
    edit(handed_over.output / "predictions/candidate.json", model="sha256:" + "0" * 64)

    with pytest.raises(BadData, match="are of another model"):
        judged(handed_over)


def test_predictions_for_other_rows_are_found(handed_over):
    edit(handed_over.output / "predictions/candidate.json", test="sha256:" + "0" * 64)

    with pytest.raises(BadData, match="are for other test data"):
        judged(handed_over)


def test_a_verdict_that_lies_in_the_hand_over_is_not_even_read(handed_over):
    (handed_over.output / "verdict.json").write_text(json.dumps({"verdict": "passed"}))

    assert judged(handed_over).verdict == "blocked"


def test_predictions_that_drop_rows_are_found(handed_over):
    import pyarrow.parquet as parquet

    path = handed_over.output / "predictions/candidate.parquet"
    parquet.write_table(parquet.read_table(path).slice(0, 500), path)

    with pytest.raises(BadData, match="the ids don't match"):
        judged(handed_over)


def test_slices_come_from_the_test_data_and_not_from_the_predictions(tmp_path):
    from tests.flows.rules import CONFIG

    sliced = CONFIG.replace("id: loan}", "id: loan, slices: [debt_band]}").replace(
        "gates:", 'gates:\n  - {metric: recall, slice: "*", min: 0.1}'
    )
    team = found_rules(tmp_path, config=CONFIG)
    for name in ("train", "test"):
        rows = (team.folder / f"data/{name}.csv").read_text().splitlines()
        banded = [rows[0] + ",debt_band"] + [
            row + (",low" if int(row.split(",")[2]) < 30 else ",high") for row in rows[1:]
        ]
        (team.folder / f"data/{name}.csv").write_text("\n".join(banded) + "\n")
    team.write("ci-mlops.yml", sliced)
    team.pin()
    team.commit("Slice by band")
    team.git("branch", "-f", "main")
    with_share(team, 0.595)
    verdict = told(team)

    assert {name for name, _ in verdict.slices} == {"debt_band=low", "debt_band=high"}
    assert {gate.slice for gate in verdict.gates if gate.slice} == {"debt_band=low", "debt_band=high"}


def test_regression_is_judged_in_its_own_unit(tmp_path):
    config = (
        "model: rent\ntask: regression\ndata:\n  train: data/train.csv\n"
        "  test: {path: data/test.csv, target: income, id: loan, unit: EUR}\n"
        "train:\n  run: python train.py\n  model: {path: model.bin}\n"
        "predict:\n  run: python score.py {model} {features} {output}\n"
        "gates:\n  - {metric: mae, max_regression: 1}\n"
    )
    team = found_rules(tmp_path)
    team.write("ci-mlops.yml", config)
    team.write(
        "score.py",
        "import csv, sys\nmodel, features, output = sys.argv[1:]\nmean = 90 * float(open(model).read())\n"
        "with open(output, 'w') as file:\n    print('id,prediction', file=file)\n"
        "    for row in csv.DictReader(open(features)):\n        print(row['loan'], mean, sep=',', file=file)\n",
    )
    team.pin()
    team.commit("Predict a number")
    team.git("branch", "-f", "main")
    with_share(team, 0.2)
    verdict = told(team)

    assert (verdict.verdict, verdict.unit, verdict.confusion) == ("blocked", "EUR", None)


def test_what_was_judged_does_not_depend_on_when_or_where(team):
    with_share(team, 0.9)
    first = told(team)
    second = replace(told(team), timings={"train": 99.0})

    assert second.candidate.commit == first.candidate.commit
    assert second.verdict == first.verdict


def test_a_champion_that_is_not_the_registrys_is_found(tmp_path):
    from tests.fakes.registry import FakeRegistry
    from tests.flows.rules import CONFIG

    team = found_rules(tmp_path, config=CONFIG + "registry: {uri: 'fake://', stages: [staging]}\n")
    registry = FakeRegistry(tmp_path / "registry", ("staging",))
    team.registries["fake://"] = registry
    with_share(team, 0.9)
    # no version yet: the champion is the base branch's model
    train(team.tools, team.project(), team.output)
    predict(team.tools, team.project(), team.output)
    other = tmp_path / "model.bin"
    other.write_text("0.61")
    stored = registry.register(
        Registration(
            name="loans", model=other, digest=tree_digest(other), stage="staging", tags={}, evidence=()
        )
    )
    registry.move("loans", "staging", stored.number)

    with pytest.raises(BadData, match="is not version 1, which staging points to"):
        judged(team)


def test_a_candidate_of_another_commit_is_not_judged(handed_over):
    handed_over.commit("Another commit")

    with pytest.raises(BadData, match="made of other commits"):
        judged(handed_over)


def test_a_candidate_of_other_settings_is_not_judged(handed_over):
    handed_over.replace("ci-mlops.yml", "run: python train.py", "run: python ./train.py")

    with pytest.raises(BadData, match=r"made of other parts \(run\)"):
        judged(handed_over)


def test_a_candidate_of_other_code_is_not_judged_in_a_job_of_its_own(team):
    with_share(team, 0.9)
    told_in_ci = Change(platform="github", event="push", base=team.git("rev-parse", "main"))
    for job, story in (("train", train), ("predict", predict)):
        team.platform.told = replace(told_in_ci, job=job)
        story(team.tools, team.project(), team.output)
    team.platform.told = replace(told_in_ci, job="judge")
    assert judged(team).isolation == "job"
    team.replace("train.py", "SHARE = 0.9", "SHARE = 0.6")

    with pytest.raises(BadData, match=r"made of other parts \(code\)"):
        judged(team)


def test_a_champion_of_another_base_is_not_judged(handed_over):
    handed_over.git("checkout", "-q", "main")
    handed_over.write("README.md", "words")
    handed_over.commit("Base moves")
    handed_over.git("checkout", "-q", "change")
    handed_over.git("merge", "-q", "-m", "Follow", "main")
    card = handed_over.output / "models/candidate/model.json"
    edit(card, commit=handed_over.git("rev-parse", "HEAD"))

    with pytest.raises(BadData, match="is not of base's commit"):
        judged(handed_over)


def test_code_that_a_model_only_names_is_judged_though_its_bytes_are_the_same(tmp_path):
    """A pickle holds the name of a class; what it answers is in the repository."""
    team = found_rules(tmp_path)
    team.git("checkout", "-q", "main")
    team.write(
        "scoring.py",
        "import numpy as np\n"
        "class Rule:\n"
        "    def predict(self, rows):\n"
        "        rows = np.asarray(rows, dtype=float)\n"
        "        return np.where(rows[:, 1] > 0.6 * rows[:, 0], 'yes', 'no')\n",
    )
    team.write(
        "train.py",
        "import joblib\nfrom scoring import Rule\njoblib.dump(Rule(), 'model.joblib')\nprint('trained once')\n",
    )
    config = (team.folder / "ci-mlops.yml").read_text()
    team.write(
        "ci-mlops.yml",
        config.replace("predict:\n  run: python score.py {model} {features} {output}\n", "")
        .replace("brier]", "f1]")
        .replace("path: model.bin", "path: model.joblib"),
    )
    team.commit("Score by a class")
    team.git("checkout", "-q", "-B", "change")
    team.replace("scoring.py", "0.6", "2.5")
    team.commit("Answer otherwise")

    verdict = validate(team.tools, team.project(), team.output)

    assert verdict.candidate.digest == verdict.champion.digest
    assert (verdict.verdict, verdict.exit_code) == ("blocked", 1)
