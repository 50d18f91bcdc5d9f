"""ci-mlops' own environment on an agent: made from the checkout of the very tag that the templates come from."""

import shutil
import sys
from pathlib import Path

import pytest

from tests.azure.agent import Agent, Repository
from tests.azure.expand import expand
from tests.azure.run import run

ROOT = Path(__file__).parents[2]
MAIN = """\
resources: {repositories: [{repository: mlops, type: git, name: p/mlops, ref: refs/tags/v0.1.0}]}
steps:
  - template: templates/azure/steps/set-up.yml@mlops
    parameters: {training: "false"}
  - template: templates/azure/steps/ci-mlops.yml@mlops
    parameters: {command: COMMAND}
"""
# it stands for uv, writes down what it was asked, and makes an environment that answers nothing
UV = """\
#!/bin/bash
echo "$PWD $*" >> {calls}
home="${{@: -1}}"
if [[ "$*" == *" venv "* ]]; then
  mkdir -p "$home/bin"
  printf '#!/bin/bash\\nexit 5\\n' > "$home/bin/ci-mlops"
  chmod +x "$home/bin/ci-mlops"
  cp "$home/bin/ci-mlops" "$home/bin/python"
fi
"""


@pytest.mark.parametrize(
    ("command", "lock"), [("train", "full"), ("begin", "publish"), ("publish", "publish")]
)
def test_it_is_installed_by_the_lock_of_that_checkout_and_not_by_the_teams_settings(tmp_path, command, lock):
    team, tools, mlops = tmp_path / "team", tmp_path / "tools", tmp_path / "mlops"
    for folder in (team, tools):
        folder.mkdir()
    shutil.copytree(ROOT / "templates", mlops / "templates")
    shutil.copytree(ROOT / "requirements", mlops / "requirements")
    (team / "main.yml").write_text(MAIN.replace("COMMAND", command))
    (team / "uv.toml").write_text('index-url = "https://packages.example/simple"\n')
    (tools / "uv").write_text(UV.format(calls=tmp_path / "calls"))
    (tools / "uv").chmod(0o755)
    document = expand({"self": team, "mlops": mlops}, "main.yml")
    agent = Agent(
        work=tmp_path / "work",
        repositories={
            "self": Repository(folder=team, name="credit"),
            "mlops": Repository(folder=mlops, name="ci-mlops"),
        },
        environ={"PATH": f"{tools}:{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(tmp_path)},
        variables={"Build.Reason": "PullRequest"},
        token="",
    )
    run(document, agent)
    build = tmp_path / "work" / "agent-1"
    made, installed, ours = (tmp_path / "calls").read_text().splitlines()

    # not in the checkout of the change
    assert all(call.startswith(f"{build}/ci-mlops --no-config ") for call in (made, installed, ours))
    assert made.endswith(f" {build}/_temp/ci-mlops/{lock}")
    assert f"--require-hashes -r {build}/ci-mlops/requirements/{lock}.txt" in installed
    assert ours.endswith(f"--no-deps --no-build-isolation {build}/ci-mlops")
