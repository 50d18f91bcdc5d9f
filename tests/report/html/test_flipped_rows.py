"""Rows of data are on the page where the policy lists their columns, and nowhere else."""

from dataclasses import replace

import pytest
from click.testing import CliRunner

from ci_mlops.cli.report import command
from ci_mlops.flows.keeping import keep_verdict
from ci_mlops.records import FilePin, Flips
from ci_mlops.records.threshold import Decided, ThresholdReport
from ci_mlops.report import FORMATS, encode, render, seal
from ci_mlops.report.blocks import Table
from ci_mlops.report.flipped import encode_flipped
from ci_mlops.report.html.flipped_section import flipped_blocks
from tests.report import verdicts
from tests.report.html.curve_verdicts import flipped_rows
from tests.report.html.test_look import FINE, LOOKS


def test_single_rows_are_shown_with_the_columns_of_the_policy_and_as_text(show):
    verdict = verdicts.passed()
    with show(verdict, flipped=flipped_rows(verdict)) as shown:
        section = shown.page.locator("#flipped")
        finding = section.locator(".finding").inner_text()
        head = section.locator("thead th").all_inner_texts()
        cells = [row.locator("th, td").all_inner_texts() for row in section.locator("tbody tr").all()]
        looks = shown.page.evaluate(LOOKS)

    assert finding == "3 rows of those that matter most, 54 more are not shown"
    assert head[:3] == ["Truth", "Champion\u00a0v7", "This\u00a0PR"]
    assert head[-2:] == ["age", "region"]
    assert cells[0] == [
        "defaults",
        "repays",
        "defaults",
        "0.18",
        "0.31",
        "−\u2060€500.00 better",
        "34",
        "north",
    ]
    assert cells[1][-2:] == ["61", "<b>south</b>"]
    assert cells[2][3:5] == ["–", "–"]
    assert cells[2][-2:] == ["–", "@everyone"]
    assert looks == FINE


@pytest.mark.parametrize(
    ("scores", "decided", "told"),
    [
        ((0.4996, 0.5004), 0.5, ["0.4996", "0.5004"]),
        ((0.49996, 0.8), 0.5, ["0.49996", "0.8"]),
        ((0.1804, 0.312), 0.18, ["0.1804", "0.312"]),
        ((0.18, 0.31), 0.18, ["0.18", "0.31"]),
        ((712.25, 712.2504), 0.5, ["712.25", "712.2504"]),
        ((None, 0.50001), 0.5, ["–", "0.50001"]),
        ((0.1 + 0.2, 0.3), 0.5, ["0.3", "0.3"]),
    ],
)
def test_scores_of_a_flipped_row_are_told_apart_and_from_the_threshold(scores, decided, told):
    verdict = verdicts.passed()
    one = Decided(threshold=decided)
    verdict = replace(verdict, threshold=ThresholdReport(by=None, champion=None, candidate=one))
    found = flipped_rows(verdict)
    row = replace(found.rows[0], champion_score=scores[0], candidate_score=scores[1])

    table = next(
        one for one in flipped_blocks(replace(found, rows=(row,)), verdict) if isinstance(one, Table)
    )

    assert list(table.rows[0][3:5]) == told


def test_a_page_says_why_no_row_is_shown():
    verdict = replace(verdicts.passed(), flips=Flips(better=29, worse=10))

    assert "The rows that flipped are not shown: that takes columns which the policy lists in" in render(
        verdict, "html"
    )
    assert "rows that flipped are not shown" not in render(verdict, "html", flipped=flipped_rows(verdict))


@pytest.mark.parametrize("dialect", [one for one in FORMATS if one != "html"])
def test_no_other_dialect_holds_a_row(dialect):
    verdict = seal(verdicts.passed())

    assert render(verdict, dialect, flipped=flipped_rows(verdict)) == render(verdict, dialect)


def test_the_command_and_the_folder_show_the_rows_of_this_verdict_and_of_no_other(tmp_path):
    verdict = seal(verdicts.passed())
    other = seal(replace(verdict, pins={"test": (FilePin(path="x.csv", sha256="0" * 64, size=1),)}))
    (tmp_path / "flipped.json").write_bytes(encode_flipped(flipped_rows(verdict)))
    keep_verdict(verdict, tmp_path)
    kept = (tmp_path / "report.html").read_text()
    shown = CliRunner().invoke(command, [str(tmp_path / "verdict.json"), "--format", "html"]).output
    (tmp_path / "verdict.json").write_bytes(encode(other))
    without = CliRunner().invoke(command, [str(tmp_path / "verdict.json"), "--format", "html"]).output

    assert "@everyone" in kept
    assert shown == kept
    assert "@everyone" not in without
    assert 'id="audit"' in without
