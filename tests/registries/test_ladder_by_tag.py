"""The whole ladder on a server that knows no aliases: up, back, its history, and a pointer that another hand moved."""

from pathlib import Path
from uuid import uuid4

import pytest

from ci_mlops.errors import RegistryFailed
from ci_mlops.flows.history import acknowledge, history
from ci_mlops.flows.ladder import carry_out, follows, read_ladder
from ci_mlops.flows.promote import promote
from ci_mlops.flows.register import register
from ci_mlops.flows.rollback import rollback
from ci_mlops.flows.told import event_about
from ci_mlops.ladder.back import Target
from ci_mlops.registries.mlflow import MlflowRegistry
from tests.flows.lenders import judged, lenders
from tests.flows.loans import Team, git
from tests.registries.old_server import take_aliases_away

STAGES = ("staging", "production")


@pytest.fixture
def old(mlflow_server: str, monkeypatch: pytest.MonkeyPatch) -> MlflowRegistry:
    take_aliases_away(monkeypatch)
    return MlflowRegistry(mlflow_server, STAGES, environ={})


@pytest.fixture
def team(old: MlflowRegistry, tmp_path: Path) -> Team:
    """With a name of its own, for the server is shared."""
    team = lenders(tmp_path)
    team.replace("ci-mlops.yml", "model: loans", f"model: loans-{uuid4().hex[:8]}")
    team.commit()
    git(team.folder, "branch", "-f", "main")
    for uri in team.registries:
        team.registries[uri] = old
    return team


def stage(team: Team, factor: str) -> None:
    team.replace("train.py", "* 1.0", f"* {factor}")
    team.commit()
    git(team.folder, "branch", "-f", "main")
    judged(team)
    register(team.tools, team.project(), team.output)
    team.replace("train.py", f"* {factor}", "* 1.0")


def release(team: Team, factor: str) -> None:
    stage(team, factor)
    promote(team.tools, team.project())


def test_up_and_back_and_a_move_by_another_hand(team: Team, old: MlflowRegistry) -> None:
    release(team, "1.1")
    release(team, "1.2")
    name = team.project().config.model
    up = old.pointers(name)
    back = rollback(team.tools, team.project(), Target(stage="production"), unscored=True)
    told = history(team.tools, team.project())

    assert up == {"staging": "2", "production": "2"}
    assert back.exit_code == 0
    assert old.pointers(name) == {"staging": "2", "production": "1"}
    assert [(one.stage, one.version) for one in told.held] == [("staging", "2"), ("production", "1")]
    assert [one.event.kind for one in told.events] == [
        *("registered", "promoted", "registered", "promoted", "rolled_back")
    ]
    assert all(one.settled for one in told.events)
    assert told.faults == ()

    # by hand: the tag with the highest number holds the stage
    old.store.set_tag(name, "2", "ci_mlops.stage.production", "99")
    (fault,) = history(team.tools, team.project()).faults
    assert fault.told.startswith("production points to version 2, but the trail has version 1 there")
    old.store.set_tag(name, "1", "ci_mlops.stage.staging", "99")
    with pytest.raises(RegistryFailed, match="does not add up"):
        promote(team.tools, team.project())
    acknowledge(team.tools, team.project(), "the console was used in the night")
    assert history(team.tools, team.project()).faults == ()


def test_a_job_that_was_killed_before_the_tag_was_set_is_finished_by_the_next_one(
    team: Team, old: MlflowRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage(team, "1.1")
    project = team.project()
    (version,) = old.versions(project.config.model)
    ladder = read_ladder(old, version.name, STAGES)
    event = event_about(team.tools, project, version, "promoted", stage="production", source="staging")

    def killed(name: str, stage: str, version: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(old, "move", killed)
        with pytest.raises(KeyboardInterrupt):
            carry_out(old, follows(ladder, event, team.tools.now()), version)
    between = old.pointers(version.name)
    again = promote(team.tools, project)

    assert between == {"staging": "1"}
    assert "production holds version 1 already" in again.said[0]
    assert old.pointers(version.name) == {"staging": "1", "production": "1"}
    assert history(team.tools, project).faults == ()
