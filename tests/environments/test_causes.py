"""What is wrong with an environment, said so that the way out works."""

from datetime import date

import pytest

from ci_mlops.environments.dated import _Search
from ci_mlops.environments.diagnosis import explain
from ci_mlops.environments.imports import _problem
from ci_mlops.environments.requirement_lines import requirement_of
from ci_mlops.environments.scripts import Use


def told(name: str, **entry: str):
    use = Use(name=name, where="train.py:3", is_certain=True)
    return _problem({"name": name, **entry}, {name: use})


def test_a_module_that_its_own_package_has_no_more_is_not_told_as_a_package_to_add():
    found = told("sklearn.externals.joblib", missing="sklearn.externals.joblib", error="ModuleNotFoundError")

    assert "the version of scikit-learn that is pinned has no `sklearn.externals.joblib`" in found.what
    assert "Add " not in found.mend
    assert found.mend.startswith("Bound `scikit-learn`")


@pytest.mark.parametrize(
    "says",
    [
        "numpy.dtype size changed, may indicate binary incompatibility",
        "A module that was compiled using NumPy 1.x cannot",
    ],
)
def test_a_package_that_was_built_for_another_numpy_is_told_by_what_mends_it(says):
    found = told("pandas", says=says, error="ValueError")

    assert "built for another NumPy" in found.what
    assert "`numpy<2`" in found.mend
    assert "`pandas`" in found.mend


@pytest.mark.parametrize(
    ("wrong", "meant"), [("scikit-laern", "scikit-learn"), ("panda", "pandas"), ("xgbost", "xgboost")]
)
def test_a_misspelt_name_is_told_with_the_one_that_is_like_it(tmp_path, wrong, meant):
    line = requirement_of(wrong, "requirements.txt:2", tmp_path)
    found = explain(
        f"Because {wrong} was not found in the package registry and you require {wrong}", [line], "3.11"
    )

    assert found.where == "requirements.txt:2"
    assert f"Is `{meant}` meant?" in found.mend


def test_a_name_of_the_team_s_own_index_is_not_taken_for_another(tmp_path):
    line = requirement_of("ourlending", "requirements.txt:2", tmp_path)
    found = explain("Because ourlending was not found in the package registry and", [line], "3.11")

    assert "meant" not in found.mend
    assert "PIP_EXTRA_INDEX_URL" in found.mend


def test_days_are_halved_between_one_that_is_too_late_and_one_that_is_too_early():
    search = _Search(None, None, date(2026, 11, 23))
    released, gone = date(2019, 12, 4), date(2020, 5, 12)
    found = []
    for before, python in search.tries():
        day = date.fromisoformat(before) if before else None
        if day and released <= day < gone and python == "3.8":
            found.append(day)
            break
        search.told(before, lost=day is None or day >= gone)

    assert found


def test_no_day_is_halved_where_nothing_was_lost():
    search = _Search(None, None, date(2026, 11, 23))
    days = [before for before, _ in search.tries()]

    assert {day[4:] for day in days if day} == {"-11-23"}
