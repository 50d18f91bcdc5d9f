"""What is wrong with training, costs, registry and paths: what, where and mend of each."""

import pytest

from .conftest import CLASSIFICATION

RUNS = "train: {run: make, model: {path: m}, %s}\n"


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("metrcs: [recall]", "unknown key `metrcs` | ci-mlops.yml:6 metrcs | Did you mean `metrics`?"),
        ("uri: x", "unknown key `uri` | ci-mlops.yml:6 uri | `uri` belongs to `train.model` or `registry`."),
        (
            "train: {model: {path: m, zzz: 1}, run: make}",
            "unknown key `zzz` | ci-mlops.yml:6 train.model.zzz | Keys here: path, callable, capture, mlflow, uri.",
        ),
        (
            "train: {run: make}",
            (
                "`train.model` is missing | ci-mlops.yml:6 train.model | "
                "Add `model`: How the trained model is obtained: one of these, or the word `capture` or `mlflow`."
            ),
        ),
        (
            "train: {model: {path: m}}",
            (
                "`train.run` is missing: something has to write the model | ci-mlops.yml:6 train | "
                "Add `run`, the command that writes `train.model.path`."
            ),
        ),
        (
            "train: {run: make, model: {path: m, callable: 'a:b'}}",
            (
                "`train.model` needs exactly one of `path`, `callable`, `capture`, `mlflow`, `uri` | "
                "ci-mlops.yml:6 train.model | Write `model: {path: FILE_OR_FOLDER}`, "
                "`model: {callable: package.module:function}`, `model: capture`, `model: mlflow` or "
                "`model: {uri: FILE_OR_ADDRESS}`."
            ),
        ),
        (
            "train: {model: {callable: train.py}}",
            "`train.py` names no function | ci-mlops.yml:6 train.model.callable | Write `package.module:function`.",
        ),
        (
            "train: {run: make, model: {uri: model.onnx}}",
            (
                "`train.run`, but a prebuilt model (`uri`) is not trained | ci-mlops.yml:6 train.run | "
                "Remove `run`; or, if it writes the model, name that with `path`."
            ),
        ),
        (
            "train: {model: {uri: 'models:/churn@champion'}}",
            (
                "`models:/churn@champion` names no version | ci-mlops.yml:6 train.model.uri | Write "
                "`models:/NAME/VERSION` with the number of a version: an alias would move under the verdict."
            ),
        ),
        (
            "train: {model: {uri: 'https://me:secret@models.example/churn'}}",
            (
                "the address holds a login | ci-mlops.yml:6 train.model.uri | Remove it, change it, and give it as "
                "CI_MLOPS_ENDPOINT_TOKEN."
            ),
        ),
        (
            "report: {flipped_rows: {columns: []}}",
            (
                "`columns` is an empty list | ci-mlops.yml:6 report.flipped_rows.columns | "
                "Give it a value, or remove the line."
            ),
        ),
        (
            "report: {flipped_rows: {columns: [age], most: 2000}}",
            (
                "`most` is more than 1000: 2000 | ci-mlops.yml:6 report.flipped_rows.most | "
                "Write 1000 or less: nobody reads more."
            ),
        ),
        (
            "train: {run: make, model: {capture: {variable: a.b}}}",
            (
                "`a.b` is no name of a variable | ci-mlops.yml:6 train.model.capture.variable | "
                "Name a variable of the script's top level."
            ),
        ),
        (
            "train: {run: make, model: out}",
            (
                "`model` must be a mapping; found the text `out` | ci-mlops.yml:6 train.model | "
                "Write `key: value` lines below it, or `{key: value}`."
            ),
        ),
        (
            "train: {run: make, model: {path: ./.}}",
            (
                "the model can't be the whole folder | ci-mlops.yml:6 train.model.path | "
                "Name the file or folder that the training writes."
            ),
        ),
        (
            "train: {run: [python, 5], model: {path: m}}",
            (
                "`run` is no command | ci-mlops.yml:6 train.run | "
                "Write the command as text, or as a list of its words, numbers in quotes."
            ),
        ),
        (
            RUNS % "time_limit: -5",
            (
                "`time_limit` must be longer than 0 seconds | ci-mlops.yml:6 train.time_limit | "
                "Write `90s`, `30m`, `2h`, or a number of seconds."
            ),
        ),
        (
            RUNS % "time_limit: .inf",
            (
                "`time_limit` must be longer than 0 seconds | ci-mlops.yml:6 train.time_limit | "
                "Write `90s`, `30m`, `2h`, or a number of seconds."
            ),
        ),
        (
            RUNS % "time_limit: 8d",
            (
                "`8d` is longer than 7 days | ci-mlops.yml:6 train.time_limit | "
                "Write `90s`, `30m`, `2h`, or a number of seconds."
            ),
        ),
        (
            RUNS % "inputs: [a, b, a]",
            "`inputs` lists `a` twice | ci-mlops.yml:6 train.inputs | Keep one of them.",
        ),
        (
            RUNS % "parameters: {a-b: 1}",
            (
                "`a-b` can't be a parameter: it becomes the variable CI_MLOPS_PARAM_A-B | "
                "ci-mlops.yml:6 train.parameters | Use letters, digits and `_`."
            ),
        ),
        (
            RUNS % "parameters: {a: 1, A: 2}",
            "`a` and `A` become one variable, CI_MLOPS_PARAM_A | ci-mlops.yml:6 train.parameters | Rename one.",
        ),
        (
            RUNS % "parameters: {a: [1]}",
            "`a` must be text, a finite number, true or false | ci-mlops.yml:6 train.parameters | ",
        ),
        (
            "predict: {run: 'score {modle} ${features} {features}'}",
            (
                "`predict.run` does not say `{model}`, `{output}` | ci-mlops.yml:6 predict.run | "
                "Did you mean `{model}` for `{modle}`?"
            ),
        ),
        (
            "cost: {false_negative: .inf}",
            (
                "`false_negative` is no finite number: `inf` | ci-mlops.yml:6 cost.false_negative | Write a number, or "
                "`{column: amount, times: 0.2}`: the value of that column of the test data, times 0.2."
            ),
        ),
        (
            "cost: {unit: EUR}",
            (
                "`cost` says that every decision costs nothing | ci-mlops.yml:6 cost | "
                "Give `false_negative` and `false_positive` a number."
            ),
        ),
        (
            "registry: {uri: x, stages: []}",
            "`stages` is an empty list | ci-mlops.yml:6 registry.stages | Give it a value, or remove the line.",
        ),
        (
            "registry: {uri: x, stages: [a, a, a]}",
            "`stages` lists `a` 3 times | ci-mlops.yml:6 registry.stages | Keep one of them.",
        ),
        (
            "registry: {uri: x, stages: [Latest]}",
            (
                "`Latest` can't be a stage: registries mean a version by it | ci-mlops.yml:6 registry.stages[0] | "
                "Choose another word."
            ),
        ),
        (
            "registry: {uri: x, stages: [a/b]}",
            "`a/b` can't be a stage | ci-mlops.yml:6 registry.stages[0] | Use letters, digits, `_` and `-`.",
        ),
        (
            "registry: {uri: x, name: 'a:b'}",
            (
                "`a:b` can't be a model's name in a registry | ci-mlops.yml:6 registry.name | "
                "Use letters, digits, `_`, `-`, `.` and spaces inside; no `/` or `:`."
            ),
        ),
        (
            "registry: {uri: 'https://token@mlflow.example'}",
            (
                "the URI holds a password or a token | ci-mlops.yml:6 registry.uri | Remove it, change it, and give it "
                "as MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD."
            ),
        ),
        (
            "registry: {uri: 'http://[x'}",
            "`uri` is no URI | ci-mlops.yml:6 registry.uri | Write `https://HOST`, or `sqlite:///FILE`.",
        ),
        (
            "registry: {uri: ' '}",
            "`uri` is empty text | ci-mlops.yml:6 registry.uri | Give it a value, or remove the line.",
        ),
        (
            "registry: {uri: x}\ncompare_with: prodution",
            (
                "`prodution` is neither a stage of the registry nor `base` | ci-mlops.yml:7 compare_with | "
                "Did you mean `production`?"
            ),
        ),
        (
            "compute: dusk",
            (
                "`backend` must be `local`, `processes`, `dask`, `ray` or `spark`; found the text `dusk` | "
                "ci-mlops.yml:6 compute.backend | Did you mean `dask`?"
            ),
        ),
        (
            "compute: {backend: dask, workers: 0}",
            "`workers` must be 1 or more; found the number 0 | ci-mlops.yml:6 compute.workers | ",
        ),
        (
            "compute: {backend: dask, workers: true}",
            (
                "`workers` must be a whole number; found `true` | ci-mlops.yml:6 compute.workers | "
                "Write it without quotes, as `4`."
            ),
        ),
        (
            "compute: {backend: local, workers: 3}",
            (
                "`workers`, but `local` counts on one core | ci-mlops.yml:6 compute | "
                "Write `backend: processes`, or remove `workers`."
            ),
        ),
        (
            "compute: {backend: processes, address: x}",
            (
                "`address`, but `processes` is this machine | ci-mlops.yml:6 compute | "
                "Write `backend: dask`, or remove `address`."
            ),
        ),
        (
            "compare_with: production",
            (
                "`production` is neither a stage of the registry nor `base` | ci-mlops.yml:6 compare_with | "
                "Write one of: base."
            ),
        ),
    ],
)
def test_a_problem_has_what_where_and_mend(told, lines, problem):
    assert told(CLASSIFICATION + lines + "\n") == [problem]
