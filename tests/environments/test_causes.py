"""What is wrong with an environment, said so that the way out works."""

from datetime import date

import pytest

from ci_mlops.environments.dated import _Search
from ci_mlops.environments.diagnosis import explain
from ci_mlops.environments.imports import _problem
from ci_mlops.environments.requirement_lines import requirement_of
from ci_mlops.environments.scripts import Use
from ci_mlops.environments.unbounded import too_new
from ci_mlops.workers.importing import attempt


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


DROP = """
  File "/cache/venv/lib/python3.11/site-packages/pandas/core/frame.py", line 6974, in drop
ValueError: Cannot specify both 'axis' and 'index'/'columns'
"""


@pytest.mark.parametrize(
    ("line", "said", "told"),
    [
        ("pandas", DROP, "`pandas<3`"),
        ("pandas>=1.0", DROP, "`pandas<3`"),
        ("pandas<4", DROP, None),
        ("pandas==3.1.1", DROP, None),
        ("pandas", "ValueError: No column `age`", None),
        ("pandas", "AttributeError: module 'pandas' has no attribute 'Panel'", "`pandas<3`"),
    ],
)
def test_a_training_that_fails_inside_a_library_that_nothing_bounds_is_told_by_the_bound(
    tmp_path, line, said, told
):
    found = too_new(
        said, [requirement_of(line, "requirements.txt:1", tmp_path)], ["numpy==2.4.6", "pandas==3.1.1"]
    )

    assert (found is None) == (told is None)
    assert told is None or (told in found and "requirements.txt:1" in found)


def test_an_import_that_fails_with_many_lines_is_told_by_the_first(tmp_path, monkeypatch):
    (tmp_path / "many_lines.py").write_text("raise ValueError('what is wrong\\n\\nhttps://read.on.example')")
    monkeypatch.syspath_prepend(tmp_path)

    assert attempt("many_lines")["says"] == "what is wrong"
