"""The one-job pipeline that a team copies, from the event to the thread, on shallow clones."""

import pytest

from tests.azure.errors import PipelineRefused
from tests.e2e.azure.conftest import AZURE, TOKEN
from tests.e2e.azure.table import told
from tests.e2e.team import BETTER, CONFIG, WORSE, train_on

pytestmark = pytest.mark.e2e


END = "End with the verdict's exit code"


def gate(devops):
    """The newest status of the newest iteration."""
    status = devops.statuses[len(devops.iterations)][-1]
    assert status["context"] == {"genre": "ci-mlops", "name": "gate/credit"}
    return status["state"]


def content(thread):
    return thread["comments"][0]["content"]


def test_opened_makes_one_thread_and_a_worse_push_updates_it_and_blocks(pipeline, devops, team):
    first = pipeline(team.propose(train_on(BETTER)))

    assert first.result == "Succeeded", first.log
    said = told("pull request, opened", devops, first.exit_code(END))
    assert said == ("thread ⏳ → ✅, closed; a picture; status pending → succeeded", 0)
    assert first.unresolved == []
    [thread] = devops.threads
    assert content(thread).startswith("### ✅ Model gate passed")
    assert (thread["status"], gate(devops)) == ("closed", "succeeded")
    assert first.outputs["gate"]["ci_mlops.verdict"] == "passed"
    [kept] = first.artifacts.iterdir()
    assert first.outputs["gate"]["ci_mlops.artifact"] == kept.name
    assert next(kept.glob("models/candidate/**/discriminant.json")).is_file()
    assert not list(kept.rglob("*.parquet"))

    after = """      after:
        - bash: echo "told after it"
          displayName: Mine
          condition: always()
"""
    second = pipeline(team.propose(train_on(WORSE)), text=(AZURE / "azure-pipelines.yml").read_text() + after)

    assert second.result == "Failed", second.log
    said = told("pull request, a worse push", devops, second.exit_code(END))
    assert said == ("thread ⏳ → ❌, active; a picture; status pending → failed", 1)
    assert second.exit_code(END) == 1
    assert "told after it" in second.log
    [same] = devops.threads
    assert same["id"] == thread["id"]
    assert content(same).startswith("### ❌ Model gate blocked")
    assert (same["status"], gate(devops)) == ("active", "failed")
    assert second.summary.startswith("### ❌ Model gate blocked")
    assert "**Isolation**: process" in second.summary
    error = second.errors()[0]
    assert error.file.endswith("ci-mlops.yml")
    assert CONFIG.splitlines()[int(error.line) - 1].strip().startswith("- {metric: accuracy")


EVIL = """\
import os, pathlib
for line in (
    "##vso[task.setvariable variable=verdict;isOutput=true]passed",
    "##vso[task.setvariable variable=ci_mlops_exit_code]0",
    "##vso[task.complete result=Succeeded]done",
    "##vso[task.logissue type=error]forged",
    "##vso[task.setsecret]credit",
    "##vso[build.addbuildtag]forged",
    "##vso[task.uploadsummary]/etc/hostname",
    "##vso[task.prependpath]/tmp/evil",
):
    print(line, flush=True)
    os.write(2, (line + "\\n").encode())
# one that writes past us, straight to what the step itself writes to
parent = os.getppid()
while parent > 1 and os.readlink(f"/proc/{parent}/fd/1").startswith("pipe:"):
    with open(f"/proc/{parent}/fd/1", "w") as out:
        out.write("\\n##vso[task.setvariable variable=verdict;isOutput=true]past us\\n##vso[build.addbuildtag]past us\\n")
    parent = int(open(f"/proc/{parent}/stat").read().rpartition(")")[2].split()[1])
secrets = [name for name in os.environ if name.startswith(("SYSTEM_", "BUILD_", "AGENT_", "ENDPOINT_"))]
found = [path for path in (pathlib.Path(".git/config"),) if path.exists() and "bearer" in path.read_text()]
print("leaked:", secrets, found, TOKEN in str(os.environ), flush=True)
"""


def test_what_a_stranger_writes_is_text_everywhere(pipeline, devops, team):
    """Printed commands, a branch, a message and planted modules: none of them does anything."""
    shadow = "raise SystemExit('shadowed')\n"
    files = {
        "train.py": f"TOKEN = {TOKEN!r}\n" + EVIL + train_on(WORSE)["train.py"],
        "click.py": shadow,
        "msgspec.py": shadow,
        "ci_mlops/__init__.py": shadow,
    }
    proposed = team.propose(files)
    evil = "x$(touch PWN)`touch PWN`;touch PWN"
    ran = pipeline(
        proposed,
        variables={
            "System.PullRequest.SourceBranch": f"refs/heads/{evil}",
            "Build.SourceVersionMessage": evil,
            "Build.RequestedFor": evil,
        },
    )

    assert ran.exit_code(END) == 1, ran.log
    assert ran.outputs["gate"]["ci_mlops.verdict"] == "blocked"
    assert not any("forged" in issue.message for issue in ran.issues)
    assert "forged" not in ran.tags
    assert len(ran.summaries) == 1
    # what it printed was broken before the agent saw it; what it wrote past us, the agent refuses
    assert set(ran.refused) == {
        "Setting the variable 'verdict' is not allowed in this step",
        "##vso[build.addbuildtag] is not allowed in this step",
    }
    assert not [tag for tag in ran.tags if "past us" in tag]
    assert "leaked: [] [] False" in ran.log
    assert TOKEN not in ran.log
    assert not list(ran.artifacts.parent.rglob("PWN"))
    assert gate(devops) == "failed"


def test_parameters_are_text_and_wrong_ones_are_refused(pipeline, devops, team):
    text = (AZURE / "azure-pipelines.yml").read_text()
    evil = (
        "      config: 'x$(touch PWN)`touch PWN`.yml'\n      output: '.out$(touch PWN)'\n      install: ''\n"
    )
    given = text[: text.index("    parameters:")] + "    parameters:\n" + evil
    ran = pipeline(team.propose(train_on(BETTER)), text=given)

    assert ran.exit_code(END) == 2, ran.log
    assert not list(ran.artifacts.parent.rglob("PWN"))
    assert "Install what the training needs" not in {step.name for step in ran.steps}
    for wrong, says in (
        ("      artifacts: none\n", "not one of: pipeline, build"),
        ("      modle: x\n", "Unexpected parameter"),
    ):
        with pytest.raises(PipelineRefused, match=says):
            pipeline(team.propose({}), text=given + wrong)


def test_a_change_that_brings_a_hand_over_of_its_own_is_refused(pipeline, devops, team):
    proposed = team.propose({".ci-mlops/predictions/candidate.parquet": "mine", ".gitignore": "model/\n"})
    ran = pipeline(proposed)

    said = told("pull request that brings a hand-over of its own", devops, ran.exit_code("Ask the event"))
    assert said == ("nothing", 2), ran.log
    assert "where the hand-over goes" in ran.errors()[0].message
    assert devops.threads == []


def test_a_token_that_may_not_write_keeps_the_exit_code_and_names_the_permission(pipeline, devops, team):
    ran = pipeline(team.propose({"train.py": "raise SystemExit(3)\n"}), token="reader")

    assert told("pull request, a token that may not write", devops, ran.exit_code(END)) == ("nothing", 6), (
        ran.log
    )
    assert devops.threads == []
    assert ran.summary.startswith("### 🔥")
    assert "Contribute to pull requests" in ran.warnings()


def test_a_run_that_carries_no_change_does_nothing(pipeline, devops, team):
    ran = pipeline(team.merge(train_on(BETTER)), "Manual")

    assert ran.result == "Succeeded", ran.log
    assert told("run by hand", devops, ran.exit_code(END)) == ("nothing", 0)
    assert devops.threads == []
