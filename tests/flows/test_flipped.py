"""Single rows that flipped: only where base's policy allows them, only its columns, and nowhere but in flipped.json."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ci_mlops.config import read_config
from ci_mlops.errors import BadData
from ci_mlops.flows.compare import compare_files
from ci_mlops.flows.judge import judge
from ci_mlops.flows.keeping import drop_verdict, keep_verdict
from ci_mlops.flows.predict import predict
from ci_mlops.flows.train import train
from ci_mlops.records.flipped import ShownRows
from ci_mlops.report import render
from ci_mlops.report.flipped import read_flipped
from tests.evaluation.builders import policy
from tests.flows.rules import CONFIG, found_rules, with_share

ALLOWED = CONFIG + "report: {flipped_rows: {columns: [income, loan], most: 5}}\n"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
ROOM = ShownRows(columns=("region",), most=9)
HEAD = "id,label,prediction,score,region,age"
CHAMPION = """\
a1,1,0,0.40,north,31
a2,1,1,0.70,south,
a3,0,0,0.10,north,44.5
a4,0,1,0.60,,18
a5,1,1,0.90,south,60
a6,0,0,0.45,north,22
"""
CANDIDATE = """\
a1,1,1,0.60,north,31
a2,1,0,0.20,south,
a3,0,1,0.55,north,44.5
a4,0,0,0.30,,18
a5,1,1,0.95,south,60
a6,0,1,0.92,north,22
"""


def run(team):
    train(team.tools, team.project(), team.output)
    predict(team.tools, team.project(), team.output)
    verdict = judge(team.tools, team.project(), team.output)
    keep_verdict(verdict, team.output)
    return verdict


def compared(folder, champion=CHAMPION, candidate=CANDIDATE, shown=None, rules=None, head=HEAD):
    files = {"champion": champion, "candidate": candidate}
    for name, lines in files.items():
        (folder / f"{name}.csv").write_text(f"{head}\n{lines}")
    found = compare_files(
        folder / "champion.csv",
        folder / "candidate.csv",
        policy(("accuracy",), cost=None) if rules is None else rules,
        model="loans",
        source=None,
        now=NOW,
        shown=shown or ShownRows(columns=("age", "region"), most=50),
        output=folder,
    )
    keep_verdict(found, folder)
    return found, read_flipped(folder / "flipped.json")


def turned(lines):
    return "".join(reversed(lines.splitlines(keepends=True)))


def test_rows_are_ordered_by_how_far_the_scores_are_apart(tmp_path):
    verdict, found = compared(tmp_path)

    assert [row.values for row in found.rows] == [
        (None, "south"),
        (22, "north"),
        (44.5, "north"),
        (18, None),
        (31, "north"),
    ]
    first = found.rows[0]
    assert (first.truth, first.champion, first.candidate, first.change) == ("1", "1", "0", 1.0)
    assert (first.champion_score, first.candidate_score) == (0.7, 0.2)
    assert (found.columns, found.change, found.left_out) == (("age", "region"), "errors", 0)
    assert found.verdict_digest == verdict.verdict_digest
    assert "a1" not in (tmp_path / "flipped.json").read_text()


def test_rows_are_ordered_by_what_they_cost_before(tmp_path):
    _, found = compared(tmp_path, rules=policy(("accuracy",)), shown=ShownRows(columns=("id",), most=3))

    assert [(row.values, row.change) for row in found.rows] == [
        (("a2",), 500.0),
        (("a1",), -500.0),
        (("a6",), 20.0),
    ]
    assert (found.change, found.left_out) == ("expected_cost", 2)


def test_ties_do_not_go_by_the_order_of_the_rows(tmp_path):
    lines = "".join(f"r{n},1,{{said}},0.5,north,{n}\n" for n in range(200))
    shown = ShownRows(columns=("age",), most=7)
    before, after = (lines.format(said=said) for said in (1, 0))

    _, found = compared(tmp_path, before, after, shown)
    _, again = compared(tmp_path, turned(before), turned(after), shown)
    _, joined = compared(tmp_path, before, turned(after), shown)

    assert [row.values for row in found.rows] == [row.values for row in again.rows]
    assert [row.values for row in found.rows] == [row.values for row in joined.rows]
    assert found.left_out == 193
    assert [row.values[0] for row in found.rows] != list(range(7))


def test_of_a_regression_the_rows_are_those_whose_error_moved_most(tmp_path):
    rules = policy(("mae",), task="regression")
    champion = "a,10,12,x\nb,10,10,y\nc,10,3,z\nd,5,5,w\n"
    candidate = "a,10,9,x\nb,10,14,y\nc,10,10.5,z\nd,5,5,w\n"

    _, found = compared(
        tmp_path,
        champion,
        candidate,
        ShownRows(columns=("kind",), most=9),
        rules,
        head="id,label,prediction,kind",
    )

    assert [(row.values, row.truth, row.champion, row.candidate, row.change) for row in found.rows] == [
        (("z",), 10, 3, 10.5, -6.5),
        (("y",), 10, 10, 14, 4),
        (("x",), 10, 12, 9, -1),
    ]


def test_classes_and_sets_of_labels_are_told_by_their_words(tmp_path):
    words = {"names": (("a", "alarm"),), "classes": ("a", "b", "c"), "cost": None}
    rules = policy(("accuracy",), **words)
    one = compared(
        tmp_path, "1,a,b,n\n2,c,c,n\n", "1,a,c,n\n2,c,c,n\n", ROOM, rules, head="id,label,prediction,region"
    )
    sets = replace(rules, multilabel=True)
    two = compared(
        tmp_path,
        "1,a|b,b,n\n2,c,c,n\n",
        "1,a|b,a|b,n\n2,c,,n\n",
        ROOM,
        sets,
        head="id,label,prediction,region",
    )

    assert [(row.truth, row.champion, row.candidate) for row in one[1].rows] == [("alarm", "b", "c")]
    assert sorted((row.truth, row.champion, row.candidate) for row in two[1].rows) == [
        ("alarm, b", "b", "alarm, b"),
        ("c", "c", "none"),
    ]


def test_a_column_that_is_not_there_is_told_and_no_row_is_shown(tmp_path):
    compared(tmp_path)
    with pytest.raises(BadData):
        compared(tmp_path, shown=ShownRows(columns=("age", "agee"), most=5))

    skips = json.loads((tmp_path / "verdict.json").read_text())["skips"]
    assert [(skip["what"], "`agee`" in skip["reason"]) for skip in skips] == [("flipped rows", True)]


def test_a_long_cell_is_cut(tmp_path):
    _, found = compared(
        tmp_path, CHAMPION.replace("31", "x" * 999), shown=ShownRows(columns=("age",), most=50)
    )

    assert max(len(row.values[0] or "") for row in found.rows) == 200


def test_the_judge_shows_the_rows_that_base_allows_and_they_are_in_no_report(tmp_path):
    team = found_rules(tmp_path, config=ALLOWED)
    with_share(team, 0.9)

    verdict = run(team)

    found = read_flipped(team.output / "flipped.json")
    assert found.columns == ("income", "loan")
    assert len(found.rows) == 5
    assert found.left_out == verdict.flips.rows - 5
    assert {row.champion for row in found.rows} <= {"yes", "not yes"}
    loans = [row.values[1] for row in found.rows]
    told = (team.output / "verdict.json").read_text() + "".join(
        render(verdict, dialect) for dialect in ("github", "markdown", "terminal")
    )
    assert not [loan for loan in loans if loan in told]


def test_a_change_that_wants_to_show_rows_or_more_columns_is_an_edit_that_is_not_used(tmp_path):
    team = found_rules(tmp_path)
    team.write("ci-mlops.yml", ALLOWED)
    with_share(team, 0.9)

    verdict = run(team)

    assert not (team.output / "flipped.json").exists()
    assert verdict.policy.edits == (
        "report.flipped_rows.columns: none -> income, loan",
        "report.flipped_rows.most: none -> 5",
    )


def test_a_change_that_brings_the_first_policy_shows_no_row_by_it(tmp_path):
    team = found_rules(tmp_path, config=ALLOWED)
    project = team.project()
    assert project.shown_rows is not None

    unruled = replace(project, base=replace(project.base, config=None))

    assert unruled.first_report
    assert unruled.shown_rows is None


def test_rows_of_an_earlier_run_do_not_stay(tmp_path):
    _, found = compared(tmp_path)
    verdict = json.loads((tmp_path / "verdict.json").read_text())
    assert found.verdict_digest == verdict["verdict_digest"]

    drop_verdict(tmp_path)
    assert not (tmp_path / "flipped.json").exists()

    compared(tmp_path)
    compare_files(
        tmp_path / "champion.csv", tmp_path / "candidate.csv", policy(("accuracy",), cost=None),
        model="loans", source=None, now=NOW, output=tmp_path,
    )  # fmt: skip
    assert not (tmp_path / "flipped.json").exists()

    first, _ = compared(tmp_path)
    keep_verdict(replace(first, verdict_digest="sha256:of-another"), tmp_path)
    assert not (tmp_path / "flipped.json").exists()


@pytest.mark.parametrize("text", ["", "{}", '{"schema": "x"}', "[" * 9000, '{"rows": 1}'])
def test_a_file_that_is_not_ours_is_refused_and_stays(tmp_path, text):
    (tmp_path / "flipped.json").write_text(text)

    with pytest.raises(BadData):
        read_flipped(tmp_path / "flipped.json")
    drop_verdict(tmp_path)
    assert (tmp_path / "flipped.json").exists()


def test_the_config_says_which_columns_and_how_many(tmp_path):
    (tmp_path / "ci-mlops.yml").write_text(ALLOWED)

    assert read_config(tmp_path / "ci-mlops.yml").shown_rows() == ShownRows(
        columns=("income", "loan"), most=5
    )
