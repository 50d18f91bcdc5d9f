"""Merges in quick succession: GitHub keeps one waiting run of a group, so no two of them may share one."""

import re

import pytest
import yaml

from tests.e2e.conftest import ROOT
from tests.e2e.team import Proposed
from tests.flows.loans import git

pytestmark = pytest.mark.e2e

TEMPLATES = ROOT / "templates" / "github"
REGISTERING = ("ci-mlops.yml", "ci-mlops-isolated.yml", "ci-mlops-caller.yml", "ci-mlops-matrix.yml")
MOMENTS = {
    "first merge": "push",
    "second merge": "push",
    "third merge": "push",
    "pull request": "pull_request",
    "its next push": "pull_request",
    "merge queue": "merge_group",
}


def asked(name):
    """The two expressions of a template, as a workflow that says what they come to."""
    told = yaml.safe_load((TEMPLATES / name).read_text())["concurrency"]
    assert set(told) == {"group", "cancel-in-progress"}
    return told["group"], told["cancel-in-progress"]


def test_every_template_that_registers_is_looked_at():
    registers = {
        path.name
        for path in TEMPLATES.glob("*.yml")
        if "push" in (yaml.safe_load(path.read_text()).get(True) or {})
    }

    assert registers == set(REGISTERING)


def test_each_merge_has_a_group_of_its_own_and_is_never_cancelled(act, tmp_path):
    """The runner's own expressions, evaluated by act."""
    steps = []
    for name in REGISTERING:
        group, cancels = asked(name)
        steps.append(
            {
                "env": {"GROUP": group, "CANCELS": cancels},
                "run": f'echo "told {name} | $GROUP | $CANCELS"',
            }
        )
    on = ["push", "pull_request", "merge_group"]
    job = {"runs-on": "ubuntu-latest", "steps": steps}
    workflow = yaml.safe_dump({"name": "Model gate", "on": on, "jobs": {"tell": job}})
    found, heads = {}, {}
    for moment, event in MOMENTS.items():
        folder = tmp_path / moment
        git(tmp_path, "init", "-q", str(folder))
        git(folder, "commit", "-q", "--allow-empty", "-m", moment)
        heads[moment] = git(folder, "rev-parse", "HEAD").strip()
        proposed = Proposed(folder=folder, head=heads[moment], base="0" * 40)
        ran = act(proposed, event, workflow=workflow)
        assert ran.exit_code == 0, ran.log
        for name, group, cancels in re.findall(r"(?m)^told (\S+) \| (.*) \| (.*)$", ran.log):
            found[name, moment] = (group, cancels)

    for name in REGISTERING:
        groups = {moment: found[name, moment][0] for moment in MOMENTS}
        assert groups["first merge"] == f"ci-mlops-Model gate-{heads['first merge']}"
        # a push to a pull request overtakes the one before it; all others stand alone
        assert groups["pull request"] == groups["its next push"]
        assert len(set(groups.values())) == len(MOMENTS) - 1
        cancelling = {moment for moment in MOMENTS if found[name, moment][1] == "true"}
        assert cancelling == {"pull request", "its next push"}
