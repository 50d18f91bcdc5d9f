"""A change that moves the test pin: base's rows decide, each model reads the columns of its own pin."""

import csv
import json

import pytest

from ci_mlops.errors import BadData, TrainingFailed
from ci_mlops.flows.validate import validate
from ci_mlops.report import render
from tests.flows.rules import CONFIG, SCORE, found_rules, with_share

# reads a column that base's rows lack
AGED = SCORE.replace('int(row["debt"])', 'int(row["debt"]) + 0 * int(row["age"])')


@pytest.fixture
def team(tmp_path):
    return found_rules(tmp_path)


def told(team):
    return validate(team.tools, team.project(), team.output)


def rows_of(team, name="test.csv"):
    with (team.folder / "data" / name).open(newline="") as file:
        return list(csv.DictReader(file))


def pin(team, rows, name="test.csv"):
    with (team.folder / "data" / name).open("w", newline="") as file:
        lines = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        lines.writeheader()
        lines.writerows(rows)
    team.pin()
    return team.commit("Move the test pin")


def with_age(rows):
    return [{**row, "age": 20 + number % 50} for number, row in enumerate(rows)]


def answers(team, name="candidate"):
    return json.loads((team.output / "predictions" / f"{name}.json").read_text())


def test_new_rows_are_measured_for_information_and_decide_nothing(team):
    with_share(team, 0.595)
    rows = rows_of(team)
    more = [{**row, "loan": f"9{row['loan']}", "default": "yes"} for row in rows[:200]]
    pin(team, [*rows, *more])
    verdict = told(team)

    assert verdict.verdict == "passed"
    assert verdict.rows.compared == 600
    assert {m.rows for m in verdict.moved} == {800}
    assert {m.slice for m in verdict.moved} == {None}
    assert all(m.champion is not None for m in verdict.moved)
    assert verdict.notices == (
        "This change moves the pin of the test data (200 rows new); the gates used the rows that base pins.",
    )
    assert "On the new rows, for information" in render(verdict, "markdown")


def test_without_a_moved_pin_nothing_is_measured_twice(team):
    with_share(team, 0.595)
    verdict = told(team)

    assert verdict.moved == ()
    assert sorted(path.name for path in (team.output / "predictions").iterdir()) == [
        "candidate.json",
        "candidate.parquet",
        "champion.json",
        "champion.parquet",
    ]


def test_the_candidate_reads_a_new_column_from_its_own_pin_by_id(team):
    team.write("score.py", AGED)
    with_share(team, 0.595)
    pin(team, list(reversed(with_age(rows_of(team)))))
    verdict = told(team)

    assert verdict.verdict == "passed"
    assert verdict.rows.compared == 600
    assert "the candidate read `age` from the pin that this change moves" in verdict.notices[1]
    assert render(verdict, "github").index("`age`") < render(verdict, "github").index("| Metric |")


def test_what_the_candidate_reads_by_id_is_what_base_has_cell_for_cell(team):
    team.write("score.py", AGED)
    with_share(team, 0.6)
    pin(team, list(reversed(with_age(rows_of(team)))))
    verdict = told(team)

    # the same share: every answer is the champion's, though the files are in another order
    assert verdict.identical


def test_a_champion_without_its_columns_in_the_new_rows_is_told_as_left_out(team):
    team.write("score.py", SCORE.replace('int(row["debt"])', 'int(row["owed"])'))
    with_share(team, 0.595)
    rows = [
        {"loan": r["loan"], "income": r["income"], "owed": r["debt"], "default": r["default"]}
        for r in rows_of(team)
    ]
    pin(team, rows)
    verdict = told(team)

    assert verdict.rows.compared == 600
    assert all(m.champion is None and m.candidate is not None for m in verdict.moved)
    assert [(skip.what, skip.reason) for skip in verdict.skips] == [
        ("champion on the moved test rows", "they lack `debt`")
    ]


def test_edited_cells_beside_a_new_column_are_refused_in_words(team):
    team.write("score.py", AGED)
    with_share(team, 0.595)
    rows = with_age(rows_of(team))
    rows[3]["debt"] = "0"
    pin(team, rows)

    with pytest.raises(BadData, match="This change edits test rows that base pins: 1 have another `debt`"):
        told(team)


def test_an_edited_label_beside_a_new_column_is_refused_too(team):
    team.write("score.py", AGED)
    with_share(team, 0.595)
    rows = with_age(rows_of(team))
    rows[3]["default"] = "no" if rows[3]["default"] == "yes" else "yes"
    pin(team, rows)

    with pytest.raises(BadData, match="another `default`"):
        told(team)


def test_edits_without_a_new_column_gain_nothing_and_are_told(team):
    with_share(team, 0.9)
    pin(team, [{**row, "debt": "60" if row["default"] == "yes" else "0"} for row in rows_of(team)])
    verdict = told(team)

    assert verdict.verdict == "blocked"
    assert "edited in `debt`" in verdict.notices[0]


def test_a_number_that_is_written_otherwise_is_the_same_number(team):
    team.write("score.py", AGED.replace('int(row["income"])', 'float(row["income"])'))
    with_share(team, 0.595)
    pin(team, [{**row, "income": f"{row['income']}.0"} for row in with_age(rows_of(team))])

    assert told(team).rows.compared == 600


def test_removed_rows_keep_a_new_column_from_being_read(team):
    team.write("score.py", AGED)
    with_share(team, 0.595)
    pin(team, with_age(rows_of(team))[:500])

    with pytest.raises(TrainingFailed) as error:
        told(team)
    assert "it also takes 100 of base's rows away" in error.value.mend


def test_a_candidate_that_does_not_need_the_new_column_is_judged_without_it(team):
    with_share(team, 0.595)
    pin(team, with_age(rows_of(team))[:500])
    verdict = told(team)

    assert verdict.rows.compared == 600
    assert "did not read `age`" in verdict.notices[1]


def in_order(script):
    return script.replace("id,prediction", "prediction").replace('print(row["loan"], ', "print(")


def test_without_an_id_a_new_column_can_not_be_joined_and_that_is_said(tmp_path):
    team = found_rules(tmp_path, config=CONFIG.replace(", id: loan}", "}"))
    team.write("score.py", in_order(SCORE))
    team.commit("Answer in the order of the rows")
    team.git("branch", "-f", "main")
    team.write("score.py", in_order(AGED))
    with_share(team, 0.595)
    pin(team, with_age(rows_of(team)))

    with pytest.raises(TrainingFailed) as error:
        told(team)
    assert "without an id" in error.value.mend


def test_a_column_that_goes_is_no_column_of_the_candidates(team):
    seen = 'import csv, sys\nprint(next(csv.reader(open(sys.argv[2]))), file=open("/dev/stderr", "w"))\n'
    team.write("score.py", seen + SCORE.replace('- share * int(row["income"])', "- 30"))
    with_share(team, 0.595)
    pin(team, [{k: v for k, v in row.items() if k != "income"} for row in rows_of(team)])
    told(team)
    log = (team.output / "logs" / "predict-candidate.log").read_text()

    assert "['loan', 'debt']" in log


ONE_FILE = CONFIG.replace("data/train.csv", "data/all.csv").replace("data/test.csv", "data/all.csv")


@pytest.fixture
def grown(tmp_path):
    team = found_rules(tmp_path)
    (team.folder / "data" / "test.csv").rename(team.folder / "data" / "all.csv")
    team.write("ci-mlops.yml", ONE_FILE)
    team.write(".gitignore", "model.bin\n__pycache__/\n.ci-mlops/\n")
    return team


@pytest.mark.parametrize("tracked", [True, False], ids=["data in git", "data beside git"])
def test_a_file_for_both_that_grows_is_judged_on_the_rows_that_base_pins(grown, tracked):
    if not tracked:
        grown.write(".gitignore", "model.bin\n__pycache__/\n.ci-mlops/\ndata/\n")
        grown.git("rm", "-rq", "--cached", "data")
    grown.pin()
    grown.commit("One file for all")
    grown.git("branch", "-f", "main")
    with_share(grown, 0.595)
    rows = rows_of(grown, "all.csv")
    pin(grown, [*rows, *({**row, "loan": f"9{row['loan']}"} for row in rows[:50])], "all.csv")
    verdict = told(grown)

    assert answers(grown)["rows"] == 600
    assert answers(grown, "candidate-moved")["rows"] == 650
    # it is training data as well, and nobody knows which of its rows these models saw
    assert verdict.verdict == "undecided"


def test_answers_for_the_moved_rows_are_never_taken_for_the_judged_ones(team):
    with_share(team, 0.595)
    pin(team, rows_of(team)[:300])
    told(team)
    place = team.output / "predictions"
    for kind in ("json", "parquet"):
        (place / f"candidate-moved.{kind}").replace(place / f"candidate.{kind}")
    from ci_mlops.flows.judge import judge

    with pytest.raises(BadData, match="for a pin that this change moves"):
        judge(team.tools, team.project(), team.output)
