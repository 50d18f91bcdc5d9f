"""From the pull request's run to the registry: two runners, a real MLflow server, and what happens in between."""

import io
import re
import zipfile
from pathlib import Path
from uuid import uuid4

import pytest

from ci_mlops.ladder.chain import link
from ci_mlops.registries.mlflow import MlflowRegistry
from tests.e2e.conftest import ROOT, WORKFLOW
from tests.e2e.team import BETTER, CONFIG, WORSE, train_on

pytestmark = pytest.mark.e2e
PROMOTE = ROOT / "templates" / "github" / "ci-mlops-promote.yml"
REPRODUCE = ROOT / "templates" / "github" / "ci-mlops-reproduce.yml"


@pytest.fixture
def registry(mlflow_server):
    return MlflowRegistry(mlflow_server, ("staging", "production"))


@pytest.fixture
def model(team, mlflow_server):
    """The name of a model of its own: the server is shared."""
    name = f"credit-{uuid4().hex[:8]}"
    team.commit({"ci-mlops.yml": config(name, mlflow_server)})
    return name


def config(name, uri):
    return CONFIG.replace("model: credit", f"model: {name}") + f"registry: {{uri: '{uri}'}}\n"


@pytest.fixture
def runner(act, tmp_path):
    """A new machine for each run: what one run has cached, the next does not find."""

    def run(proposed, event="pull_request", **more):
        return act(
            proposed,
            event,
            **more,
            CI_MLOPS_CACHE=str(tmp_path / f"cache-{uuid4().hex}"),
            # act leaves this out, which every runner of GitHub's sets
            GITHUB_WORKFLOW_REF=f"acme/credit/{WORKFLOW}@refs/heads/main",
        )

    return run


def keep_artifacts(fake, tmp_path):
    """What the stub of actions/upload-artifact kept, where the API finds it."""
    for folder in sorted((tmp_path / "store").iterdir()):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as packed:
            for file in sorted(path for path in folder.rglob("*") if path.is_file()):
                packed.write(file, file.relative_to(folder).as_posix())
        fake.store_archive(folder.name, archive.getvalue())


def trained(ran):
    return "candidate: training" in ran.log


def judged_model(tmp_path: Path):
    [file] = (tmp_path / "store").rglob("discriminant.json")
    return file.read_bytes()


def test_a_merge_registers_the_judged_model_byte_for_byte_without_training_and_it_is_promoted_by_hand(
    runner, fake, team, model, registry, tmp_path
):
    opened = runner(team.propose(train_on(BETTER)))
    keep_artifacts(fake, tmp_path)
    judged = judged_model(tmp_path)
    merged = team.merge(train_on(BETTER))
    pushed = runner(merged, "push")
    asked = {"inputs": {"stage": "production"}, "repository": {"default_branch": "main"}}
    promoted = runner(merged, "workflow_dispatch", workflow=PROMOTE, payload=asked)

    assert trained(opened)
    assert pushed.exit_code == 0, pushed.log
    assert not trained(pushed), pushed.log
    version = registry.pointer(model, "staging")
    assert version.number == "1"
    assert version.tags["ci_mlops.verdict"] == "passed"
    fetched = registry.fetch(version, tmp_path / "fetched")
    assert next(fetched.rglob("discriminant.json")).read_bytes() == judged
    # the push leaves what was judged where it was found
    assert judged_model(tmp_path) == judged
    assert promoted.exit_code == 0, promoted.log
    assert registry.pointer(model, "production").number == "1"

    # the commit that it was trained at is gone with its branch; the merge has the same fingerprint
    again = runner(merged, "workflow_dispatch", workflow=REPRODUCE, payload={"inputs": {"version": "v1"}})

    assert again.exit_code == 0, again.log
    assert again.summary.startswith(f"### ✅ Reproduction of `{model}` version `1`: bit-identical")
    assert f"commit `{merged.head[:12]}` |" in again.summary


def test_a_merge_after_the_champion_moved_is_judged_again(runner, fake, team, model, registry, tmp_path):
    runner(team.propose(train_on(WORSE.replace("noise", "debt"))))
    keep_artifacts(fake, tmp_path)
    # another change is merged first, and becomes the champion
    first = runner(team.merge(train_on(BETTER)), "push")
    assert first.exit_code == 0, first.log
    second = runner(team.merge(train_on(WORSE.replace("noise", "debt"))), "push")

    assert "version 1 has become champion since" in second.log
    assert second.gate == 1, second.log
    assert second.outputs["verdict"] == "blocked"
    versions = registry.versions(model)
    assert [one.number for one in versions] == ["2", "1"]
    assert versions[0].tags["ci_mlops.verdict"] == "blocked"
    assert registry.pointer(model, "staging").number == "1"


def test_merges_whose_runs_end_in_the_wrong_order_leave_the_later_one_at_the_stage(
    runner, fake, team, model, registry, tmp_path
):
    runner(team.propose(train_on(BETTER)))
    keep_artifacts(fake, tmp_path)
    # two clones as checkout makes them: the older one knows nothing of what came after it
    older, younger = team.merge(train_on(BETTER)), team.merge(train_on('["debt", "income"]'))
    first = runner(younger, "push", GITHUB_RUN_ID="12")
    late = runner(older, "push", GITHUB_RUN_ID="11")

    assert (first.exit_code, late.exit_code) == (0, 0), late.log
    assert "a later merge has registered version 1" in late.log
    assert not trained(late)
    two, one = registry.versions(model)
    assert [version.tags["ci_mlops.merged"] for version in (one, two)] == [younger.head, older.head]
    assert one.tags["ci_mlops.merged_run"].endswith("/actions/runs/12")
    assert registry.pointer(model, "staging").number == one.number


def test_the_next_pull_request_is_compared_with_the_registered_version(runner, fake, team, model, registry):
    runner(team.merge(train_on(BETTER)), "push")
    ran = runner(team.propose(train_on(WORSE)))

    assert ran.gate == 1, ran.log
    assert "champion: version 1 at staging" in ran.log
    assert re.search(r"Champion\s`?v1", fake.comments[7][0]["body"])


def test_without_a_registry_a_merge_has_nothing_to_do(runner, team):
    ran = runner(team.merge(train_on(BETTER)), "push")

    assert ran.exit_code == 0, ran.log
    assert "names no registry" in ran.log


def test_a_blocked_model_that_an_approver_let_through_takes_the_stage_and_the_trail_says_who(
    runner, fake, team, model, registry, tmp_path
):
    opened = runner(team.propose(train_on(WORSE)), GITHUB_RUN_ID="11")
    keep_artifacts(fake, tmp_path)
    merged = team.merge(train_on(WORSE))
    unwaived = runner(merged, "push", GITHUB_RUN_ID="12")
    stored = registry.pointer(model, "staging")
    asked = {"state": "approved", "user": {"login": "ada"}, "environments": [{"name": "model-waiver"}]}
    fake.approvals_of = {11: [asked]}
    waived = runner(merged, "push", GITHUB_RUN_ID="13")
    promoted = runner(
        merged,
        "workflow_dispatch",
        workflow=PROMOTE,
        payload={"inputs": {"stage": "production"}, "repository": {"default_branch": "main"}},
    )

    assert opened.outputs["verdict"] == "blocked", opened.log
    assert (unwaived.gate, stored) == (1, None)
    assert waived.exit_code == 0, waived.log
    assert not trained(waived)
    assert [one["state"] for one in reversed(fake.statuses[merged.head])] == ["failure", "success"]
    assert "and was waived: ada approved in the environment model-waiver" in waived.log
    assert promoted.exit_code == 0, promoted.log
    assert registry.pointers(model) == {"staging": "1", "production": "1"}
    events = [event for event in link(registry.entries(model)).events if event.stage]
    assert [event.waivers for event in events] == [
        ("verdict blocked: ada approved in the environment model-waiver",)
    ] * 2
