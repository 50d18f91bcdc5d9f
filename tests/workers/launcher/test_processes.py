"""Several pythons below one command: one answer, and whose it is."""

import pytest

MODEL = """
from data import X, y
from sklearn.tree import DecisionTreeClassifier
model = DecisionTreeClassifier(max_depth={depth}, random_state=0).fit(X[:{rows}], y[:{rows}])
{more}
"""
PREPARE = """
from data import X
from sklearn.preprocessing import StandardScaler
StandardScaler().fit_transform(X)
print("prepared")
"""


def model(depth=2, rows=300, more=""):
    return MODEL.format(depth=depth, rows=rows, more=more)


def test_of_two_steps_of_a_shell_script_the_one_that_fits_is_heard(team):
    team.write("prepare.py", PREPARE)
    team.write("train.py", model())
    team.write("evaluate.py", "print('evaluated')")
    team.write("run.sh", "set -e\npython prepare.py\npython train.py && python evaluate.py\nexit 4\n")

    ran = team.hooked("bash", "run.sh")

    assert ran.printed == team.plain("bash", "run.sh").printed
    assert ran.code == 4
    assert ran.state == "captured"
    assert len(ran.keys) == 300


def test_two_steps_that_fit_different_models_are_ambiguous(team):
    team.write("one.py", model(1))
    team.write("two.py", model(2))
    team.write("run.sh", "python one.py; python two.py")

    ran = team.hooked("bash", "run.sh")

    assert ran.state == "ambiguous"
    assert [one["where"] for one in ran.told["fitted"]] == ["one.py:4", "two.py:4"]
    assert not (ran.raw / "model.pkl").exists()


def test_of_two_steps_the_one_that_saves_its_model_is_heard(team):
    team.write("one.py", model(1, more="import joblib; joblib.dump(model, 'm.pkl')"))
    team.write("two.py", model(2))
    team.write("run.sh", "python one.py; python two.py")

    ran = team.hooked("bash", "run.sh")

    assert ran.state == "captured"
    assert ran.model.max_depth == 1


def test_the_same_model_twice_is_one_model(team):
    team.write("one.py", model())
    team.write("run.sh", "python one.py; python one.py")

    assert team.hooked("bash", "run.sh").state == "captured"


def test_a_python_that_starts_the_training_is_as_the_training_itself(team):
    team.write("train.py", model())
    team.write(
        "main.py",
        """
        import subprocess, sys
        import sklearn.base
        sys.exit(subprocess.run([sys.executable, "train.py"]).returncode)
        """,
    )

    ran = team.hooked("python", "main.py")

    assert ran.state == "captured"
    assert ran.chosen["where"] == "train.py:4"


def test_a_process_comes_before_those_that_it_starts(team):
    team.write("check.py", model(1))
    team.write(
        "train.py", "import subprocess, sys\n" + model(2) + "\nsubprocess.run([sys.executable, 'check.py'])\n"
    )

    ran = team.hooked("python", "train.py")

    assert ran.state == "captured"
    assert ran.model.max_depth == 2


def test_make_is_a_command_as_any(team):
    team.write("train.py", model())
    team.write("Makefile", "train:\n\t@python train.py\n")

    assert team.hooked("make", "train").state == "captured"


def test_a_fork_tells_nothing_and_its_parent_tells_its_own(team):
    script = """
        import os
        from data import X, y
        from sklearn.tree import DecisionTreeClassifier
        child = os.fork()
        if child == 0:
            DecisionTreeClassifier(max_depth=1, random_state=0).fit(X, y)
            raise SystemExit(0)
        os.waitpid(child, 0)
        model = DecisionTreeClassifier(max_depth=2, random_state=0).fit(X, y)
        """

    ran = team.train(script)

    assert ran.state == "captured"
    assert ran.model.max_depth == 2
    assert len(list((ran.raw / "processes").iterdir())) == 1


@pytest.mark.parametrize("first", ["child", "parent"])
def test_a_model_that_a_fork_saves_is_not_taken_for_its_parents(team, first):
    parts = {
        "child": "child = mp.get_context('fork').Process(target=work); child.start(); child.join()",
        "parent": "plain = LogisticRegression().fit(X, y)",
    }
    parts = [parts.pop(first), *parts.values()]
    ran = team.train(f"""
        import joblib, multiprocessing as mp
        from data import X, y
        from sklearn.linear_model import LogisticRegression
        from sklearn.tree import DecisionTreeClassifier
        def work():
            joblib.dump(DecisionTreeClassifier().fit(X, y), "m.joblib")
        {parts[0]}
        {parts[1]}
        """)

    assert (ran.state, ran.told["why"]) == ("ambiguous", "unseen")


def test_workers_of_a_pool_write_nothing(team):
    ran = team.train("""
        from data import X, y
        from joblib import Parallel, delayed
        from sklearn.tree import DecisionTreeClassifier
        def fitted(depth):
            return DecisionTreeClassifier(max_depth=depth, random_state=0).fit(X, y).score(X, y)
        Parallel(n_jobs=2)(delayed(fitted)(depth) for depth in (1, 2))
        """)

    assert ran.state == "nothing"
    assert len(list((ran.raw / "processes").iterdir())) == 1


def test_a_script_that_leaves_in_a_hurry_is_captured(team):
    ran = team.train(model(more="import os; os._exit(0)"))

    assert ran.state == "captured"


def test_a_script_that_fails_after_its_fit_still_tells(team):
    team.write("train.py", model(more="raise SystemExit('too low')"))

    ran = team.hooked("python", "train.py")

    assert (ran.code, ran.err) == (1, b"too low\n")
    assert ran.state == "captured"
