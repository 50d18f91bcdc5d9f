"""Folders that we are to write to, and can't: exit code 2 with the folder's name, never a traceback."""

import pytest

from ci_mlops.report.codec import read_verdict
from tests.bad_inputs.project import Case, rewrite


def unwritable(folder):
    rewrite("taken", "a file")(folder)


NO_CACHE = {"CI_MLOPS_CACHE": "/dev/null/x"}
CASES = [
    Case("validate into a file", unwritable, 2, ["taken", "--output"], ("validate", "--output", "taken")),
    Case("train into a file", unwritable, 2, ["taken", "--output"], ("train", "--output", "taken")),
    Case("judge into a file", unwritable, 2, ["taken", "--output"], ("judge", "--output", "taken")),
    Case(
        "judge where nobody can write",
        lambda _: None,
        2,
        ["/dev/null/x", "--output"],
        ("judge", "--output", "/dev/null/x"),
    ),
    Case("a cache that can't be", lambda _: None, 2, ["/dev/null/x", "CI_MLOPS_CACHE"], environ=NO_CACHE),
    Case("the same in `train`", lambda _: None, 2, ["CI_MLOPS_CACHE"], ("train",), environ=NO_CACHE),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_folder_that_can_not_be_written_is_told_by_its_name(case, refused):
    code, said = refused(case)

    assert code == case.code, said
    assert [part for part in case.says if part not in said] == []
    assert "Traceback" not in said


def test_the_cause_is_the_verdict_where_the_output_is_whole(refused, project):
    refused(CASES[4])
    verdict = read_verdict(project / ".ci-mlops" / "verdict.json")

    assert (verdict.verdict, verdict.exit_code, verdict.error.where) == ("not_evaluated", 2, "CI_MLOPS_CACHE")


@pytest.mark.parametrize("run", [("judge", "--output", "."), ("validate", "--output", "..")])
def test_the_teams_own_report_is_not_written_over(refused, project, run):
    def keep_a_report(folder):
        for place in (folder, folder.parent):
            rewrite("report.md", "the team's own")(place)
            rewrite("verdict.json", "the team's own")(place)

    code, said = refused(Case("an output of the team's own", keep_a_report, 2, [], run))

    assert code == 2
    assert "can't be the output folder" in said
    assert {(place / "report.md").read_text() for place in (project, project.parent)} == {"the team's own"}
    assert {(place / "verdict.json").read_text() for place in (project, project.parent)} == {"the team's own"}


def test_what_is_no_folder_of_ours_stays_as_it_was(refused, project):
    refused(CASES[0])

    assert (project / "taken").read_text() == "a file"
