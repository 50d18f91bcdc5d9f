"""What is drawn, what is said of it, and that it is the same wherever it is made."""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ci_mlops.records import Limit
from ci_mlops.report import encode, render, seal
from ci_mlops.report.html.interval_plots import WIDTH, interval_plot, reaches
from ci_mlops.report.intervals import interval_of
from tests.report import class_verdicts, verdicts
from tests.report.html import curve_verdicts
from tests.report.verdicts import base, measured

LARGEST_PLOT, LARGEST_PAGE = 30_000, 500_000
MAIN = "from ci_mlops.cli.main import main; main()"
NUMBER = r"(-?\d+(?:\.\d+)?)"


def test_a_plot_is_small_and_so_is_a_page():
    page = render(curve_verdicts.all_curves(), "html")
    plots = re.findall(r'<svg class="plot".*?</svg>', page)

    assert len(plots) == 5
    assert max(map(len, plots)) < LARGEST_PLOT
    assert len(page.encode()) < LARGEST_PAGE


def test_a_page_of_three_thousand_slices_shows_five_hundred_and_can_still_be_sent():
    page = render(verdicts.many_slices(3000), "html")

    assert "2\u00a0500 more rows are in <code>verdict.json</code>" in page
    assert len(page.encode()) < 1_500_000


def test_a_page_is_the_same_byte_for_byte_whatever_lies_in_the_folder_where_it_is_made(tmp_path):
    """A change may bring a `matplotlibrc`, which matplotlib would read and obey: LaTeX among other things."""
    verdict = seal(curve_verdicts.all_curves())
    (tmp_path / "matplotlibrc").write_text(
        "text.usetex: True\nfont.size: 40\nsvg.fonttype: path\nno such line\n"
    )
    (tmp_path / "verdict.json").write_bytes(encode(verdict))
    command = [sys.executable, "-c", MAIN, "report", "verdict.json", "--format", "html"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)

    assert done.stdout.decode() == render(verdict, "html")
    assert done.stderr == b""


def test_zero_stands_in_the_middle_and_the_rules_margin_left_of_it():
    verdict = verdicts.blocked()
    recall = next(m for m in verdict.measurements if m.metric == "recall" and m.slice is None)
    found = interval_of(recall, Limit(kind="max_regression", value=0.02), verdict)
    drawn = str(interval_plot(found, reaches([found]), "told"))
    (zero,), (limit,) = (place(kind, drawn) for kind in ("zero", "limit"))
    low, high = place("span", drawn, rf"M{NUMBER} 13H{NUMBER}")

    assert zero == WIDTH / 2
    # -12.7 ... -3.1, at most 2 pp below the champion
    assert low < high < limit < zero
    assert (zero - low) / (zero - high) == pytest.approx(12.7 / 3.1, rel=0.02)


@pytest.mark.parametrize(
    ("kind", "value", "higher", "limit"),
    [
        ("max_regression", 0.02, True, -0.02),
        ("improve", None, True, 0.0),
        ("min", 0.75, True, -0.05),
        ("max", 0.85, False, -0.05),
        ("min", None, True, None),
    ],
)
def test_every_rule_has_its_limit_in_terms_of_improvement(kind, value, higher, limit):
    m = measured("recall", 0.8, 0.81, -0.03, 0.04, higher=higher)
    found = interval_of(m, Limit(kind=kind, value=value), base())

    assert found.limit == (None if limit is None else pytest.approx(limit))


def test_rows_in_percentage_points_share_a_scale_and_others_have_their_own():
    verdict = verdicts.passed()
    reach = reaches([interval_of(m, None, verdict) for m in verdict.measurements])

    assert set(reach) == {"pp", "expected_cost", "roc_auc", "brier"}
    assert reach["pp"] == pytest.approx(0.127)


def test_a_slice_too_small_to_judge_is_not_drawn_as_if_it_could_be():
    small = measured("recall", 0.8, 0.5, -0.5, -0.1, slice="x=1", events=5)

    assert interval_of(small, None, base()) is None


def test_a_plot_says_in_words_what_it_shows():
    page = render(curve_verdicts.all_curves(), "html")

    assert "is found is 87.9\u00a0% with the champion and 90.9\u00a0% with the candidate." in page
    assert "Lowest: €10.40 at 0.22 with the champion and €7.90 at 0.17 with the candidate." in page
    assert "Marked is where each decides: at 0.217 with the champion and 0.166 with the candidate." in page
    page = render(curve_verdicts.all_residuals(), "html")
    assert "Furthest from zero: 3.99 at predictions of about 61 with the champion and 1.54 at" in page


@pytest.mark.parametrize(
    ("verdict", "sentence"),
    [
        (verdicts.passed, "both models must give scores of two classes, and this verdict holds none."),
        (class_verdicts.classes, "there must be two classes, and here are more."),
        (
            verdicts.regression,
            "Not drawn: residuals, residuals by prediction. For these, this verdict holds no points",
        ),
        (verdicts.passed, "Not drawn: cost against threshold."),
    ],
)
def test_what_can_not_be_drawn_is_told(verdict, sentence):
    assert sentence in render(verdict(), "html")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda points: points[:-1],
        lambda points: [],
        lambda points: [1e308 for _ in points],
        lambda points: [1e99 for _ in points],
        lambda points: [0.0 for _ in points],
        lambda points: [-one * 1e-300 for one in points],
        lambda points: [-1e308, *points[1:]],
    ],
)
def test_points_that_no_court_would_write_are_not_drawn_and_do_no_harm(spoil):
    for whole in (curve_verdicts.all_curves(), curve_verdicts.all_residuals()):
        for part in ("champion", "candidate", "edge", "threshold"):
            curves = {key: spoil(points) if part in key else points for key, points in whole.curves.items()}
            page = render(replace(whole, curves=curves), "html")

            assert "nan" not in re.findall(r"[ML](\w+) ", page)
            assert page.count('<svg class="plot"') <= 5


def test_every_mark_of_a_plot_takes_its_colour_from_the_page():
    page = render(curve_verdicts.all_curves(), "html")
    plots = "".join(re.findall(r'<svg class="plot".*?</svg>', page))
    style = (Path(__file__).parents[3] / "ci_mlops/report/html/page.css").read_text(encoding="utf-8")

    assert not re.search(r"#[0-9a-f]{6}|style=|fill=|stroke=", plots)
    for kind in set(re.findall(r'<(?:path|use)[^>]* class="([a-z ]+)"', plots)):
        assert all(f".{word}" in style for word in kind.split()), kind


def place(kind, drawn, path=rf"M{NUMBER} "):
    """Where a shape of an interval's picture stands."""
    return [float(one) for one in re.search(rf'class="{kind}" d="{path}', drawn).groups()]
