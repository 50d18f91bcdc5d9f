"""A model's way up and, on a bad day, down again: each step a run of a pipeline, each told in the audit trail."""

from uuid import uuid4

import pytest

from ci_mlops.ladder.chain import link
from ci_mlops.registries.mlflow import MlflowRegistry
from tests.e2e.azure.conftest import AZURE
from tests.e2e.azure.table import posted, told
from tests.e2e.team import BETTER, CONFIG, train_on

pytestmark = pytest.mark.e2e
ENDS = "End with the verdict's exit code"
PLANTED = "alarms since 02:10 $(KEY) `touch planted` ##vso[task.complete result=Failed]"


def test_the_whole_ladder_from_a_merge_to_a_bad_day_and_back(pipeline, devops, team, mlflow_server, tmp_path):
    name = f"credit-{uuid4().hex[:8]}"
    registry = MlflowRegistry(mlflow_server, ("staging", "production"))
    config = CONFIG.replace("model: credit", f"model: {name}")
    team.commit({"ci-mlops.yml": f"{config}registry: {{uri: '{mlflow_server}'}}\n"})

    def merged(files):
        proposed = team.merge(files)
        ran = pipeline(proposed, "IndividualCI", variables={"Build.RequestedFor": "Ada"})
        assert ran.exit_code(ENDS) == 0, ran.log
        return proposed

    def by_hand(file, proposed, **more):
        who = {"Build.RequestedFor": "Mary", "KEY": "a secret"}
        text = (AZURE / file).read_text().replace("install: -r requirements.txt", 'install: ""')
        return pipeline(proposed, "Manual", text=text, variables=who, **more)

    first = merged({})
    promoted = by_hand("azure-pipelines-promote.yml", first, approvals={"production": True})
    second = merged(train_on(BETTER))
    again = by_hand("azure-pipelines-promote.yml", second, approvals={"production": True})
    posted(devops)
    back = by_hand("azure-pipelines-rollback.yml", second, parameters={"reason": PLANTED})
    assert told("run by hand, rollback", devops, back.exit_code(ENDS)) == ("nothing", 0), back.log
    looked = by_hand("azure-pipelines-history.yml", second)
    assert told("the clock, history", devops, looked.exit_code(ENDS)) == ("nothing", 0), looked.log

    assert promoted.asked == again.asked == ["production"]
    assert back.asked == []
    assert registry.pointers(name) == {"staging": "2", "production": "1"}
    assert "candidate: scoring 500 rows" in back.log
    assert "candidate: training" not in back.log
    events = link(registry.entries(name)).events
    assert [(one.kind, one.stage, one.version, one.actor) for one in events] == [
        ("registered", "staging", "1", "Ada"),
        ("promoted", "production", "1", "Mary"),
        ("registered", "staging", "2", "Ada"),
        ("promoted", "production", "2", "Mary"),
        ("rolled_back", "production", "1", "Mary"),
    ]
    # whoever writes a reason reads no secret by it, and runs nothing
    assert events[-1].reason == PLANTED.replace("$(", "$ (")
    assert not list(tmp_path.rglob("planted"))
    assert all(one.run.startswith(devops.collection_url) and one.run in looked.summary for one in events)
    newest = [entry.digest for entry in registry.entries(name)]
    for ran, digest in ((promoted, newest[1]), (again, newest[3]), (back, newest[4])):
        assert digest in ran.log
        assert digest in ran.summary

    # somebody moves the pointer by hand; an environment's approvers are asked where the team says so
    registry.move(name, "production", "2")
    broken = by_hand("azure-pipelines-history.yml", second)
    asking = (AZURE / "azure-pipelines-rollback.yml").read_text().replace("# environment:", "environment:")
    refused = pipeline(
        second, "Manual", text=asking, parameters={"unscored": "true"}, approvals={"rollback": False}
    )

    assert broken.exit_code(ENDS) == 5, broken.log
    assert "production points to version 2, but the trail has version 1 there" in broken.summary
    assert refused.asked == ["rollback"]
    assert registry.pointers(name)["production"] == "2"
