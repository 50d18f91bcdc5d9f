"""The hooks under which a training is tried: they note who draws without a seed, give one, and leave no trace."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ci_mlops import workers

SEEDS = Path(workers.__file__).parent / "seeds"
SCRIPT = """\
import random, sys
import numpy as np
import pandas as pd
random.shuffle([1, 2])
dealt = [random.random(), np.random.rand(), np.random.default_rng().random()]
sampled = pd.DataFrame({"a": range(1000)}).sample(3).index.tolist()
own = [np.random.default_rng(7).random(), random.Random(7).random()]
print([round(float(one), 9) for one in dealt], sampled, own, [path for path in sys.path if "seeds" in path])
"""
SEEDED = (
    "import random\nimport numpy as np\nrandom.seed(1)\nnp.random.seed(1)\n"
    + SCRIPT.partition("\nsampled")[0]
)


@pytest.fixture
def run(tmp_path):
    def run(text, seeded, **more):
        (tmp_path / "train.py").write_text(text)
        draws = tmp_path / "draws.jsonl"
        draws.unlink(missing_ok=True)
        path = os.pathsep.join(filter(None, (str(SEEDS), more.pop("PYTHONPATH", ""))))
        environ = {
            **os.environ,
            "PYTHONPATH": path,
            "CI_MLOPS_SEEDS": seeded,
            "CI_MLOPS_DRAWS": str(draws),
            **more,
        }
        done = subprocess.run(
            [sys.executable, "train.py"],
            cwd=tmp_path,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        noted = [json.loads(line) for line in draws.read_text().splitlines()] if draws.exists() else []
        return done.stdout, [(one["kind"], one["what"], one["where"]) for one in noted]

    return run


def test_what_draws_is_noted_by_its_line_and_a_seed_is_given_only_to_what_is_asked_for(run):
    first, noted = run(SCRIPT, "nothing")
    second, _ = run(SCRIPT, "nothing")
    split, again = run(SCRIPT, "split")[0], run(SCRIPT, "split")[0]
    every, noted_too = run(SCRIPT, "split estimator draws")

    assert (
        noted
        == noted_too
        == [
            ("draws", "random.shuffle", "train.py:4"),
            ("draws", "random.random", "train.py:5"),
            ("draws", "numpy.random.rand", "train.py:5"),
            ("draws", "numpy.random.default_rng", "train.py:5"),
            ("split", "DataFrame.sample", "train.py:6"),
        ]
    )
    assert first != second
    assert split != again
    assert split.partition("] [")[2] == again.partition("] [")[2]
    assert run(SCRIPT, "split estimator draws")[0] == every
    # the generators with a seed of their own, and no path of ours
    assert first.rpartition("] [0.")[2] == every.rpartition("] [0.")[2]
    assert every.endswith("[]\n")


def test_what_the_script_seeds_itself_is_neither_noted_nor_changed(run):
    plain = SEEDED.replace(", np.random.default_rng().random()", "") + "\nprint(dealt)\n"

    assert run(plain, "nothing") == run(plain, "split estimator draws")
    assert run(plain, "nothing")[1] == []
    assert run(plain, "")[0] == run(plain, "nothing")[0]


def test_a_sitecustomize_of_the_teams_own_has_its_turn(run, tmp_path):
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "sitecustomize.py").write_text("print('theirs')\n")

    assert run("print('done')", "nothing", PYTHONPATH=str(tmp_path / "theirs"))[0] == "theirs\ndone\n"


RESEEDED = """\
import random
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
random.seed(1)
np.random.seed(seed=1)
rows = np.arange(200).reshape(100, 2)
forest = RandomForestClassifier(n_estimators=2, max_depth=2, random_state=1).fit(rows, np.arange(100) % 2)
print(random.random())
print(np.random.rand())
print(np.random.default_rng(1).random())
np.random.default_rng(np.array([1, 2, 3])).random()
print(train_test_split(rows, random_state=1)[1][:3].tolist())
print([float(tree.tree_.threshold[0]) for tree in forest.estimators_])
print(pd.DataFrame({"a": range(1000)}).sample(3, random_state=1).index.tolist())
"""


def test_with_another_seed_each_that_the_script_gives_is_another_and_stays_the_same_one(run):
    plain, one, two = (
        run(RESEEDED, "nothing", CI_MLOPS_OTHER_SEED=str(n))[0].splitlines() for n in (0, 1, 2)
    )

    assert plain == run(RESEEDED, "")[0].splitlines()
    assert one == run(RESEEDED, "nothing", CI_MLOPS_OTHER_SEED="1")[0].splitlines()
    for lines in zip(plain, one, two, strict=True):
        assert len(set(lines)) == 3, lines
