"""The demo, as somebody runs it who has just cloned this repository."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ci_mlops.flows.demo import unseen_by_points
from ci_mlops.report.codec import read_verdict

PROGRAM = Path(sys.executable).with_name("ci-mlops")


def run_demo(*arguments, cwd, **variables):
    environ = {"PATH": str(Path(shutil.which("git")).parent), "HOME": str(cwd), **variables}
    return subprocess.run(
        [PROGRAM, "demo", *arguments],
        cwd=cwd,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """One demo for all, with a home that is empty and git settings that would get in its way."""
    home = tmp_path_factory.mktemp("home")
    (home / ".gitconfig").write_text(
        "[commit]\n\tgpgsign = true\n[core]\n\tautocrlf = true\n\thooksPath = /nowhere\n"
    )
    done = run_demo(
        "--folder",
        "seen",
        cwd=home,
        CI="true",
        GITHUB_ACTIONS="true",
        GITHUB_STEP_SUMMARY=str(home / "summary"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return home, done.stdout


def verdict_of(home, branch):
    return read_verdict(home / "seen" / ".ci-mlops" / branch / "verdict.json")


def git(folder, *arguments):
    environ = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull}
    return subprocess.run(
        ["git", *arguments], cwd=folder, env=environ, capture_output=True, text=True, check=True
    ).stdout


def test_the_demo_ends_with_one_passed_and_one_blocked_verdict_and_their_reasons(shown):
    _, text = shown
    ending = text.split("What you have seen")[1]
    better, worse = (
        next(line for line in ending.splitlines() if line.split()[:1] == [name])
        for name in ("better", "worse")
    )

    assert "passed, exit code 0: " in better
    assert "blocked, exit code 1: " in worse
    assert "rules hold" in better
    assert "recall" in worse.split(": ", 1)[1]
    assert "Add it to your repository" in ending


def test_the_worse_change_would_have_passed_by_its_accuracy(shown):
    home, text = shown
    verdict = verdict_of(home, "worse")

    assert verdict.verdict == "blocked"
    assert {"accuracy", "precision"} <= set(unseen_by_points(verdict))
    assert "Yet these rose: " in text


def test_the_margins_are_ones_that_these_rows_can_show(shown):
    home, _ = shown
    verdict = verdict_of(home, "better")
    can_show = {found.metric: found.regression for found in verdict.detectable}
    allowed = {gate.metric: gate.rule.value for gate in verdict.gates if gate.rule.comparative}

    assert set(allowed) == {"recall", "expected_cost"}
    assert all(can_show[metric] <= allowed[metric] for metric in allowed)


def test_the_story_has_room_to_spare(shown):
    """So that it is the same with every scikit-learn from 1.5 on."""
    home, _ = shown
    better = {gate.metric: gate for gate in verdict_of(home, "better").gates}
    worse = {gate.metric: gate for gate in verdict_of(home, "worse").gates}

    for metric in ("recall", "expected_cost"):
        assert better[metric].low > -0.5 * better[metric].rule.value
        assert worse[metric].high < -1.15 * worse[metric].rule.value


def test_the_demo_leaves_a_repository_with_three_commits_and_touches_nothing_else(shown):
    home, _ = shown
    branches = git(home / "seen", "log", "--all", "--format=%s|%an").splitlines()
    left = {path.name for path in home.iterdir()}

    assert sorted(branches) == [
        "Measure the worst cells, not the mean of all|ci-mlops demo",
        "Raise fewer false alarms|ci-mlops demo",
        "Train on two measurements|ci-mlops demo",
    ]
    assert git(home / "seen", "status", "--porcelain") == ""
    assert left == {".gitconfig", "seen"}


@pytest.fixture(scope="module")
def drilled(shown):
    """The hand-over of the first change, drilled as the page about drills says."""
    home, _ = shown
    environ = {
        "PATH": str(Path(shutil.which("git")).parent),
        "HOME": str(home),
        "CI_MLOPS_PYTHON": sys.executable,
    }
    done = subprocess.run(
        [PROGRAM, "drill", "--output", ".ci-mlops/better", "--format", "markdown"],
        cwd=home / "seen",
        env={**environ, "CI_MLOPS_CACHE": str(home / "seen" / ".ci-mlops" / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads((home / "seen" / ".ci-mlops" / "better" / "drill.json").read_text()), done.stdout


def test_a_drill_of_the_demo_stops_what_breaks_a_rule_and_lets_everything_else_through(drilled):
    told, _ = drilled
    fates = {one["name"]: one["fate"] for one in told["sabotages"]}
    refused = {"reversed", "nan", "other-rows"}
    stopped = {"feature", "shuffled", "rotated", "constant", "inverted", "threshold-up", "threshold-down"}

    assert {name for name, fate in fates.items() if fate == "refused"} == refused
    assert {name for name, fate in fates.items() if fate == "stopped"} == stopped
    assert {fates[name] for name in ("champion", "few-right", "third-right")} == {"passed"}
    assert fates["unscored"] == "unwatched"
    for one in told["sabotages"]:
        broken = [gate for gate in one["gates"] if gate["status"] == "broken"]
        assert bool(broken) == (one["fate"] == "stopped"), one["name"]
        assert one["disagreements"] == []


def test_a_drill_of_the_demo_tells_every_effect_in_euros(drilled):
    told, text = drilled
    effects = {one["name"]: one["effect"] for one in told["sabotages"] if one["effect"]}

    assert {effect["metric"] for effect in effects.values()} == {"expected_cost"}
    assert effects["inverted"]["improvement"] < -1000
    assert "worse by €" in text
    assert "Without `mean radius`, the worst of 2 features" in text


def test_the_page_about_drills_shows_what_the_demo_prints(drilled):
    """But for the euros, which may be others with another scikit-learn."""
    page = (Path(__file__).parents[2] / "docs" / "drill.md").read_text()

    def rows(text):
        cells = [
            line.split(" | ")
            for line in text.splitlines()
            if line.startswith(("| ✅", "| ⚠️", "| ❌", "| ⚪"))
        ]
        return [(sign, title, outcome) for sign, title, _, outcome in cells]

    assert rows(page) == rows(drilled[1])


def test_a_folder_that_is_not_empty_is_refused(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("years of work")

    done = run_demo("--folder", "mine", cwd=tmp_path)

    assert done.returncode == 2
    assert "is not empty" in done.stderr
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.tex"]


def test_a_machine_without_git_is_told_so(tmp_path):
    done = run_demo("--folder", "seen", cwd=tmp_path, PATH=str(tmp_path))

    assert done.returncode == 6
    assert "Install git" in done.stderr
