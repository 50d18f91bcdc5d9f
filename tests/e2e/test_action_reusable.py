"""The reusable workflow and its caller: the isolated jobs, with inputs."""

import shutil

import pytest

from tests.e2e.conftest import ROOT
from tests.e2e.table import posted, row
from tests.e2e.team import BETTER, train_on

pytestmark = pytest.mark.e2e

CALLER = ROOT / "templates" / "github" / "ci-mlops-caller.yml"
REUSABLE = ROOT / "templates" / "github" / "reusable" / "model-gate.yml"


def test_a_caller_gets_the_isolated_jobs_and_an_input_is_text_for_every_shell(
    act, fake, team, action, tmp_path
):
    proposed = team.propose(train_on(BETTER))
    place = proposed.folder / ".github" / "workflows" / "model-gate.yml"
    place.parent.mkdir(parents=True)
    shutil.copy(REUSABLE, place)
    called = CALLER.read_text().replace(
        "install: -r requirements.txt", "install: -r requirements.txt; touch PWN $(touch PWN)"
    )
    hostile = act(proposed, workflow=called, flags=used(action))
    posted(fake)
    ran = act(proposed, workflow=CALLER, flags=used(action), GITHUB_RUN_ID="9")

    assert row("opened, reusable", posted(fake), ran.gate)[1:] == (
        "comment ⏳ → ✅; credit pending → success",
        0,
    )
    assert ran.exit_code == 0, ran.log
    assert list(tmp_path.rglob("PWN")) == []
    assert hostile.exit_code == 1


def used(action):
    from tests.e2e.conftest import stubbed

    return [f"--local-repository={one}" for one in stubbed(REUSABLE.read_text(), action)]
