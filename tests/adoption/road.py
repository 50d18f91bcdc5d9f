"""
The whole road of a repository that did not know us: `python -m tests.adoption.road [NAME...]` prints a table.

Needs what the repositories need in the `python` on PATH (or CI_MLOPS_PYTHON): scikit-learn, pandas, matplotlib, seaborn,
xgboost, mlflow, onnxruntime, PyYAML.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORIES = Path(__file__).parent / "repositories"
WHO = ("-c", "user.name=Team", "-c", "user.email=team@example.com", "-c", "commit.gpgsign=false")
OURS = {".ci-mlops/", "ci-mlops.db", "mlartifacts/"}


@dataclass(frozen=True, kw_only=True)
class Adoption:
    """A repository, what its user has to type besides `init`, and a change to its model: (file, before, after)."""

    name: str
    change: tuple[str, str, str] | None
    typed: tuple[str, ...] = ()
    edited: tuple[tuple[str, str], ...] = ()
    """(before, after) in the proposed ci-mlops.yml."""
    added: str = ""
    """Lines of the config that `init` could not know."""
    own_files: dict[str, str] = field(default_factory=dict)
    """What its user adds: a `predict` command."""
    before: tuple[str, ...] = ()
    """A step that makes what is pinned."""


# their own preparation of rows, called
GATE = """\
import sys
import onnxruntime as rt, pandas as pd
from score import load_features
model, features, output = sys.argv[1:]
rows = pd.read_csv(features)
session = rt.InferenceSession(model)
label, shares = session.run(None, {session.get_inputs()[0].name: load_features(rows)})
pd.DataFrame({"id": rows["udi"], "prediction": label, "score": shares[:, 1]}).to_csv(output, index=False)
"""
# early stopping watches every row that the script holds out, so its user keeps some from it, once
HOLD_OUT = """\
import pandas as pd
loans = pd.read_csv("data/loans.csv")
held_out = loans.sample(frac=0.25, random_state=1)
held_out.to_csv("data/holdout.csv", index=False)
loans.drop(held_out.index).to_csv("data/loans.csv", index=False)
"""
# their own preparation again, with its label encoders fitted on what they were fitted on
SCORE_LOANS = """\
import sys
import joblib
import pandas as pd
from train_xgb import DATA_FILE, preprocess
model, features, output = sys.argv[1:]
rows = pd.read_csv(features).assign(loan_status="")
together = pd.concat([pd.read_csv(DATA_FILE), rows], ignore_index=True)
X = preprocess(together[pd.read_csv(DATA_FILE, nrows=0).columns]).drop(columns="target").tail(len(rows))
share = joblib.load(f"{model}/model.pkl").predict_proba(X)[:, 1]
said = pd.Series(share > 0.5).map({True: "Charged Off", False: "Fully Paid"})
pd.DataFrame({"id": rows["id"], "prediction": said.values, "score": share}).to_csv(output, index=False)
"""
ADOPTIONS = {
    adoption.name: adoption
    for adoption in (
        Adoption(
            name="telco-churn-analysis",
            change=("customer_churn.py", "max_depth=8", "max_depth=2"),
        ),
        Adoption(
            name="credit-default", change=("train.py", 'class_weight="balanced",', "class_weight=None,")
        ),
        Adoption(
            name="house-prices",
            change=("settings.yaml", "n_estimators: 400", "n_estimators: 60"),
        ),
        Adoption(
            name="hotel-cancellation-kaggle",
            # ten models, none of them saved: this is the last fold's
            edited=(("{prepared: true}}", "{prepared: true, variable: hgb}}"),),
            change=("main.py", "max_iter=250", "max_iter=25"),
        ),
        Adoption(name="breast-cancer-diagnosis", change=("brca/model.py", "SVC(C=C", "SVC(C=C / 100")),
        Adoption(
            name="hospital-readmission",
            # the split happens in the step before, so what that step writes is pinned
            before=("prepare.py",),
            typed=(
                "--script=train.py",
                "--run=python train.py",
                "--model-source=capture",
                "--data=data/processed/train.csv",
                "--test=data/processed/test.csv",
            ),
            change=("params.yaml", "max_iter: 150", "max_iter: 4"),
        ),
        Adoption(
            name="bank-marketing-gridsearch",
            change=("train_model.py", 'class_weight": [None, "balanced"]', 'class_weight": [None]'),
        ),
        Adoption(
            name="loan-default-xgboost",
            own_files={"hold_out.py": HOLD_OUT, "score_loans.py": SCORE_LOANS},
            before=("hold_out.py",),
            typed=("--script=train_xgb.py", "--test=data/holdout.csv", "--model-source=capture"),
            added="predict:\n  run: python score_loans.py {model} {features} {output}\n",
            change=("train_xgb.py", "max_depth=4", "max_depth=2"),
        ),
        Adoption(name="support-ticket-classifier", change=("train.py", "C=5", "C=0.05")),
        Adoption(
            name="energy-demand-forecast",
            change=("forecast.py", "max_iter=400", "max_iter=60"),
        ),
        Adoption(
            name="wine-quality-mlflow",
            change=("train.py", "l1_ratio=l1_ratio, random", "l1_ratio=l1_ratio / 2, random"),
        ),
        Adoption(
            name="machine-failure-onnx",
            added="predict:\n  run: python gate.py {model} {features} {output}\n",
            own_files={"gate.py": GATE},
            change=None,
        ),
    )
}


@dataclass(frozen=True, kw_only=True)
class Walked:
    exit_codes: dict[str, int]
    seconds: float
    verdict: dict
    left: tuple[str, ...]
    """What git sees in the folder at the end that is not ours."""
    output: dict[str, str]


def walk(adoption: Adoption, into: Path, *, python: str | None = None) -> Walked:
    """From a clone to a registered version: the config is merged first, then a change of the model is judged."""
    folder = into / adoption.name
    shutil.copytree(REPOSITORIES / adoption.name, folder)
    git(folder, "init", "-q", "-b", "main")
    commit(folder, "The repository as it was")
    for file, text in adoption.own_files.items():
        (folder / file).write_text(text)
    began = time.monotonic()
    steps: dict[str, subprocess.CompletedProcess[str]] = {}
    # what their interpreter compiles beside their modules is none of ours
    variables = {
        "CI_MLOPS_CACHE": str(into / "cache"),
        "PYTHONDONTWRITEBYTECODE": "1",
        **({"CI_MLOPS_PYTHON": python} if python else {}),
    }

    def step(name: str, *arguments: str) -> int:
        done = subprocess.run(
            [sys.executable, "-m", "ci_mlops.cli", name, *arguments],
            cwd=folder,
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        steps[name] = done
        return done.returncode

    for script in adoption.before:
        subprocess.run(
            [python or os.environ.get("CI_MLOPS_PYTHON", "python"), script],
            cwd=folder,
            check=True,
            capture_output=True,
        )
    if step("init", "--environment", "current", *adoption.typed) == 0:
        add_what_is_typed(folder, adoption)
        step("pin")
        commit(folder, "Add the model gate")
        git(folder, "checkout", "-q", "-b", "change")
        if adoption.change:
            file, before, after = adoption.change
            replace(folder / file, before, after)
            commit(folder, "Change the model")
        step("validate")
        step("register")
    verdict = folder / ".ci-mlops" / "verdict.json"
    status = git(folder, "status", "--porcelain", "--ignored").splitlines()
    return Walked(
        exit_codes={name: done.returncode for name, done in steps.items()},
        seconds=time.monotonic() - began,
        verdict=json.loads(verdict.read_text()) if verdict.is_file() else {},
        left=tuple(line for line in status if line.split()[-1] not in OURS),
        output={name: done.stdout + done.stderr for name, done in steps.items()},
    )


def add_what_is_typed(folder: Path, adoption: Adoption) -> None:
    config = folder / "ci-mlops.yml"
    for before, after in adoption.edited:
        replace(config, before, after)
    with config.open("a") as file:
        file.write(f'registry: {{uri: "sqlite:///ci-mlops.db"}}\n{adoption.added}')
    with (folder / ".gitignore").open("a") as file:
        file.write("\nci-mlops.db\nmlartifacts/\n")


def replace(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    if before not in text:
        raise AssertionError(f"{path.name} does not hold {before!r}")
    path.write_text(text.replace(before, after))


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *WHO, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


def commit(folder: Path, message: str) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message)


def row(name: str, walked: Walked) -> str:
    told = walked.verdict
    rows = (told.get("rows") or {}).get("compared", "")
    ended = " ".join(f"{step} {code}" for step, code in walked.exit_codes.items())
    reason = (told.get("error") or {}).get("what") or told.get("reason", "")
    return (
        f"| {name} | {ended} | {walked.seconds:.0f} s | {told.get('verdict', '')} | {rows} | "
        f"{', '.join(walked.left) or 'nothing'} | {reason.splitlines()[0][:160] if reason else ''} |"
    )


def main() -> None:
    print(
        "| repository | exit codes | time | verdict | rows compared | left behind | reason |\n|:--|:--|--:|:--|--:|:--|:--|"
    )
    for name in sys.argv[1:] or ADOPTIONS:
        with tempfile.TemporaryDirectory() as into:
            walked = walk(ADOPTIONS[name], Path(into))
            print(row(name, walked), flush=True)
            if place := os.environ.get("ADOPTION_OUTPUT"):
                for step, text in walked.output.items():
                    Path(place, f"{name}.{step}.txt").write_text(text)


if __name__ == "__main__":
    main()
