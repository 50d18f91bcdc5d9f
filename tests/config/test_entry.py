"""What stages ask for, as it is written, and what is told of what does not fit."""

import jsonschema
import pytest

from ci_mlops.config import json_schema, parse_config, policy_digest, policy_edits
from ci_mlops.config.document import read_document
from ci_mlops.errors import Problems

CONFIG = """\
model: loans
task: classification
data:
  train: data/train.csv
  test: {path: data/test.csv, target: default, positive: "yes"}
train: {run: python train.py, model: {path: model}}
registry:
  uri: https://mlflow.example
  stages: [staging, canary, production]
"""
ALL = """\
  entry:
    canary: {after: 90m, smoke: [python, smoke.py, "{model}"], time_limit: 2m}
    production: {approval: true, after: 3d, smoke: "python smoke.py {model}", scores: true}
"""


def problem(entry):
    with pytest.raises(Problems) as error:
        parse_config(f"{CONFIG}  entry:\n    {entry}\n")
    (one,) = error.value.problems
    return f"{one.what} | {one.where} | {one.mend}"


def test_each_stage_has_its_own_conditions():
    entry = parse_config(CONFIG + ALL).registry.entry

    assert (entry["canary"].after, entry["canary"].smoke, entry["canary"].time_limit) == (
        5400,
        ("python", "smoke.py", "{model}"),
        120,
    )
    assert (entry["production"].after, entry["production"].scores) == (3 * 86400, True)
    assert entry["canary"].environment("canary") == ""
    assert entry["production"].environment("production") == "production"


def test_an_environment_of_another_name_may_be_asked():
    entry = parse_config(CONFIG + "  entry: {production: {approval: risk-board}}\n").registry.entry

    assert entry["production"].environment("production") == "risk-board"


def test_the_schema_takes_what_is_written():
    validator = jsonschema.Draft202012Validator(json_schema())

    validator.validate(read_document(CONFIG + ALL, "ci-mlops.yml").values)
    assert not validator.is_valid(read_document(CONFIG + ALL.replace("scores", "score"), "c").values)


def test_conditions_are_policy_and_a_config_without_them_keeps_its_digest():
    without, with_all = parse_config(CONFIG), parse_config(CONFIG + ALL)
    softer = parse_config(CONFIG + ALL.replace("3d", "1h").replace("approval: true, ", ""))

    assert policy_edits(with_all, softer) == (
        "registry.entry.production.approval: True -> none",
        "registry.entry.production.after: 259200 -> 3600",
    )
    assert policy_digest(without) != policy_digest(with_all)
    assert policy_digest(without) == policy_digest(parse_config(CONFIG + "  entry: {}\n"))


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (
            "productoin: {after: 3d}",
            "`productoin` is none of the stages | ci-mlops.yml:11 registry.entry.productoin | Did you mean `production`?",
        ),
        (
            "live: {after: 3d}",
            "`live` is none of the stages | ci-mlops.yml:11 registry.entry.live | They are staging, canary, production.",
        ),
        (
            "staging: {approval: true}",
            (
                "`staging` is the first stage: a merge takes it, by the verdict alone | ci-mlops.yml:11 registry.entry.staging | "
                "Ask for more in `gates`, or at a stage after it."
            ),
        ),
        (
            "production: {aproval: true}",
            "unknown key `aproval` | ci-mlops.yml:11 registry.entry.production.aproval | Did you mean `approval`?",
        ),
        (
            "production: {after: three days}",
            (
                "`three days` is no duration | ci-mlops.yml:11 registry.entry.production.after | "
                "Write `90s`, `30m`, `2h`, or a number of seconds."
            ),
        ),
        (
            "production: {after: 400d}",
            (
                "`400d` is longer than 366 days | ci-mlops.yml:11 registry.entry.production.after | "
                "Write `90s`, `30m`, `2h`, or a number of seconds."
            ),
        ),
        (
            "production: {smoke: python smoke.py}",
            (
                "`smoke` does not say `{model}` | ci-mlops.yml:11 registry.entry.production.smoke | "
                "Write `python smoke.py {model}`: it stands for the path of the stored model."
            ),
        ),
        (
            "production: {approval: 3}",
            (
                "`approval` must be true or the name of an environment | ci-mlops.yml:11 registry.entry.production.approval | "
                "Write `approval: true`, or `approval: ENVIRONMENT`."
            ),
        ),
        (
            "production: {scores: yes}",
            (
                "`scores` must be true or false; found the text `yes` | ci-mlops.yml:11 registry.entry.production.scores | "
                "Write it without quotes, as `true`."
            ),
        ),
        (
            "production: {after: 1h, time_limit: 3m}",
            (
                "`time_limit` is for `smoke`, which is not there | ci-mlops.yml:11 registry.entry.production.time_limit | "
                "Add `smoke`, or remove it."
            ),
        ),
        (
            "production: {approval: false}",
            (
                "`production` asks for nothing: a verdict that passed, or was waived, is asked for anyway | "
                "ci-mlops.yml:11 registry.entry.production | Add `approval`, `after`, `smoke` or `scores`, or remove it."
            ),
        ),
    ],
)
def test_what_does_not_fit_is_told_with_its_line_and_its_mend(entry, told):
    assert problem(entry) == told
