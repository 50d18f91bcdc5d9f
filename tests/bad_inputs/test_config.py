"""`ci-mlops.yml` and the command line, wrong in every way that we have met: exit code 2."""

from functools import partial

import pytest

from tests.bad_inputs.project import Case as AnyCase, config, rewrite

Case = partial(AnyCase, run=("pin",), code=2)
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)

CASES = [
    Case("no config", lambda folder: (folder / "ci-mlops.yml").unlink(), says=["ci-mlops.yml"]),
    Case("an empty config", rewrite("ci-mlops.yml", ""), says=["ci-mlops.yml"]),
    Case(
        "a misspelt key",
        config("metrics:", "metrisc:"),
        says=["metrisc", "ci-mlops.yml:9", "Did you mean `metrics`"],
    ),
    Case(
        "a misspelt metric",
        config("[recall, accuracy]", "[recal]"),
        says=["recal", "ci-mlops.yml:9", "`recall`"],
    ),
    Case(
        "a key that is there twice", config("task:", "model: other\ntask:"), says=["model", "ci-mlops.yml:2"]
    ),
    Case(
        "a tag that makes objects",
        config("tumours", "!!python/object:os.system tumours"),
        says=["python/object", "ci-mlops.yml:1"],
    ),
    Case("a bomb of aliases", rewrite("ci-mlops.yml", BOMB), says=["ci-mlops.yml"]),
    Case("broken YAML", config("data:", "data: ["), says=["ci-mlops.yml:"]),
    Case("bytes that are no text", rewrite("ci-mlops.yml", b"\xff\xfe\x00model"), says=["ci-mlops.yml"]),
    Case(
        "an unknown task",
        config("classification", "clustering"),
        says=["clustering", "ci-mlops.yml:2", "regression"],
    ),
    Case(
        "a gate without a limit",
        config(", min: 0.5", ""),
        says=["gates", "ci-mlops.yml:11", "max_regression"],
    ),
    Case("a limit that is no number", config("min: 0.5", "min: .nan"), says=["min", "ci-mlops.yml:11"]),
    Case(
        "a negative tolerance",
        config("min: 0.5", "max_regression: -0.1"),
        says=["max_regression", "ci-mlops.yml:11"],
    ),
    Case(
        "a metric of another task",
        config("accuracy", "rmse"),
        says=["rmse", "ci-mlops.yml:9", "classification"],
    ),
    Case(
        "a cost metric without costs",
        config("accuracy", "expected_cost"),
        says=["expected_cost", "cost", "ci-mlops.yml:9"],
    ),
    Case(
        "two sources of one model",
        config("{path: model}", "{path: model, callable: 'a:b'}"),
        says=["callable", "ci-mlops.yml:8"],
    ),
    Case(
        "a callable without a function",
        config("{path: model}", "{callable: training}"),
        says=["training", "package.module:function"],
    ),
    Case(
        "a path that is no path here",
        config("data/train.csv", "/data/train.csv"),
        says=["/data/train.csv", "ci-mlops.yml:4", "relative"],
    ),
    Case(
        "a path that leaves the folder",
        config("data/train.csv", "../train.csv"),
        says=["../train.csv", "ci-mlops.yml:4"],
    ),
    Case(
        "a duration that is none",
        config("  model: {path", "  time_limit: soon\n  model: {path"),
        says=["soon", "ci-mlops.yml:8", "`30m`"],
    ),
    Case(
        "an environment that is not solved yet",
        config("task:", "environment: requirements.txt\ntask:"),
        says=["requirements.txt", "ci-mlops.yml:2", "`ci-mlops pin`"],
        run=("validate",),
    ),
    Case(
        "a command that is not there", lambda _: None, says=["validat", "No such command"], run=("validat",)
    ),
    Case(
        "an option that is not there",
        lambda _: None,
        says=["--forse", "No such option"],
        run=("validate", "--forse"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_bad_config_is_told_with_its_line_and_its_mend(case, refused):
    code, said = refused(case)

    assert code == case.code, said
    assert [part for part in case.says if part not in said] == []
    assert "Traceback" not in said


def test_all_problems_are_told_in_one_go(refused):
    def spoil(folder):
        config("metrics:", "metrisc:")(folder)
        config("classification", "clustering")(folder)
        config("{path: model}", "{callable: training}")(folder)

    code, said = refused(Case("three at once", spoil, says=[]))

    assert code == 2
    assert all(word in said for word in ("metrisc", "clustering", "package.module:function"))
