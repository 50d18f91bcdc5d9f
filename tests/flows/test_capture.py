"""One file, split inside the script: what both models have not seen is compared, and what is wrong is named."""

import re

import pytest

from ci_mlops.errors import BadData
from ci_mlops.flows.validate import validate
from ci_mlops.report import render
from tests.flows.scripts import CONFIG, ROWS, SCRIPT, found_script, lines

SEEDED = ", random_state=7)"


def told(team):
    return validate(team.tools, team.project(), team.output)


def changed(team, old="max_depth=5", new="max_depth=4"):
    team.replace("train.py", old, new)
    team.commit("Change the model")
    return told(team)


def report(verdict):
    return re.sub(r"\s+", " ", render(verdict, "terminal"))


def finding(verdict, code, role="candidate"):
    return next(found for found in verdict.findings if (found.code, found.role) == (code, role))


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """One comparison of two depths, for all that only read what it found."""
    team = found_script(tmp_path_factory.mktemp("judged"))
    return team, changed(team)


def test_two_versions_are_compared_on_the_rows_that_neither_has_seen(judged):
    team, verdict = judged

    assert (verdict.verdict, verdict.exit_code) == ("passed", 0)
    assert verdict.rows.compared == 120
    assert (verdict.overlap.candidate, verdict.overlap.champion, verdict.overlap.excluded) == (280, 280, 280)
    assert "on the same 120 held-out rows, none of which either was trained on" in report(verdict)
    assert (
        "Left out for both: 280 rows that one of them was trained on (the champion 280, the candidate 280)"
        in report(verdict)
    )
    assert team.git("status", "--porcelain", "--ignored") == "!! .ci-mlops/"


def test_the_first_report_is_measured_on_unseen_rows(tmp_path):
    team = found_script(tmp_path)
    team.git("checkout", "-q", "--orphan", "fresh")
    team.git("rm", "-q", "--cached", "ci-mlops.yml", "ci-mlops.lock")
    team.git("commit", "-q", "-m", "Before us")
    team.git("branch", "-f", "main")
    team.git("checkout", "-q", "-b", "adopt")
    team.commit("Add ci-mlops")
    verdict = told(team)

    assert (verdict.verdict, verdict.exit_code) == ("not_applicable", 0)
    assert (verdict.rows.compared, verdict.overlap.candidate) == (120, 280)
    assert "Left out: 280 rows that the candidate was trained on" in report(verdict)


def test_a_split_without_a_seed_is_named_with_its_place_at_the_top(tmp_path):
    team = found_script(tmp_path, script=SCRIPT.replace(SEEDED, ")"))
    verdict = changed(team)

    assert finding(verdict, "unseeded_split").where == "train.py:8"
    assert 60 <= verdict.overlap.excluded - 280 <= 120
    assert verdict.rows.compared == ROWS - verdict.overlap.excluded
    assert "⚠️ The split of both models has no seed (train.py:8)" in report(verdict)


def test_a_model_without_a_seed_is_named(tmp_path):
    team = found_script(tmp_path, script=SCRIPT.replace(", random_state=0", ""))
    verdict = changed(team)

    assert finding(verdict, "unseeded_model").names == ("RandomForestClassifier",)
    kept = [line for line in team.said if "its model is" in line]
    assert len(kept) == 2
    assert all("its model is RandomForestClassifier (train.py:" in line for line in kept)
    assert "draws random numbers without a seed" in report(verdict)


def test_an_entity_on_both_sides_is_named(judged):
    _, verdict = judged

    found = finding(verdict, "group_on_both_sides")
    assert found.names == ("customer_id",)
    assert found.count > 40
    assert f"⚠️ {found.count} of {found.of} values of customer_id" in report(verdict)


def test_a_split_by_the_entity_is_not_blamed(tmp_path):
    script = SCRIPT.replace("import train_test_split", "import GroupShuffleSplit").replace(
        "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=7)",
        "side, rest = next(GroupShuffleSplit(1, test_size=0.3, random_state=7).split(X, y, frame['customer_id']))\n"
        "X_train, X_test, y_train, y_test = X.iloc[side], X.iloc[rest], y.iloc[side], y.iloc[rest]",
    )
    verdict = changed(found_script(tmp_path, script=script))

    assert "group_on_both_sides" not in {found.code for found in verdict.findings}


def test_a_scaler_that_was_fitted_on_all_rows_outside_is_replayed_and_named(tmp_path):
    script = SCRIPT.replace(
        'y = frame["default"]\n',
        'y = frame["default"]\n'
        "from sklearn.preprocessing import StandardScaler\n"
        "X = pd.DataFrame(StandardScaler().fit_transform(X), columns=X.columns)\n",
    )
    verdict = changed(found_script(tmp_path, script=script))

    assert verdict.rows.compared == 120
    found = finding(verdict, "fitted_on_more_rows")
    assert (found.names, found.count, found.of) == (("StandardScaler",), 400, 280)
    assert "⚠️ Both models: StandardScaler (train.py:9) was fitted on more rows than the model" in report(
        verdict
    )


def test_folds_that_see_every_row_leave_nothing_to_compare_and_it_is_said(tmp_path):
    script = SCRIPT.replace("model.fit(X_train, y_train)", "model.fit(X, y)")
    team = found_script(tmp_path, script=script)

    with pytest.raises(BadData, match="there is no row to compare: 400 rows were in a model's training"):
        changed(team)


def test_rows_that_the_change_adds_to_the_file_are_found_beside_the_old_ones(tmp_path):
    team = found_script(tmp_path)
    team.write("data/loans.csv", "\n".join([*lines(), *list(lines(80, seed=2))[1:]]) + "\n")
    team.pin()
    verdict = changed(team)

    assert verdict.exit_code == 0
    # judged on base's rows; the new split takes others of them
    assert verdict.overlap.champion == 280
    assert verdict.rows.compared == ROWS - verdict.overlap.excluded


def test_a_column_that_the_change_adds_to_the_file_hides_no_row(tmp_path):
    team = found_script(tmp_path)
    header, *rows = lines()
    team.write(
        "data/loans.csv",
        "\n".join([f"zip,{header}", *(f"{i % 90},{row}" for i, row in enumerate(rows))]) + "\n",
    )
    team.pin()
    verdict = changed(team)

    assert verdict.exit_code == 0
    assert (verdict.overlap.champion, verdict.overlap.candidate, verdict.rows.compared) == (280, 280, 120)


def test_a_candidate_that_says_it_has_seen_many_more_rows_is_told_of_at_the_top(tmp_path):
    """Whoever could forge the record could leave out the hard rows: both counts are shown."""
    verdict = changed(found_script(tmp_path), "test_size=0.3", "test_size=0.1")

    assert "⚠️ The candidate leaves out 80 more rows than the champion" in report(verdict)
    assert "360 against 280" in report(verdict)


def test_a_candidate_that_drops_rows_that_the_champion_can_score_is_not_passed(tmp_path):
    rows = list(lines())
    gaps = [
        re.sub(r",[\d.]+,", ",,", row, count=1) if place and place % 9 == 0 else row
        for place, row in enumerate(rows)
    ]
    script = (
        SCRIPT.replace(
            "RandomForestClassifier(n_estimators=8,",
            "make(SimpleImputer(), RandomForestClassifier(n_estimators=8,",
        )
        .replace("random_state=0)", "random_state=0))")
        .replace(
            "import pandas as pd\n",
            "import pandas as pd\nfrom sklearn.impute import SimpleImputer\nfrom sklearn.pipeline import make_pipeline as make\n",
        )
    )
    team = found_script(tmp_path, script=script, rows=gaps)
    team.replace("train.py", "make(SimpleImputer(), RandomForestClassifier(", "make(RandomForestClassifier(")
    team.replace(
        "train.py",
        "from sklearn.ensemble import RandomForestClassifier",
        "from sklearn.linear_model import LogisticRegression as L\nRandomForestClassifier = lambda **_: L()",
    )
    verdict = changed(team, 'data/loans.csv")', 'data/loans.csv").dropna()')

    assert (verdict.verdict, verdict.exit_code) == ("undecided", 10)
    assert verdict.overlap.candidate_unscored == 44
    assert verdict.overlap.champion_unscored == 0
    assert verdict.rows.lost > 5
    assert f"⚠️ The candidate can't score {verdict.rows.lost} rows that the champion can" in report(verdict)


def test_few_rows_that_are_left_are_said_to_show_little(tmp_path):
    config = CONFIG.replace("max_regression: 0.2", "max_regression: 0.9")
    verdict = changed(
        found_script(tmp_path, script=SCRIPT.replace("test_size=0.3", "test_size=0.06"), config=config)
    )

    assert verdict.rows.compared == 24
    assert "Only 24 of the 400 rows are left, which show little. Keep the same seed" in report(verdict)
