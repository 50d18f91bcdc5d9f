"""Story `train`: the candidate in place, the champion from base, both known by fingerprint."""

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from ci_mlops.datasets.lock import read_lock, write_lock
from ci_mlops.errors import BadConfig, BadData, TrainingFailed
from ci_mlops.files.digest import tree_digest
from ci_mlops.flows import store
from ci_mlops.flows.pinned import test_files as find_test_files
from ci_mlops.flows.train import train
from ci_mlops.records import Change, Lock
from tests.flows.loans import CONFIG, SKLEARN, found_team, git, write_rows


@pytest.fixture
def team(tmp_path):
    return found_team(tmp_path)


def run(team, **options):
    return train(team.tools, team.project(**options), team.output)


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_both_models_are_trained_and_handed_over_as_they_were_written(team):
    team.replace("train.py", "import hashlib", "# another model\nimport hashlib")
    team.commit()
    trained = run(team)

    assert team.trainings() == 2
    assert trained.candidate.model.digest != trained.champion.model.digest
    assert (trained.candidate.origin, trained.champion.origin) == ("trained", "trained")
    for model in (trained.candidate, trained.champion):
        place = team.output / "models" / model.role
        assert files(place) == ["model.json", "model/model.bin"]
        assert tree_digest(place / model.model.path) == model.model.digest
        assert store.get(place) == (model, place / "model" / "model.bin")
    assert (team.output / "models/candidate/model/model.bin").read_text() == (
        team.folder / "model.bin"
    ).read_text()


def test_a_known_fingerprint_is_reused_and_not_trained_again(team):
    team.replace("train.py", "import hashlib", "# another model\nimport hashlib")
    first = run(team)
    team.trainings()
    second = run(team)

    assert team.trainings() == 0
    assert (second.candidate.origin, second.champion.origin) == ("reused", "reused")
    assert second.candidate.model == first.candidate.model
    assert second.candidate.fingerprint == first.candidate.fingerprint


def test_an_unchanged_model_is_trained_once(team):
    team.write("README.md", "words")
    team.write(".github/workflows/ci.yml", "on: push")
    team.replace("ci-mlops.yml", "metrics: [accuracy]", "metrics: [recall]")
    team.commit()
    trained = run(team)

    assert team.trainings() == 1
    assert trained.candidate.fingerprint == trained.champion.fingerprint
    assert trained.candidate.model == trained.champion.model


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("train.py", "print(", "print(1,"),
        ("data/train.csv", "yes", "no"),
        ("ci-mlops.yml", "run: python train.py", "run: python ./train.py"),
        ("ci-mlops.yml", "  model: {path", "  parameters: {depth: 3}\n  model: {path"),
    ],
)
def test_each_part_of_the_fingerprint_trains_again(team, file, old, new):
    before = run(team).candidate
    team.replace(file, old, new)
    team.pin()
    after = run(team).candidate

    assert after.fingerprint != before.fingerprint
    changed = [
        name for (name, one), (_, other) in zip(before.parts, after.parts, strict=True) if one != other
    ]
    assert len(changed) == 1


def on_main(team, *edits):
    """What the base branch holds, before the change begins."""
    git(team.folder, "checkout", "-q", "main")
    for name, text in edits:
        team.write(name, text)
    team.git("add", "-f", *(name for name, _ in edits))
    team.commit()
    git(team.folder, "checkout", "-q", "-B", "change")
    team.commit("Begin a change")


def trained_otherwise(team):
    trained = run(team)
    return trained.candidate.fingerprint != trained.champion.fingerprint


def test_code_in_the_folder_that_the_model_is_written_to_is_code(team):
    on_main(
        team,
        ("ci-mlops.yml", CONFIG.replace("model.bin", "model")),
        ("model/arch.py", "depth = 1"),
        ("train.py", "open('model/weights', 'w').write(open('model/arch.py').read())"),
    )

    assert not trained_otherwise(team)
    team.write("model/arch.py", "depth = 2")
    assert trained_otherwise(team)


@pytest.mark.parametrize("script", [".github/train.py", "how.md", ".github/train.yml"])
def test_what_the_command_names_is_code_wherever_it_lies(team, script):
    config = CONFIG.replace("python train.py", f"python {script}")
    on_main(team, ("ci-mlops.yml", config), (script, (team.folder / "train.py").read_text()))

    assert not trained_otherwise(team)
    team.write(script, "open('model.bin', 'w').write('x')")
    assert trained_otherwise(team)


def test_a_set_that_no_config_names_can_not_hide_code(team):
    pins = read_lock(team.folder / "ci-mlops.lock").data
    hidden = (replace(pins["train"][0], path="train.py"),)
    write_lock(team.folder / "ci-mlops.lock", Lock(data={**pins, "extra": hidden}))

    with pytest.raises(BadData, match="extra"):
        run(team)


def test_inputs_that_match_nothing_are_told_as_no_change_would_ever_train_again(team):
    team.replace("ci-mlops.yml", "  model: {path", "  inputs: [source]\n  model: {path")

    with pytest.raises(BadConfig, match="matches no file: source"):
        run(team)


def test_parameters_reach_the_command(team):
    parameters = "  parameters: {depth: 3, shuffle: true, note: 'a b'}\n"
    team.replace("ci-mlops.yml", "  model: {path", parameters + "  model: {path")
    team.write(
        "train.py",
        "import os; names = ('DEPTH', 'SHUFFLE', 'NOTE')\n"
        "open('model.bin', 'w').write(repr([os.environ['CI_MLOPS_PARAM_' + name] for name in names]))\n",
    )
    run(team)

    assert (team.output / "models/candidate/model/model.bin").read_text() == "['3', 'true', 'a b']"


def test_the_champion_is_trained_on_bases_data_when_the_change_moves_it(team):
    write_rows(team.folder / "data" / "train.csv", 90, seed=3)
    team.pin()
    team.commit()
    trained = run(team)
    git(team.folder, "checkout", "-q", "main")
    on_main = run(team)

    assert trained.champion.model == on_main.candidate.model
    assert trained.candidate.model != trained.champion.model


def test_data_that_git_does_not_hold_is_lent_to_base(team):
    git(team.folder, "checkout", "-q", "main")
    team.write(".gitignore", "data/\nmodel.bin\n")
    git(team.folder, "rm", "-rq", "--cached", "data")
    team.commit()
    git(team.folder, "checkout", "-q", "-B", "change")
    team.replace("train.py", "import hashlib", "# another model\nimport hashlib")
    team.commit()
    before = tree_digest(team.folder / "data")
    trained = run(team)

    assert trained.champion.origin == "trained"
    assert tree_digest(team.folder / "data") == before


def test_bases_data_that_is_nowhere_is_told(team):
    git(team.folder, "checkout", "-q", "main")
    team.write(".gitignore", "data/\nmodel.bin\n")
    git(team.folder, "rm", "-rq", "--cached", "data")
    team.commit()
    git(team.folder, "checkout", "-q", "-B", "change")
    write_rows(team.folder / "data" / "train.csv", 90, seed=3)
    team.pin()

    with pytest.raises(BadData, match=r"data/train\.csv is not what the base branch's ci-mlops\.lock pins"):
        run(team)


def test_data_that_is_not_as_pinned_is_told_before_anything_is_trained(team):
    write_rows(team.folder / "data" / "train.csv", 90, seed=3)

    with pytest.raises(BadData, match=r"data/train\.csv"):
        run(team)
    assert team.trainings() == 0


def test_test_rows_that_are_not_as_pinned_are_told_before_anything_is_trained(team):
    write_rows(team.folder / "data" / "test.csv", 90, seed=3)

    with pytest.raises(BadData, match=r"data/test\.csv"):
        run(team)
    assert team.trainings() == 0


def test_a_job_that_has_no_test_rows_trains_all_the_same(team):
    team.replace("train.py", "import hashlib", "# another model\nimport hashlib")
    (team.folder / "data" / "test.csv").unlink()

    assert run(team).candidate.origin == "trained"


def repinned(team, **fields):
    """The lock, with the pin of the test rows edited by hand."""
    pins = read_lock(team.folder / "ci-mlops.lock").data
    write_lock(
        team.folder / "ci-mlops.lock", Lock(data={**pins, "test": (replace(pins["test"][0], **fields),)})
    )
    return team


def test_a_lock_that_pins_other_test_rows_than_the_config_names_is_told_without_them(team):
    repinned(team, path="data/gone.csv")

    with pytest.raises(
        BadData, match=r"pins data/gone\.csv as test data, and ci-mlops\.yml names data/test\.csv"
    ):
        run(team)


def test_a_lock_that_pins_test_rows_that_are_nowhere_is_told_before_it_is_merged(team):
    # base's rows are found in base's commit, so nothing else would miss the change's
    repinned(team, sha256="0" * 64)
    (team.folder / "data" / "test.csv").unlink()
    project = team.project()

    with pytest.raises(BadData, match=r"data/test\.csv is missing"):
        find_test_files(project, team.cache)


def test_parts_of_the_test_rows_are_named_by_a_pattern(team):
    team.git("mv", "data/test.csv", "data/test-1.csv")
    team.replace("ci-mlops.yml", "data/test.csv", '"data/test-[0-9].csv"')
    team.pin()
    team.commit()

    assert run(team).candidate.model


def test_the_change_that_adds_the_config_has_no_champion_and_says_why(team):
    git(team.folder, "checkout", "-q", "main")
    git(team.folder, "rm", "-q", "--cached", "ci-mlops.yml")
    git(team.folder, "commit", "-q", "-m", "Without config")
    git(team.folder, "checkout", "-q", "-B", "change")
    team.commit()
    trained = run(team)

    assert trained.champion is None
    assert "no ci-mlops.yml yet" in trained.no_champion
    assert not (team.output / "models" / "champion").exists()


def test_a_folder_without_git_gets_a_candidate_and_a_notice(team):
    (team.folder / ".git").rename(team.folder.parent / "git")
    trained = run(team)

    assert trained.champion is None
    assert trained.candidate.origin == "trained"
    assert run(team).candidate.origin == "reused"
    assert any("no git repository" in line for line in team.said)


def test_a_champion_of_an_earlier_run_is_not_handed_over_again(team):
    run(team)
    assert (team.output / "models" / "champion").exists()
    (team.folder / ".git").rename(team.folder.parent / "git")
    run(team)

    assert not (team.output / "models" / "champion").exists()


def test_our_output_is_invisible_to_git(team):
    run(team)

    assert git(team.folder, "status", "--porcelain") == ""


def test_a_config_in_a_folder_of_a_larger_repository_is_trained_there(tmp_path):
    team = found_team(tmp_path)
    inner = team.folder / "models" / "loans"
    inner.mkdir(parents=True)
    for name in ("ci-mlops.yml", "ci-mlops.lock", "train.py", "data"):
        git(team.folder, "mv", name, "models/loans/")
    git(team.folder, "commit", "-q", "-m", "Move")
    git(team.folder, "branch", "-f", "main")
    top, team.folder = team.folder, inner
    team.replace("train.py", "import hashlib", "# another model\nimport hashlib")
    before = run(team)
    (top / "README.md").write_text("words")

    assert before.champion.origin == "trained"
    assert before.champion.model != before.candidate.model
    assert run(team).candidate.fingerprint == before.candidate.fingerprint
    (top / "shared.py").write_text("imported = 'perhaps'")
    assert run(team).candidate.fingerprint != before.candidate.fingerprint
    team.replace("ci-mlops.yml", "  model: {path", "  inputs: ['*.py']\n  model: {path")
    narrow = run(team).candidate.fingerprint
    (top / "shared.py").write_text("imported = 'never'")
    assert run(team).candidate.fingerprint == narrow


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("raise SystemExit(3)", "exit code 3"),
        ("import os; os.kill(os.getpid(), 9)", "SIGKILL"),
        ("raise ValueError('no such column')", "no such column"),
        ("print('fine')", "wrote no model to model.bin"),
        ("import os; os.mkfifo('model.bin')", "wrote no model|can't be copied"),
        ("import os; os.mkdir('model.bin')", "wrote no model|can't be copied"),
    ],
)
def test_a_training_that_fails_is_told_with_its_log(team, script, told):
    team.write("train.py", script)

    with pytest.raises(TrainingFailed, match=told) as caught:
        run(team)
    assert caught.value.exit_code == 6
    assert caught.value.mend
    assert "train-candidate.log" in caught.value.where or "model.bin" in caught.value.where
    assert not (team.output / "models" / "candidate").exists()


def test_a_champion_that_can_not_be_trained_any_more_is_told_as_such(team):
    git(team.folder, "checkout", "-q", "main")
    team.write("train.py", "raise SystemExit(4)")
    team.commit()
    git(team.folder, "checkout", "-q", "-B", "change")
    team.write("train.py", "open('model.bin', 'w').write('x')")

    with pytest.raises(TrainingFailed, match=r"Training the champion.*exit code 4") as caught:
        run(team)
    assert "base branch's own code" in caught.value.mend


def test_a_training_that_hangs_is_stopped_at_its_limit(team):
    team.replace("ci-mlops.yml", "  model: {path", "  time_limit: 1s\n  model: {path")
    team.write("train.py", "import time; print('epoch 1', flush=True); time.sleep(60)")
    began = time.monotonic()

    with pytest.raises(TrainingFailed, match=r"time limit of 1 s(?s:.*)epoch 1"):
        run(team)
    assert time.monotonic() - began < 15


def test_a_model_left_by_an_earlier_run_is_not_taken_for_todays(team):
    team.write("model.bin", "yesterday's")
    team.write("train.py", "print('forgot to save')")

    with pytest.raises(TrainingFailed, match="older than this run"):
        run(team)


def test_a_model_that_is_written_again_with_the_same_bytes_is_todays(team):
    team.replace("train.py", "import hashlib", "# another model\nimport hashlib")
    run(team)
    store.drop(team.cache / "models")

    assert run(team).candidate.origin == "trained"


def test_a_folder_is_handed_over_byte_for_byte(team):
    team.replace("ci-mlops.yml", "model.bin", "out/model")
    team.write(
        "train.py",
        "import os\nos.makedirs('out/model/deep', exist_ok=True)\n"
        "open('out/model/.hidden', 'wb').write(b'\\x00\\xff')\nopen('out/model/deep/a b.txt', 'w').write('x')\n",
    )
    trained = run(team)

    place = team.output / "models" / "candidate"
    assert trained.candidate.model.kind == "folder"
    assert trained.candidate.model.path == "model"
    assert files(place / "model") == [".hidden", "deep/a b.txt"]
    assert (
        tree_digest(place / "model")
        == tree_digest(team.folder / "out" / "model")
        == trained.candidate.model.digest
    )


def test_what_a_training_prints_is_no_command_of_the_ci(team):
    with (team.folder / "train.py").open("a") as file:
        file.write(
            "print('::set-output name=verdict::passed')\nprint('##vso[task.setvariable variable=v]1')\n"
        )
    run(team)
    log = (team.output / "logs" / "train-candidate.log").read_text()

    for line in [*log.splitlines(), *team.said]:
        assert not line.lstrip().startswith("::")
        assert "##" not in line
    assert "set-output name=verdict::passed" in log


def test_a_training_sees_no_secret(team, monkeypatch):
    for name in (
        "GITHUB_TOKEN",
        "GITHUB_OUTPUT",
        "SYSTEM_ACCESSTOKEN",
        "AWS_SECRET_ACCESS_KEY",
        "MLFLOW_TRACKING_TOKEN",
    ):
        monkeypatch.setenv(name, "canary")
    team.write("train.py", "import os; open('model.bin', 'w').write(repr(dict(os.environ)))")
    run(team)

    text = (team.output / "models/candidate/model/model.bin").read_text()
    assert "PATH" in text
    assert "canary" not in text


def test_a_damaged_model_in_the_cache_is_dropped_and_trained_again(team):
    first = run(team)
    [kept] = (team.cache / "models").iterdir()
    (kept / "model" / "model.bin").write_text("damaged")
    team.trainings()
    second = run(team)

    assert any("damaged" in line for line in team.said)
    assert second.candidate.model == first.candidate.model
    assert (team.output / "models/candidate/model/model.bin").read_text() != "damaged"


def test_a_card_that_names_a_file_elsewhere_is_refused(team):
    run(team)
    card_file = team.output / "models" / "candidate" / "model.json"
    card = json.loads(card_file.read_text())
    card["model"]["path"] = "../../../train.py"
    card_file.write_text(json.dumps(card))

    with pytest.raises(BadData, match="not there"):
        store.get(card_file.parent)


def test_a_callable_is_called_with_the_training_file_and_its_model_saved(team):
    team.replace(
        "ci-mlops.yml",
        "  run: python train.py\n  model: {path: model.bin}",
        "  model: {callable: 'fitting:fit'}",
    )
    team.write(
        "fitting.py",
        "from sklearn.dummy import DummyClassifier\n"
        "def fit(path, seed=0):\n"
        "    rows = open(path).read().splitlines()[1:]\n"
        "    return DummyClassifier().fit([[0]] * len(rows), [row.split(',')[-1] for row in rows])\n",
    )
    trained = run(team)

    assert trained.candidate.model.path == "model/model.joblib"


@pytest.mark.parametrize(
    ("module", "told"),
    [
        ("def other(): pass", "has no function `fit`"),
        ("import no_such_module", "no_such_module"),
        ("def fit(): return {'a': 1}", "dict, which has no `predict`"),
        ("def fit(): raise ValueError('bad rows')", "ValueError: bad rows"),
        ("def fit(): raise SystemExit(5)", "exit code 5"),
        ("def fit(a, b): pass", "wants 2 arguments"),
        (
            "class M:\n  def predict(self): pass\ndef fit():\n  m = M(); m.f = lambda: 1; return m",
            "can't be saved",
        ),
    ],
)
def test_a_callable_that_does_not_give_a_model_is_told(team, module, told):
    team.replace(
        "ci-mlops.yml",
        "  run: python train.py\n  model: {path: model.bin}",
        "  model: {callable: 'fitting:fit'}",
    )
    team.write("fitting.py", module)

    with pytest.raises(TrainingFailed, match=told) as caught:
        run(team)
    assert "Traceback" not in caught.value.what.splitlines()[0]
    assert not (team.output / "models" / "candidate").exists()


def test_a_real_training_is_reused_with_the_same_digest(tmp_path):
    team = found_team(tmp_path, config=CONFIG.replace("model.bin", "model.joblib"), train=SKLEARN)
    team.replace("train.py", "C=1.0", "C=0.5")
    first = run(team).candidate

    assert first.peak_memory > 50_000_000
    assert run(team).candidate.model == first.model


def test_a_base_may_be_named_on_a_laptop_and_not_in_ci(team):
    first = git(team.folder, "rev-parse", "HEAD")
    team.replace("train.py", "import hashlib", "# another model\nimport hashlib")
    team.commit()
    named = run(team, base="HEAD")

    assert named.champion.commit != first
    team.platform.told = Change(platform="github", event="push")
    with pytest.raises(BadConfig, match="told by the change itself"):
        team.project(base="HEAD")


def test_a_training_that_plants_a_champion_where_the_champion_is_looked_for_gains_nothing(team):
    honest = run(team)
    planted = honest.champion.model.digest
    kept = team.cache / "models" / honest.champion.fingerprint
    store.drop(team.cache)
    # the change's own model, under the fingerprint of base's
    team.write(
        "train.py",
        "import pathlib, shutil\nopen('model.bin', 'w').write('worse')\n"
        f"kept = pathlib.Path({str(kept)!r})\nshutil.rmtree(kept, ignore_errors=True)\n"
        "(kept / 'model').mkdir(parents=True)\nshutil.copy('model.bin', kept / 'model')\n",
    )
    trained = run(team)

    assert trained.champion.model.digest == planted
    assert store.get(team.output / "models" / "champion")[0].model.digest == planted


@pytest.mark.parametrize(
    "plant", ["shutil.rmtree(place)", "shutil.copytree('.forged', place, dirs_exist_ok=True)"]
)
def test_a_training_that_touches_the_champion_in_the_hand_over_is_found(team, plant):
    team.write("model.bin", "worse")
    digest = tree_digest(team.folder / "model.bin")
    card = run(team).champion
    forged = replace(card, model=replace(card.model, digest=digest))
    store.put(forged, team.folder / "model.bin", team.folder / ".forged")
    place = team.output / "models" / "champion"
    team.write(
        "train.py",
        f"import shutil\nplace = {str(place)!r}\n{plant}\nopen('model.bin', 'w').write('worse')\n",
    )

    with pytest.raises(BadData, match="champion"):
        run(team)


def test_killed_at_any_moment_the_next_run_ends_the_same(team, repository_root):
    expected = run(team)
    story = (
        "import sys; from pathlib import Path\n"
        "from tests.flows.loans import Team; from ci_mlops.flows.train import train\n"
        "team = Team(folder=Path(sys.argv[1]), cache=Path(sys.argv[2]))\n"
        "train(team.tools, team.project(), team.output)\n"
    )
    for moment in range(6):
        store.drop(team.cache)
        store.drop(team.output)
        ours = subprocess.Popen(
            [sys.executable, "-c", story, str(team.folder), str(team.cache)],
            env={**os.environ, "PYTHONPATH": str(repository_root)},
            stderr=subprocess.DEVNULL,
        )
        time.sleep(0.25 + moment * 0.12)
        ours.kill()
        ours.wait()
    again = run(team)

    assert again.candidate.model == expected.candidate.model
    assert again.candidate.fingerprint == expected.candidate.fingerprint
    assert len(git(team.folder, "worktree", "list").splitlines()) == 1
    assert not [left for left in Path(team.output, "models").iterdir() if left.name.startswith(".")]
