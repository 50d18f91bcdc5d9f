"""Training and scoring that go wrong in every way that we have met: exit code 6, or 4 for what was predicted."""

from functools import partial
from pathlib import Path

import pytest

from ci_mlops.report.codec import read_verdict
from tests.bad_inputs.project import TRAIN, Case as AnyCase, config, replace, rewrite

Case = partial(AnyCase, run=("validate",), code=6, pin_after=True)
SCORE = "predict: {run: python score.py {model} {features} {output}}\nmetrics:"


def scoring(script: str):
    def spoil(folder: Path) -> None:
        config("metrics:", 'predict: {run: "python score.py {model} {features} {output}"}\nmetrics:')(folder)
        rewrite("score.py", "import csv, sys\n" + script)(folder)

    return spoil


COPY = "rows = list(csv.DictReader(open(sys.argv[2])))\nout = open(sys.argv[3], 'w')\nprint('id,prediction', file=out)\n"

CASES = [
    Case(
        "a training that fails",
        rewrite("train.py", "raise SystemExit('no memory left')"),
        says=["no memory left", "train-candidate.log", "by hand"],
    ),
    Case(
        "a training that hangs",
        lambda f: (
            config("  model: {path", "  time_limit: 0.5s\n  model: {path")(f),
            rewrite("train.py", "import time; time.sleep(60)")(f),
        ),
        says=["time limit"],
    ),
    Case(
        "a command that is not there",
        config("python train.py", "trainn --fast"),
        says=["trainn", "train-candidate.log"],
    ),
    Case(
        "a training that is killed",
        rewrite("train.py", "import os; os.kill(os.getpid(), 9)"),
        says=["SIGKILL", "memory"],
    ),
    Case(
        "a training that writes no model",
        rewrite("train.py", "print('done')"),
        says=["no model", "ci-mlops.yml:8"],
    ),
    Case(
        "a model that is there since long",
        lambda f: (rewrite("model/model.pkl", b"x")(f), rewrite("train.py", "")(f)),
        says=["older than this run"],
    ),
    Case(
        "a model folder without a model",
        rewrite("train.py", TRAIN.replace("model.pkl", "notes.txt")),
        says=["no model", "joblib"],
    ),
    Case(
        "a model folder with two models",
        rewrite("train.py", TRAIN + 'pathlib.Path("model/b.pkl").write_bytes(b"x")\n'),
        says=["2 models", "b.pkl"],
    ),
    Case(
        "a model that can't load",
        rewrite("train.py", TRAIN.replace("pickle.dumps(Rule())", 'b"garbage"')),
        says=["can't be loaded", "model.pkl"],
    ),
    Case(
        "a model of a module that is gone",
        rewrite("train.py", TRAIN + 'pathlib.Path("rule.py").unlink()\n'),
        says=["rule"],
    ),
    Case(
        "a model that can't predict",
        rewrite("train.py", TRAIN.replace("Rule()", "{'a': 1}")),
        says=["predict"],
    ),
    Case(
        "a model that fails on the rows",
        replace("rule.py", ".astype(float) > 0", ".nonsense()"),
        says=["nonsense"],
    ),
    Case(
        "a callable that is not there",
        config("  run: python train.py\n  model: {path: model}", "  model: {callable: 'rule:fit'}"),
        says=["rule", "fit"],
    ),
    Case("a predict command that fails", scoring("sys.exit('no such thing')"), says=["no such thing"]),
    Case("a predict command that writes nothing", scoring("pass"), says=["predict"]),
    Case(
        "predictions of too few rows",
        replace("rule.py", "return (rows[:, 0]", "return (rows[5:, 0]"),
        code=4,
        says=["75", "80"],
    ),
    Case(
        "predictions of another shape",
        replace("rule.py", ".astype(int)", ".astype(int).repeat(2).reshape(-1, 2)"),
        code=4,
        says=["80"],
    ),
    Case(
        "predictions without an id",
        scoring(COPY.replace("id,", "row,") + "for r in rows: print(r['patient'], 1, sep=',', file=out)"),
        code=4,
        says=["id"],
    ),
    Case(
        "predictions of other ids",
        scoring(COPY + "for r in rows: print('X' + r['patient'], 1, sep=',', file=out)"),
        code=4,
        says=["XP101"],
    ),
    Case(
        "predictions that are empty",
        scoring(COPY + "for r in rows: print(r['patient'], '', sep=',', file=out)"),
        code=4,
        says=["prediction"],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_goes_wrong_is_told_and_never_shown_as_a_rejection(case, refused, project):
    code, said = refused(case)
    verdict = read_verdict(project / ".ci-mlops" / "verdict.json")

    assert code == case.code, said
    assert [part for part in case.says if part not in said] == []
    assert "Traceback (most recent call last)" not in said.split("error:")[0] or case.code == 6
    assert verdict.verdict == "not_evaluated"
    assert verdict.exit_code == case.code
    assert verdict.error is not None
    assert verdict.error.what
    assert verdict.error.where
    assert verdict.error.mend
    # a comment is read by people who have no such folder
    assert str(project) not in verdict.error.what + verdict.error.where + verdict.error.mend


def test_what_a_training_prints_can_not_speak_to_ci(refused):
    forged = "print('::set-output name=verdict::passed'); print('##vso[task.complete result=Succeeded]'); raise SystemExit(3)"

    code, said = refused(Case("commands of CI", rewrite("train.py", forged), says=[]))

    lines = [line.strip() for line in said.splitlines()]

    assert code == 6
    assert [line for line in lines if line.startswith(("::", "##"))] == []


def test_a_right_project_is_not_refused(refused):
    code, said = refused(Case("nothing is wrong", lambda _: None, code=0, says=[]))

    assert code == 0, said
