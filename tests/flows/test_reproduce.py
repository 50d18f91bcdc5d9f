"""`ci-mlops reproduce`: a registered version is trained again, classified, and its cause is named by trying."""

from dataclasses import replace
from pathlib import Path

import pytest

from ci_mlops.errors import BadConfig, BadData, RegistryFailed, TrainingFailed
from ci_mlops.flows.pin import pin
from ci_mlops.records import Change, tags
from ci_mlops.report.reproduction_rendering import render_reproduction
from tests.environments.wheels import declare, shelf, wheel
from tests.flows.lenders import LIMIT, SCORE as LIMIT_SCORE, SCORE as SCORE_BY_LIMIT
from tests.flows.reproduced import REGISTERED, TRAIN, again, registered, told

# what a library says decides who gets a loan
BY_LIBRARY = LIMIT.replace("import csv", "import lending, csv").replace("* 1.0)", "* float(lending.VERSION))")
# tells of every limit that is another one, however near
BY_DISTANCE = SCORE_BY_LIMIT.replace("id,prediction", "id,prediction,score").replace(
    "{'yes' if int(row['debt']) > limit else 'no'}",
    "{'yes' if int(row['debt']) > limit else 'no'},{int(row['debt']) - limit!r}",
)
DRAWN = """\
import csv, pathlib, random
debts = [int(row["debt"]) for row in csv.DictReader(open("data/train.csv"))]
random.shuffle(debts)
limit = sum(debts[:9]) / 9 + random.random()
pathlib.Path("model.bin").write_text(str(limit))
"""
ORDER = LIMIT.replace("* 1.0)", "* 1.0 + list({str(n) for n in range(5000)}).index('7') / 1000)")
CLOCK = LIMIT.replace("* 1.0)", "* 1.0) + ' ' * (time.time_ns() // 100 % 10**5 + 1)").replace(
    "csv, pathlib", "csv, pathlib, time"
)


def by_threads(else_):
    factor = f"* (1.0 if os.environ.get('OMP_NUM_THREADS') == '1' else 1.0 + ({else_}) / 1000))"
    return LIMIT.replace("* 1.0)", factor).replace("csv, pathlib", "csv, os, pathlib, time")


SEEN = """\
import csv
try:
    from lending import VERSION as FACTOR
    FACTOR = float(FACTOR)
except ImportError:
    FACTOR = 1.0
import csv"""
DECLARED = REGISTERED.replace(
    "task: classification\n", "task: classification\nenvironment: requirements.txt\n"
)


def test_a_seeded_training_comes_out_bit_for_bit_and_is_really_trained(tmp_path):
    team = registered(tmp_path)
    made = again(team)

    assert told(made) == ("bit_identical", [], [])
    assert (made.exit_code, made.trainings, team.trainings()) == (0, 1, 1)
    assert made.measured.restored.is_whole


def test_other_seeds_tell_how_far_they_alone_move_each_metric(tmp_path):
    made = again(registered(tmp_path), seeds=3)
    seeds = made.measured.seeds
    (accuracy,) = [one for one in seeds.effects if one.metric == "accuracy"]

    assert (made.likeness, made.exit_code, made.trainings) == ("bit_identical", 0, 4)
    assert (seeds.asked, seeds.failed, seeds.unlike) == (3, 0, 3)
    assert len(accuracy.improvements) == 3
    assert len(set(accuracy.improvements)) > 1


def test_a_training_that_hears_no_seed_is_told_so_and_one_that_fails_under_it_too(tmp_path):
    deaf = again(registered(tmp_path / "deaf", LIMIT, score=LIMIT_SCORE), seeds=2).measured.seeds
    picky = TRAIN + 'import os\nassert not os.environ.get("CI_MLOPS_OTHER_SEED", "0") == "2", "no"\n'
    failed = again(registered(tmp_path / "picky", picky), seeds=2).measured.seeds

    assert (deaf.unlike, deaf.effects) == (0, ())
    assert (failed.asked, failed.failed, len(failed.effects[0].improvements)) == (2, 1, 1)
    assert failed.failure == "Training the candidate: the command ended with exit code 1"


def test_an_unseeded_split_is_named_by_the_line_that_splits(tmp_path):
    team = registered(tmp_path, TRAIN.replace("test_size=0.3, random_state=1", "test_size=0.3"))
    made = again(team)
    [cause] = made.causes

    assert told(made) == (
        "statistically_equivalent",
        ["split"],
        [("again", "none"), ("split", "bits")],
    )
    assert cause.names == ("train_test_split in train.py:8",)
    assert made.exit_code == 0


def test_an_unseeded_forest_is_named_by_the_line_that_fits(tmp_path):
    team = registered(tmp_path, TRAIN.replace("max_depth=3, random_state=1", "max_depth=3"))
    made = again(team)
    [cause] = made.causes

    assert told(made) == (
        "statistically_equivalent",
        ["estimator"],
        [("again", "none"), ("estimator", "bits")],
    )
    assert cause.names == ("RandomForestClassifier in train.py:9",)


def test_two_that_draw_are_named_together_and_a_short_purse_says_that_it_was_short(tmp_path):
    team = registered(tmp_path, DRAWN, score=BY_DISTANCE)
    made = again(team)
    poor = again(team, most=1)
    idle = again(team, most=0)

    assert told(made)[1:] == (["draws"], [("again", "none"), ("seeds", "bits")])
    assert made.causes[0].names == ("random.shuffle in train.py:3", "random.random in train.py:4")
    assert told(poor)[1:] == (["unknown"], [("again", "none")])
    assert (poor.measured.stopped, poor.trainings, idle.trainings) == (True, 2, 1)
    assert "a larger `--trials` looks further" in render_reproduction(poor, "markdown")


def test_the_order_of_a_set_and_a_time_in_the_file_are_told_apart(tmp_path):
    by_order = registered(tmp_path / "order", ORDER, score=BY_DISTANCE)
    by_clock = registered(tmp_path / "clock", CLOCK, score=SCORE_BY_LIMIT)

    assert told(again(by_order))[1:] == (["hash_order"], [("again", "none"), ("hash_order", "bits")])
    made = again(by_clock)
    assert told(made) == ("same_predictions", ["files"], [("again", "answers"), ("hash_order", "answers")])
    assert made.causes[0].names == ("model.bin",)
    assert made.exit_code == 0


def test_threads_are_named_be_it_today_or_since_it_was_registered(tmp_path):
    # as sums do that threads take in another order: of today's trainings, or of the ones on a larger machine
    racing = registered(
        tmp_path / "racing", by_threads("time.time_ns() // 100 % 10**6 / 1000"), score=BY_DISTANCE
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        small = registered(tmp_path / "small", by_threads("300"), score=BY_DISTANCE)
    made, since = again(racing), again(small)

    tried = [("again", "none"), ("hash_order", "none"), ("threads", "bits")]
    assert told(made)[1:] == (["threads"], tried)
    assert told(since)[1:] == (["threads"], [("again", "bits"), ("threads", "bits")])
    assert [one.against for one in since.measured.trials] == ["itself", "registered"]


def test_what_current_holds_today_is_held_against_what_it_held_then(tmp_path):
    team = registered(
        tmp_path, LIMIT.replace("* 1.0", "* FACTOR").replace("import csv", SEEN), score=SCORE_BY_LIMIT
    )
    wheel(tmp_path, "lending", "2.0")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(tmp_path / "lending-2.0-py3-none-any.whl"))
        made = again(team)

    assert told(made) == ("different", ["environment"], [("again", "bits")])
    assert made.causes[0].names == ("lending none -> 2.0",)
    assert made.measured.restored.why_environment == "its environment was `current`"


def test_what_can_not_be_restored_is_told_with_its_own_exit_code(tmp_path):
    team = registered(tmp_path, LIMIT, score=SCORE_BY_LIMIT)
    [store] = team.registries.values()
    [version] = store.stored["loans"]
    # from before there was a trail: its tags are all that is known
    store.trail.clear()
    cases = [
        (
            {tags.COMMIT: "0" * 40, tags.MERGED: "--all"},
            BadConfig,
            "does not hold the commit of version 1: 0000",
            2,
        ),
        ({tags.COMMIT: "", tags.MERGED: ""}, RegistryFailed, "does not say which commit", 5),
    ]
    for edited, kind, what, code in cases:
        store.stored["loans"] = [replace(version, tags={**version.tags, **edited})]
        with pytest.raises(kind, match=what) as caught:
            again(team)
        assert caught.value.exit_code == code
    for asked, what in (("7", "has no version 7"), ("production", "stands at production")):
        with pytest.raises(BadConfig, match=what):
            again(team, asked)
    team.platform.told = Change(platform="github", event="pull_request")
    with pytest.raises(BadConfig, match="not merged yet reproduces nothing"):
        again(team)


def test_the_commit_that_registered_it_stands_in_for_one_that_is_gone_if_it_is_the_same(tmp_path):
    team = registered(tmp_path, LIMIT, score=SCORE_BY_LIMIT)
    [store] = team.registries.values()
    [version] = store.stored["loans"]
    # from before there was a trail: its tags are all that is known
    store.trail.clear()
    gone = {**version.tags, tags.COMMIT: "0" * 40}
    store.stored["loans"] = [replace(version, tags=gone)]

    assert told(again(team))[0] == "bit_identical"

    team.replace("train.py", "* 1.0", "* 9.0")
    other = team.commit("Another model")
    store.stored["loans"] = [replace(version, tags={**gone, tags.MERGED: other})]
    made = again(team)
    assert told(made) == ("different", ["code"], [("again", "bits")])
    assert not made.measured.restored.is_same_code


@pytest.mark.parametrize("edited", ["commit", "lock", "digest"])
def test_what_the_trail_tells_otherwise_is_not_run(tmp_path, edited):
    team = registered(tmp_path, LIMIT, score=SCORE_BY_LIMIT)
    [store] = team.registries.values()
    [version] = store.stored["loans"]
    team.replace("train.py", "* 1.0", "* 9.0")
    never_merged = team.commit("Never merged")
    if edited == "lock":
        store.beside["loans", "1"]["ci-mlops.lock"] += b"\n"
    else:
        told = {
            "commit": {tags.COMMIT: never_merged, tags.MERGED: never_merged},
            "digest": {tags.DIGEST: "x"},
        }
        store.stored["loans"] = [
            replace(
                version,
                tags={**version.tags, **told[edited]},
                digest=told[edited].get(tags.DIGEST, version.digest),
            )
        ]
    team.said.clear()

    with pytest.raises(RegistryFailed, match="not what was registered, so nothing of it is run") as caught:
        again(team)

    assert caught.value.exit_code == 5
    assert not any("training" in line for line in team.said)


def test_a_version_that_somebody_planted_beside_the_trail_is_not_run(tmp_path):
    team = registered(tmp_path, LIMIT, score=SCORE_BY_LIMIT)
    [store] = team.registries.values()
    [version] = store.stored["loans"]
    later = "2026-01-02T00:00:00+00:00"
    store.stored["loans"].append(replace(version, number="2", registered_at=later))
    store.beside["loans", "2"] = store.beside["loans", "1"]

    with pytest.raises(RegistryFailed, match="tells of no registration of it"):
        again(team, "2")


def test_a_training_that_fails_says_so_and_leaves_its_log(tmp_path):
    fails = "import os, sys\nif 'PYTHON_GONE' in os.environ: sys.exit('no such table')\n"
    team = registered(tmp_path, fails + LIMIT, score=SCORE_BY_LIMIT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHON_GONE", "1")
        with pytest.raises(TrainingFailed, match="no such table") as caught:
            again(team)

    assert caught.value.exit_code == 6
    assert "no such table" in Path(caught.value.where).read_text()


def solved(team, *lines):
    shelf(team.folder / "shelf")
    declare(team.folder, *lines)
    pin(team.folder / "ci-mlops.yml", team.cache)


def lends_by(version):
    def prepare(team):
        team.write(".gitignore", "model.bin\n__pycache__/\nshelf/\n")
        solved(team, f"lending=={version}")

    return prepare


def test_the_registered_environment_is_made_again_though_today_declares_another(tmp_path):
    team = registered(tmp_path, BY_LIBRARY, score=SCORE_BY_LIMIT, config=DECLARED, prepare=lends_by("1.0"))
    solved(team, "lending==2.0")
    team.commit("Lend by version 2")
    made = again(team)

    assert told(made) == ("bit_identical", [], [])
    assert made.measured.restored.is_whole


def test_a_version_of_a_library_that_is_gone_is_named_with_the_one_of_today(tmp_path):
    team = registered(tmp_path, BY_LIBRARY, score=SCORE_BY_LIMIT, config=DECLARED, prepare=lends_by("1.0"))
    solved(team, "lending==2.0")
    (team.folder / "shelf" / "lending-1.0-py3-none-any.whl").unlink()
    made = again(team)

    assert told(made) == ("different", ["environment"], [("again", "bits")])
    assert made.causes[0].names == ("lending 1.0 -> 2.0",)
    assert made.measured.restored.why_environment.startswith("it can't be made again: ")
    assert made.exit_code == 1
    [accuracy] = [one for one in made.measured.differences if one.metric == "accuracy"]
    assert accuracy.margin == 0.1
    assert accuracy.high < -0.1


def test_changed_training_data_is_named_by_its_file(tmp_path):
    def ignored(team):
        team.write(".gitignore", "model.bin\n__pycache__/\ndata/train.csv\n")
        team.git("rm", "-q", "--cached", "data/train.csv")

    team = registered(tmp_path, LIMIT, score=SCORE_BY_LIMIT, prepare=ignored)
    before = (team.folder / "data/train.csv").read_text()
    # every debt ten times as high: somebody writes another currency
    head, *rows = before.splitlines()
    told_rows = [row.split(",") for row in rows]
    changed = [",".join((loan, income, debt + "0", label)) for loan, income, debt, label in told_rows]
    team.write("data/train.csv", "\n".join((head, *changed, "")))
    made = again(team)

    assert told(made) == ("different", ["data"], [("again", "bits")])
    assert made.causes[0].names == ("data/train.csv",)
    assert made.exit_code == 1

    team.write("data/train.csv", before)
    assert told(again(team)) == ("bit_identical", [], [])

    (team.folder / "data/train.csv").unlink()
    with pytest.raises(BadData, match=r"data/train\.csv is missing") as caught:
        again(team)
    assert caught.value.exit_code == 4
