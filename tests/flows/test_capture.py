"""One file, split inside the script: what both models have not seen is compared, and what is wrong is named."""

import pytest

from ci_mlops.errors import BadData, TrainingFailed
from ci_mlops.flows.validate import validate
from tests.flows.scripts import ROWS, SCRIPT, found_script, lines


def told(team):
    return validate(team.tools, team.project(), team.output)


def changed(team, old, new):
    team.replace("train.py", old, new)
    team.commit("Change the model")
    return told(team)


def test_two_versions_are_compared_on_the_rows_that_neither_has_seen(tmp_path):
    team = found_script(tmp_path)
    verdict = changed(team, "max_depth=5", "max_depth=4")

    assert (verdict.verdict, verdict.exit_code) == ("passed", 0)
    assert verdict.rows.compared == 120
    assert (verdict.overlap.candidate, verdict.overlap.champion, verdict.overlap.excluded) == (280, 280, 280)
    assert team.git("status", "--porcelain", "--ignored") == "!! .ci-mlops/"
