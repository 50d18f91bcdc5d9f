"""`ci-mlops reproduce`, as its user runs it, on a real registry in a file."""

import json
import os
import subprocess
import sys

import pytest

from tests.flows.lenders import GATED, LIMIT, SCORE
from tests.flows.loans import found_team, git


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    home = tmp_path_factory.mktemp("lenders")
    team = found_team(home, config=GATED, train=LIMIT)
    team.write("score.py", SCORE)
    team.write(".gitignore", "model.bin\n__pycache__/\nregistry/\n")
    team.commit("Score")
    git(team.folder, "checkout", "-q", "-B", "main")

    def command(*arguments, expect=0, cache="another"):
        done = subprocess.run(
            [sys.executable, "-m", "ci_mlops.cli", *arguments],
            cwd=team.folder,
            env={**os.environ, "NO_COLOR": "1", "CI_MLOPS_CACHE": str(home / cache)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == expect, done.stdout + done.stderr
        return done

    command.folder = team.folder
    command("validate", "--base", "HEAD", cache="first")
    command("register", cache="first")
    return command


def test_without_a_version_it_is_the_one_at_the_highest_stage_and_the_report_is_kept(run):
    done = run("reproduce")
    kept = run.folder / ".ci-mlops"

    assert done.stdout.startswith("✅ Reproduction of loans version 1: bit-identical\n")
    assert "trained once" in done.stderr
    assert json.loads((kept / "reproduction.json").read_text())["likeness"] == "bit_identical"
    assert (kept / "reproduction.md").read_text().startswith("### ✅ Reproduction of `loans` version `1`")
    assert not (kept / "reproduction").exists()
    # what was handed over before is still there, and git has seen nothing
    assert (kept / "verdict.json").is_file()
    assert git(run.folder, "status", "--porcelain") == ""
    assert git(run.folder, "worktree", "list").count("\n") == 0


def test_a_folder_of_the_teams_own_is_left_alone(run):
    own = run.folder / "results" / "reproduction"
    own.mkdir(parents=True)
    (own / "paper.tex").write_text("years of work")
    (run.folder / "results" / "notes.md").write_text("more of it")
    done = run("reproduce", "v1", "--output", "results", expect=2)

    assert "holds notes.md, which is not ours" in done.stderr
    assert (own / "paper.tex").read_text() == "years of work"
