"""`registry.passport` as it is written, what is told of one that could never be shown, and of an edit of it."""

import pytest

from ci_mlops.config import parse_config, policy_edits
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
"""
ONE = "  passport: {keys: [keys/release.pub.pem], required: [production]}\n"


def problem(passport):
    with pytest.raises(Problems) as error:
        parse_config(f"{CONFIG}  passport: {passport}\n")
    (one,) = error.value.problems
    return one


def test_who_signs_is_read():
    passport = parse_config(CONFIG + ONE).registry.passport

    assert passport.keys == ("keys/release.pub.pem",)
    assert (passport.required, passport.key_variable) == (("production",), "CI_MLOPS_SIGNING_KEY")


@pytest.mark.parametrize(
    ("passport", "what", "mend"),
    [
        ("{keys: []}", "no key is named", "keys/release.pub.pem"),
        ("{required: [production]}", "`registry.passport.keys` is missing", "Add `keys`"),
        ("{keys: [a.pem], required: [staging]}", "`staging` is the first stage", "`promote` leads to"),
        ("{keys: [a.pem], required: [producton]}", "`producton` is no stage", "Did you mean `production`?"),
        ("{keys: [/etc/a.pem]}", "`/etc/a.pem` is an absolute path", "relative"),
        ("{keys: [a.pem, a.pem]}", "lists `a.pem` twice", "Keep one"),
        (
            "{keys: [a.pem], key_variable: RELEASE-KEY}",
            "no name of an environment variable",
            "never the key itself",
        ),
    ],
)
def test_a_passport_that_could_never_be_shown_is_refused_in_its_line(passport, what, mend):
    told = problem(passport)

    assert what in told.what
    assert mend in told.mend
    assert told.where.startswith("ci-mlops.yml:9")


def test_a_key_that_was_pasted_in_the_place_of_a_name_is_not_quoted():
    told = problem('{keys: [a.pem], key_variable: "MC4CAQAwBQYDK2VwBCIEIP=="}')

    assert "MC4CAQ" not in str(told)


def test_a_change_of_who_may_sign_is_an_edit_of_policy():
    before, after = parse_config(CONFIG + ONE), parse_config(CONFIG)
    exchanged = ({"keys/release.pub.pem": b"one"}, {"keys/release.pub.pem": b"two"})

    assert policy_edits(before, after) == (
        "registry.passport.keys: keys/release.pub.pem -> none",
        "registry.passport.required: production -> none",
        "registry.passport.key_variable: CI_MLOPS_SIGNING_KEY -> none",
    )
    (edit,) = policy_edits(before, before, *exchanged)
    assert edit.startswith("keys/release.pub.pem: sha256:")
