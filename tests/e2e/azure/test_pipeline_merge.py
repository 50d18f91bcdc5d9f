"""From the pull request's run to the registry, and the drill by the clock."""

import io
import zipfile
from uuid import uuid4

import pytest

from ci_mlops.registries.mlflow import MlflowRegistry
from tests.e2e.azure.conftest import AZURE
from tests.e2e.azure.table import posted, told
from tests.e2e.team import BETTER, CONFIG, train_on

pytestmark = pytest.mark.e2e


def packed(folder):
    """As the service hands an artifact out: below a folder of its name."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writing:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            writing.write(file, f"{folder.name}/{file.relative_to(folder).as_posix()}")
    return archive.getvalue()


def test_a_merge_registers_the_judged_model_byte_for_byte_without_training(
    pipeline, devops, team, mlflow_server, tmp_path
):
    name = f"credit-{uuid4().hex[:8]}"
    registry = MlflowRegistry(mlflow_server, ("staging", "production"))
    config = CONFIG.replace("model: credit", f"model: {name}")
    team.commit({"ci-mlops.yml": f"{config}registry: {{uri: '{mlflow_server}'}}\n"})
    opened = pipeline(team.propose(train_on(BETTER)), environ={"CI_MLOPS_CACHE": str(tmp_path / "first")})
    [kept] = opened.artifacts.iterdir()
    devops.store_archive(kept.name, packed(kept))
    posted(devops)
    merged = team.merge(train_on(BETTER))
    # jobs of their own, whose register comes after a merge alone
    isolated = "azure-pipelines-isolated.yml"
    pushed = pipeline(
        merged, "IndividualCI", file=isolated, environ={"CI_MLOPS_CACHE": str(tmp_path / "second")}
    )

    assert "candidate: training" in opened.log
    assert pushed.jobs == {
        "begin": "Skipped",
        "train": "Skipped",
        "predict": "Skipped",
        "judge": "Skipped",
        "register": "Succeeded",
        "gate": "Succeeded",
    }, pushed.log
    assert "candidate: training" not in pushed.log
    said = told("push to the default branch", devops, pushed.exit_code("End with the verdict's exit code"))
    assert said == ("status succeeded", 0)
    version = registry.pointer(name, "staging")
    assert (version.number, version.tags["ci_mlops.verdict"]) == ("1", "passed")
    fetched = registry.fetch(version, tmp_path / "fetched")
    judged = next(kept.rglob("discriminant.json")).read_bytes()
    assert next(fetched.rglob("discriminant.json")).read_bytes() == judged
    assert [status["state"] for status in devops.statuses[merged.head]] == ["succeeded"]

    # by hand, after an approval
    promote = AZURE / "azure-pipelines-promote.yml"
    promoted = pipeline(merged, "Manual", file=promote, approvals={"production": True})

    assert promoted.asked == ["production"]
    said = told("run by hand, promotion", devops, promoted.exit_code("End with the verdict's exit code"))
    assert said == ("nothing", 0), promoted.log
    assert registry.pointer(name, "production").number == "1"

    # by the clock: the commit that it was trained at is gone with its branch, and the merge has the same fingerprint
    again = pipeline(
        *(merged, "Schedule"),
        file=AZURE / "azure-pipelines-reproduce.yml",
        environ={"CI_MLOPS_CACHE": str(tmp_path / "third")},
    )
    said = told("the clock, reproduction", devops, again.exit_code("End with the verdict's exit code"))
    assert said == ("nothing", 0), again.log
    assert again.summary.startswith(f"### ✅ Reproduction of `{name}` version `1`: bit-identical")


def test_a_push_elsewhere_registers_nothing(pipeline, devops, team):
    ran = pipeline(
        team.merge(train_on(BETTER)), "IndividualCI", variables={"Build.SourceBranch": "refs/heads/feature"}
    )

    assert ran.result == "Succeeded", ran.log
    assert "because models are registered from the default branch only" in ran.log
    assert told("push to another branch", devops, 0) == ("nothing", 0)


def test_a_drill_tells_its_table_in_the_summary_and_fails_where_the_model_breaks_its_own_rule(
    pipeline, devops, team
):
    out_of_reach = CONFIG.replace("{metric: recall, min: 0.3}", "{metric: recall, min: 0.999}")
    merged = team.merge({"ci-mlops.yml": out_of_reach})
    ran = pipeline(merged, "Schedule", file=AZURE / "azure-pipelines-drill.yml")

    code = ran.exit_code("End with the verdict's exit code")
    assert told("the clock, drill", devops, code) == ("nothing", 1), ran.log
    assert ran.summary.startswith("### ❌ Drill of `credit`: what is no worse than the champion is stopped: ")
    assert devops.threads == []
