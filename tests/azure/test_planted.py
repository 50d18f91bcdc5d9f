"""What a change plants where files are handed over: a link that leads away, or files that would pass for ours."""

import subprocess
from pathlib import Path

import pytest

from tests.azure.expand import expand
from tests.azure.yaml_file import load_yaml

ROOT = Path(__file__).parents[2]
MAIN = """\
resources: {repositories: [{repository: mlops, type: git, name: p/mlops, ref: refs/tags/v0.1.0}]}
steps:
  - template: templates/azure/steps/STEPS.yml@mlops
    parameters: {PARAMETERS}
"""
WAITS = {"pipeline": "DownloadPipelineArtifact@2", "build": "DownloadBuildArtifacts@1"}


def steps_of(tmp_path, steps, parameters):
    (tmp_path / "main.yml").write_text(MAIN.replace("STEPS", steps).replace("PARAMETERS", parameters))
    return expand({"self": tmp_path, "mlops": ROOT}, "main.yml")["steps"]


def run(text, folder, **environ):
    told = {"PATH": "/usr/bin:/bin", "GITHUB_OUTPUT": "/dev/null", **environ}
    return subprocess.run(
        ["/bin/bash", "-c", text], cwd=folder, env=told, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("artifacts", ["pipeline", "build"])
@pytest.mark.parametrize("output", [".ci-mlops", "out/ci-mlops"])
def test_no_link_of_the_change_leads_what_is_taken_over_to_another_place(tmp_path, artifacts, output):
    """The task that fetches follows a link, and would write over our own files."""
    first, fetch, *_ = steps_of(
        tmp_path, "take-over", f"artifact: x, output: {output}, artifacts: {artifacts}"
    )
    assert fetch["task"] == WAITS[artifacts]
    assert first["condition"] == fetch["condition"]
    linked, plain, ours = tmp_path / "linked", tmp_path / "plain", tmp_path / "ours"
    for folder in (linked, plain, ours):
        folder.mkdir()
    (ours / "install.sh").write_text("ours")
    (linked / Path(output).parts[0]).symlink_to(ours)
    (plain / output).mkdir(parents=True)

    refused = run(first["bash"], linked, OUTPUT=output)
    assert (refused.returncode, (ours / "install.sh").read_text()) == (2, "ours")
    assert refused.stdout.startswith("##vso[task.logissue type=error]The change carries a link")
    assert run(first["bash"], plain, OUTPUT=output).returncode == 0
    assert not (plain / output).exists()


def scripts(tmp_path):
    steps = steps_of(tmp_path, "ci-mlops", "command: judge")
    on_azure = next(step["bash"] for step in steps if step.get("name") == "story")
    action = load_yaml(ROOT / "action.yml")["runs"]["steps"]
    on_github = next(step["run"] for step in action if step.get("id") == "story")
    return {"azure": on_azure, "github": f"set -e\n{on_github}"}


@pytest.mark.parametrize("platform", ["azure", "github"])
def test_a_hand_over_of_the_changes_own_is_refused_behind_a_link_too(tmp_path, platform):
    """`git ls-files` says nothing of what lies behind a link."""
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python"
    python.write_text("#!/bin/bash\necho story=judge\n")
    python.chmod(0o755)
    text, team = scripts(tmp_path)[platform], tmp_path / "team"
    planted = team / "planted" / "ci-mlops" / "predictions" / "candidate.parquet"
    planted.parent.mkdir(parents=True)
    planted.write_text("mine")
    (team / "out").symlink_to("planted")

    def ends(output):
        known = {"BIN": str(tmp_path / "bin"), "COMMAND": "judge", "CONFIG": "ci-mlops.yml"}
        return run(text, team, OUTPUT=output, **known).returncode

    # a link that is not the change's is the team's own doing, as of a step before this one
    run("git init --quiet", team)
    assert ends("out/ci-mlops") == 0
    run("git add --all", team)
    assert [ends(output) for output in ("out/ci-mlops", "planted/ci-mlops", "planted")] == [2, 2, 2]
    assert [ends(output) for output in (".ci-mlops", "other/ci-mlops", str(tmp_path / "away"))] == [0, 0, 0]
