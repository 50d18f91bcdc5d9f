"""`ci-mlops init` as a person runs it: in a repository, by its command line."""

import subprocess
import sys
import zipfile
from pathlib import Path

import click.testing
import pytest
import yaml

from ci_mlops.cli import init as door
from ci_mlops.config import parse_config, read_config
from ci_mlops.datasets.lock import read_lock
from ci_mlops.errors import CiMlopsError
from ci_mlops.survey import ci_file
from tests.azure.expand import expand
from tests.fakes.azure_policies import FakePolicies
from tests.survey.teams import churn, write, write_table

ROOT = Path(__file__).parent.parent.parent
SCRIPT = """
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
df = pd.read_csv("data/churn.csv")
a, b, c, d = train_test_split(df[["age"]], df["churn"], test_size=0.2, random_state=1)
RandomForestClassifier().fit(a, c)
"""
CONFIG, LOCK, WORKFLOW = "ci-mlops.yml", "ci-mlops.lock", ".github/workflows/ci-mlops.yml"
PIPELINE = "azure-pipelines-ci-mlops.yml"


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=n", "-c", "user.email=n@example.com")
    done = subprocess.run(["git", *who, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture
def team(tmp_path, monkeypatch):
    folder = tmp_path / "churn-model"
    folder.mkdir()
    write(
        folder, {"train.py": SCRIPT, "pyproject.toml": '[project]\nname = "x"\n', ".python-version": "3.11\n"}
    )
    write_table(folder, "data/churn.csv", churn())
    git(folder, "init", "-q", "-b", "master")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    monkeypatch.chdir(folder)
    return folder


def run(*words: str, answers: str | None = None) -> click.testing.Result:
    result = click.testing.CliRunner().invoke(door.command, words, input=answers, standalone_mode=False)
    if result.exception and not isinstance(result.exception, CiMlopsError):
        raise result.exception
    return result


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


def test_config_lock_and_workflow_are_written_and_nothing_else_is_touched(team):
    before = files(team)

    result = run()
    after = files(team)

    assert result.return_value == 0
    assert set(after) - set(before) == {CONFIG, LOCK, WORKFLOW}
    assert {name: after[name] for name in before} == before
    config = read_config(team / CONFIG)
    assert (config.model, config.data.test.target, config.data.test.positive) == (
        "churn-model",
        "churn",
        "yes",
    )
    assert [pin.path for pin in read_lock(team / LOCK).data["train"]] == ["data/churn.csv"]
    assert "target        churn" in result.output
    assert "train.py:6" in result.output


def test_the_workflow_has_the_branch_the_python_and_the_installation_filled_in(team):
    run()
    workflow = yaml.safe_load((team / WORKFLOW).read_text())
    steps = workflow["jobs"]["validate"]["steps"]

    assert workflow[True]["push"]["branches"] == ["master"]
    assert [step.get("with", {}).get("python-version") for step in steps].count("3.11") == 1
    assert [step["run"] for step in steps if "run" in step] == ["python -m pip install ."]


def test_a_declared_environment_is_installed_by_us_and_not_by_the_workflow(team):
    (team / "requirements.txt").write_text("scikit-learn\n")

    result = run("--dry-run")

    assert "environment: requirements.txt" in result.output
    assert 'python: "3.11"' in result.output
    assert "pip install" not in result.output


def test_a_dry_run_shows_both_files_and_writes_nothing(team):
    before = files(team)

    result = run("--dry-run")

    assert files(team) == before
    assert f"+++ b/{CONFIG}" in result.output
    assert f"+++ b/{WORKFLOW}" in result.output
    assert "Nothing was written." in result.output


def test_a_second_run_changes_nothing(team):
    run()
    before = files(team)

    result = run()

    assert result.return_value == 0
    assert files(team) == before
    assert f"unchanged {CONFIG}" in result.output


def test_a_workflow_that_gates_another_model_is_not_to_be_overwritten(team, monkeypatch):
    run()
    write(team, {"second/train.py": SCRIPT})
    write_table(team, "second/data/churn.csv", churn())
    before = (team / WORKFLOW).read_bytes()
    monkeypatch.chdir(team / "second")

    result = run("--environment", "current")

    assert "gates another model of this repository" in result.output
    assert "ci-mlops validate --all" in result.output
    assert (team / WORKFLOW).read_bytes() == before


def test_a_file_that_was_edited_is_kept_unless_forced(team):
    run()
    mine = (team / CONFIG).read_text().replace("model: churn-model", "model: mine")
    (team / CONFIG).write_text(mine)

    kept = run()
    after = (team / CONFIG).read_text()
    forced = run("--force")

    assert f"kept      {CONFIG}" in kept.output
    assert after == mine
    assert f"wrote     {CONFIG}" in forced.output
    assert "model: churn-model" in (team / CONFIG).read_text()


def test_a_pin_that_fails_keeps_the_config_and_ends_with_the_code_of_its_cause(team):
    (team / "requirements.txt").write_text("this is ! no requirement\n")

    result = run()

    assert isinstance(result.exception, CiMlopsError)
    assert result.exception.exit_code == 2
    assert "is no requirement" in str(result.exception)
    assert f"{CONFIG} is kept, but pinning its data and environment failed" in result.output
    assert read_config(team / CONFIG).data.test.target == "churn"
    assert not (team / LOCK).exists()


def test_data_that_is_told_and_not_there_writes_nothing(team):
    result = run("--data", "data/gone.csv")

    assert result.return_value == 2
    assert "data/gone.csv can't be read as a table" in result.output
    assert not (team / CONFIG).exists()


def test_what_cannot_be_found_is_listed_once_with_what_to_type_and_nothing_is_written(team):
    (team / "data/churn.csv").unlink()
    before = files(team)

    result = run()

    assert result.return_value == 2
    assert "the script reads data/churn.csv (train.py:5), which is not in the repository" in result.output
    assert "type: `--data FILE`" in result.output
    assert files(team) == before


def test_every_guess_has_a_flag_that_beats_it(team):
    write(team, {"other.py": "", "requirements-x.txt": "scikit-learn\n"})
    write_table(team, "data/rows.csv", churn())
    flags = {
        "--name": "other",
        "--script": "other.py",
        "--run": "python other.py --fast",
        "--data": "data/rows.csv",
        "--test": "data/churn.csv",
        "--target": "region",
        "--task": "classification",
        "--id": "age",
        "--environment": "requirements-x.txt",
        "--python": "3.12",
        "--model-source": "path:out/model.bin",
    }

    # shown, not written: pinning would ask an index for the environment
    result = run("--dry-run", *(word for pair in flags.items() for word in pair))
    shown = result.output.split(f"+++ b/{CONFIG}\n")[1].split("\n--- ")[0]
    config = parse_config("\n".join(line[1:] for line in shown.splitlines() if line.startswith("+")))

    assert result.return_value == 0
    assert config.model == "other"
    assert config.environment == "requirements-x.txt"
    assert config.python == "3.12"
    assert config.data.train == ("data/rows.csv",)
    assert config.data.test.path == "data/churn.csv"
    assert config.data.test.target == "region"
    assert config.data.test.classes == ("north", "south", "west")
    assert config.data.test.id == "age"
    assert config.train is not None
    assert config.train.run == "python other.py --fast"
    assert config.train.model.path == "out/model.bin"


def test_a_flag_that_no_config_can_hold_is_told_with_its_mend(team):
    result = run("--python", "2.7")

    assert isinstance(result.exception, CiMlopsError)
    assert result.exception.exit_code == 2
    assert "2.7" in str(result.exception)
    assert not (team / CONFIG).exists()


def test_for_azure_the_pipeline_is_written_from_the_template(team, tmp_path):
    result = run("azure")
    text = (team / PIPELINE).read_text()
    document = expand({"self": team, "mlops": ROOT}, PIPELINE)
    [job] = document["jobs"]

    assert result.return_value == 0
    assert (team / CONFIG).exists()
    assert not (team / WORKFLOW).exists()
    assert "Copy this file" not in text
    assert document["trigger"]["branches"]["include"] == ["master"]
    assert [
        step["inputs"]["versionSpec"] for step in job["steps"] if step.get("task") == "UsePythonVersion@0"
    ]
    assert "init azure --policies" in result.output


def test_for_azure_a_model_in_a_folder_names_its_config_and_the_file_goes_where_pipelines_are(
    team, monkeypatch
):
    (team / ".azure-pipelines").mkdir()
    inner = team / "models" / "second"
    write(inner, {"train.py": SCRIPT})
    write_table(inner, "data/churn.csv", churn())
    monkeypatch.chdir(inner)

    result = run("azure", "--environment", "current")
    document = expand({"self": team, "mlops": ROOT}, ".azure-pipelines/ci-mlops.yml")
    [configs] = {
        tuple(step["env"]["CONFIG"] for step in job["steps"] if "CONFIG" in step.get("env", {}))
        for job in document["jobs"]
    }

    assert result.return_value == 0
    assert set(configs) == {"models/second/ci-mlops.yml"}


def test_for_azure_the_branch_policies_are_shown_and_made_once(team, monkeypatch):
    with FakePolicies() as devops:
        devops.pipelines[PIPELINE] = 12
        git(team, "remote", "add", "origin", devops.origin)
        monkeypatch.setenv("AZURE_DEVOPS_EXT_PAT", "editor")

        shown = run("azure", "--policies", "--dry-run")
        assert devops.policies == []
        made = run("azure", "--policies")
        assert len(devops.policies) == 2
        again = run("azure", "--policies")

    assert "would make Build Validation of `master` by pipeline 12" in shown.output
    assert "gate/" in shown.output
    assert "made      2 branch policies" in made.output
    assert again.output.count(": already there\n") == 2
    assert not any(word in again.output for word in ("differs", "to make", "made "))
    assert len(devops.policies) == 2


@pytest.mark.parametrize(("platform", "file"), [("github", WORKFLOW), ("azure", PIPELINE)])
def test_the_second_run_takes_nothing_of_the_first_for_evidence_and_changes_nothing(team, platform, file):
    (team / ".python-version").unlink()  # nothing tells the version: it is ours to guess
    run(platform)
    written = (team / file).read_text()
    # wherever the team moves it to, it is ours
    (team / file).with_name("gate.yml" if platform == "github" else "azure-pipelines-gate.yml").write_text(
        written
    )
    again = run(platform)

    assert "your workflow sets it up" not in again.output
    assert f"unchanged {file}" in again.output
    assert "differs" not in again.output
    assert (team / file).read_text() == written


def test_branch_policies_are_not_asked_for_on_github(team):
    result = run("github", "--policies")

    assert isinstance(result.exception, CiMlopsError)
    assert "require the status in a ruleset" in str(result.exception)


@pytest.mark.parametrize(
    ("name", "remote", "azure"),
    [
        ("azure-pipelines.yml", "", True),
        ("README.md", "https://dev.azure.com/o/p/_git/r", True),
        ("README.md", "https://github.com/o/r", False),
        (".github/dependabot.yml", "https://dev.azure.com/o/p/_git/r", False),
    ],
)
def test_the_platform_is_told_by_the_repository(team, name, remote, azure):
    write(team, {name: "# nothing\n"})
    if remote:
        git(team, "remote", "add", "origin", remote)

    result = run("--dry-run")

    assert (f"+++ b/{WORKFLOW}" not in result.output) is azure


def test_a_model_in_a_folder_of_its_own_has_its_config_there_and_its_workflow_at_the_top(team, monkeypatch):
    inner = team / "models" / "second"
    write(inner, {"train.py": SCRIPT})
    write_table(inner, "data/churn.csv", churn())
    monkeypatch.chdir(inner)

    result = run()
    workflow = yaml.safe_load((team / WORKFLOW).read_text())
    used = {name: job["steps"][-1]["with"] for name, job in workflow["jobs"].items()}

    assert result.return_value == 0
    assert (inner / CONFIG).exists()
    assert used["validate"] == {"config": "models/second/ci-mlops.yml"}
    assert {given["config"] for given in used.values()} == {"models/second/ci-mlops.yml"}
    assert used["gate"]["command"] == "gate"


def test_at_a_terminal_only_what_is_not_sure_is_asked(team, monkeypatch):
    monkeypatch.setattr(door, "_is_asked", lambda: True)
    write_table(team, "data/churn.csv", churn(labels=("blue", "red", "red")))

    result = run("--dry-run", answers="red\n")

    assert "Positive (the rarer one" in result.output
    assert "positive: red # you said so" in result.output
    assert "Target" not in result.output


def test_without_a_terminal_a_guess_is_written_and_marked(team):
    write_table(team, "data/churn.csv", churn(labels=("blue", "red", "red")))

    run()

    assert "positive: blue # guessed: the rarer one" in (team / CONFIG).read_text()


def test_data_that_git_ignores_is_named_as_such(team):
    (team / ".gitignore").write_text("data/\n")
    git(team, "rm", "-r", "-q", "--cached", "data")

    result = run("--dry-run")

    assert "data/churn.csv is not kept by git" in result.output


def test_the_template_has_every_line_that_init_fills_in():
    text = ci_file.template()

    assert text == (ROOT / "templates/github/ci-mlops.yml").read_text()
    for anchor in (ci_file.BRANCH, ci_file.PYTHON, ci_file.INSTALL):
        assert text.count(anchor) == 1
    assert len(ci_file.USES.findall(text)) == 3
    assert ci_file.COPY.search(text)


def test_a_wheel_carries_the_template(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, capture_output=True, check=True)

    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        held = wheel.read("ci_mlops/templates/github/ci-mlops.yml").decode()

    assert held == ci_file.template()
