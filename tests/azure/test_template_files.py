"""templates/azure, by the linter that knows Azure Pipelines and by rules of our own."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.azure.expand import expand
from tests.azure.shapes import kind_of, steps_of
from tests.azure.yaml_file import load_yaml

ROOT = Path(__file__).parents[2]
AZURE = ROOT / "templates" / "azure"
CALLERS = sorted(AZURE.glob("*.yml"))
TEMPLATES = sorted(AZURE.glob("*/*.yml"))
RUNS_TEAM_CODE = {"Run it", "Register it", "Install what the training needs"}


def lint(*files):
    command = [
        str(Path(sys.prefix) / "bin" / "check-jsonschema"),
        # the schema's patterns are not those of JavaScript's `u` flag
        *("--regex-variant", "python"),
        *("--builtin-schema", "vendor.azure-pipelines", "--data-transform", "azure-pipelines"),
        *map(str, files),
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def expanded(caller, text=None, reason="PullRequest", parameters=None):
    return expand({"self": AZURE, "mlops": ROOT}, caller, parameters, {"Build.Reason": reason})


def jobs_of(document):
    for stage in document.get("stages", [document]):
        yield from stage["jobs"]


def steps_in(document):
    for job in jobs_of(document):
        for step in steps_of(job):
            yield job, step


@pytest.fixture(params=[path.name for path in CALLERS])
def pipeline(request):
    return expanded(request.param)


def test_what_the_callers_become_is_a_pipeline_by_the_vendors_schema(tmp_path):
    for caller in CALLERS:
        document = expanded(caller.name)
        for _, step in steps_in(document):
            if kind_of(step) == "task" and "continueOnError" in step:
                # for tasks alone the schema has no words for true and false
                step["continueOnError"] = step["continueOnError"] == "true"
        file = tmp_path / caller.name
        file.write_text(json.dumps(document))
    done = lint(*sorted(tmp_path.iterdir()))

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("file", [*CALLERS, *TEMPLATES], ids=lambda path: str(path.relative_to(AZURE)))
def test_no_expression_and_no_macro_is_pasted_into_a_script(file):
    scripts = re.findall(
        r"(?m)^ *- (?:bash|script): (?:\|\n((?: +.*\n|\n)+?)(?= *name:| *displayName:)|(.*))",
        file.read_text(),
    )

    for block, line in scripts:
        assert "${{" not in block + line
        assert not re.search(r"\$\([\w.]+\)", block + line)


def test_scripts_hold_no_macro_once_expanded(pipeline):
    pasted = [
        step["bash"]
        for _, step in steps_in(pipeline)
        if re.search(r"\$\([A-Za-z_][\w.]*\)", step.get("bash", ""))
    ]

    assert pasted == []


def test_a_script_stops_at_its_first_error(pipeline):
    longer = [step["bash"] for _, step in steps_in(pipeline) if "\n" in step.get("bash", "").strip()]

    assert longer
    assert all(text.startswith("set -euo pipefail\n") for text in longer)


def test_team_code_runs_where_the_agent_obeys_next_to_nothing(pipeline):
    found = {step.get("displayName") for _, step in steps_in(pipeline)} & RUNS_TEAM_CODE

    assert found
    for _, step in steps_in(pipeline):
        if step.get("displayName") in RUNS_TEAM_CODE:
            assert step["target"]["commands"] == "restricted"
            assert step["target"]["settableVariables"] in ("none", ["ci_mlops_exit_code"])


def test_code_of_a_pull_request_runs_without_a_token(pipeline):
    for _, step in steps_in(pipeline):
        if step.get("displayName") in ("Run it", "Install what the training needs"):
            assert "token" not in json.dumps(step).lower()


def test_jobs_that_run_code_of_a_change_hold_no_token_in_the_isolated_pipeline():
    holders = {
        job["job"]
        for job, step in steps_in(expanded("azure-pipelines-isolated.yml"))
        if "AccessToken" in json.dumps(step)
    }

    assert holders == {"begin", "judge", "register", "gate"}


def test_a_checkout_fetches_the_base_and_keeps_no_credentials(pipeline):
    checkouts = [(job, step) for job, step in steps_in(pipeline) if step.get("checkout", "none") != "none"]

    assert checkouts
    for job, step in checkouts:
        # the commit of an old version is anywhere
        depth = "0" if job.get("job") == "reproduce" else "2"
        assert step["persistCredentials"] == "false"
        assert step["clean"] == "true"
        assert step["fetchDepth"] == (depth if step["checkout"] == "self" else "1")


def test_a_job_begins_in_a_clean_folder_and_ends_in_time(pipeline):
    for job in jobs_of(pipeline):
        assert job["timeoutInMinutes"]
        if any(step.get("checkout", "none") != "none" for step in steps_of(job)):
            assert job["workspace"] == {"clean": "all"}


@pytest.mark.parametrize("caller", CALLERS, ids=lambda path: path.name)
def test_a_caller_names_the_templates_by_a_tag_and_is_never_left_out_by_path(caller):
    document = load_yaml(caller)
    [repository] = document["resources"]["repositories"]

    assert repository["repository"] == "mlops"
    assert re.fullmatch(r"refs/tags/v\d+\.\d+\.\d+", repository["ref"])
    assert "paths" not in json.dumps({key: document.get(key) for key in ("trigger", "pr")})


def test_the_gate_is_never_skipped_because_something_before_it_failed():
    document = expanded("azure-pipelines-isolated.yml")
    jobs = {job["job"]: job for job in jobs_of(document)}

    # after a training that failed `predict` is skipped, and `succeededOrFailed()` may not hold behind a skipped job
    assert jobs["judge"]["condition"].startswith("and(not(canceled()), ")
    assert document["stages"][-1]["condition"] == "always()"


@pytest.mark.parametrize("what", ["drill", "reproduce"])
def test_what_runs_by_the_clock_or_by_hand_lets_no_change_wait_for_it(what):
    document = load_yaml(AZURE / f"azure-pipelines-{what}.yml")

    assert (document["trigger"], document["pr"]) == ("none", "none")
    assert document["schedules"][0]["always"] == "true"


def declared(file):
    return {
        one["name"]: {key: one[key] for key in one if key != "name"} for one in load_yaml(file)["parameters"]
    }


def test_a_parameter_is_the_same_everywhere():
    known = {}
    for file in TEMPLATES:
        for name, told in declared(file).items():
            assert re.fullmatch("[a-z]+(_[a-z]+)*", name)
            if name != "condition":
                assert known.setdefault(name, told) == told, f"{name} in {file.name}"


def test_the_names_are_those_of_the_action():
    action = load_yaml(ROOT / "action.yml")["inputs"]
    step = declared(AZURE / "steps" / "ci-mlops.yml")

    # the token is the job's own; the others serve what GitHub's templates do by other means
    assert set(action) - set(step) == {"token", "several", "needs", "verdicts"}
    assert set(step) - set(action) == {
        "github_token",
        "artifacts",
        "registry",
        "registry_write",
        "waived_in",
        "verdict_digest",
        "end",
    }
    for name in ("config", "output"):
        assert step[name]["default"] == action[name]["default"]
    told = action["command"]["description"].partition("one of ")[2].partition(";")[0].split(", ")
    assert set(told) - set(step["command"]["values"]) == {"find", "waive", "gate", "publish-run"}
    assert set(step["command"]["values"]) <= set(told)


@pytest.mark.parametrize("caller", ["azure-pipelines.yml", "azure-pipelines-isolated.yml"])
def test_what_opens_the_registry_for_writing_reaches_the_registration_alone(tmp_path, caller):
    pad = "    " if "isolated" in caller else "      "
    keys = f"{pad}registry: {{KEY: $(READ)}}\n{pad}registry_write: {{KEY: $(WRITE)}}\n"
    (tmp_path / caller).write_text((AZURE / caller).read_text() + keys)
    document = expand({"self": tmp_path, "mlops": ROOT}, caller)
    held = {
        (step["displayName"], step["env"]["KEY"])
        for _, step in steps_in(document)
        if "KEY" in step.get("env", {})
    }

    assert held == {
        ("Run it", "$(READ)"),
        ("Register it", "$(WRITE)"),
        ("Tell what the stages hold", "$(READ)"),
    }


def test_a_token_of_github_reaches_the_steps_that_ask_and_tell_alone(tmp_path):
    caller = AZURE / "azure-pipelines.yml"
    (tmp_path / caller.name).write_text(caller.read_text() + "      github_token: $(GITHUB_TOKEN)\n")
    document = expand({"self": tmp_path, "mlops": ROOT}, caller.name)
    held = {step["displayName"] for _, step in steps_in(document) if "GITHUB_TOKEN" in step.get("env", {})}

    assert held == {"Ask the event", "Say that it begins", "Register it", "Tell the verdict"}


def test_the_example_of_several_models_is_a_pipeline_with_a_job_for_each(tmp_path):
    page = (ROOT / "docs" / "azure.md").read_text()
    [example] = re.findall(r"```yaml\n(jobs:.*?)```", page, re.DOTALL)
    head = (AZURE / "azure-pipelines.yml").read_text().partition("\njobs:")[0]
    (tmp_path / "main.yml").write_text(f"{head}\n{example}")
    document = expand({"self": tmp_path, "mlops": ROOT}, "main.yml")

    assert [job["job"] for job in document["jobs"]] == ["churn", "credit"]
    for job in document["jobs"]:
        told = {step["env"]["CONFIG"] for step in job["steps"] if "CONFIG" in step.get("env", {})}
        assert told == {f"{job['job']}/ci-mlops.yml"}


def test_every_parameter_is_told_in_the_documentation():
    page = (ROOT / "docs" / "azure.md").read_text()
    inner = {
        "command",
        "stage",
        "waived_in",
        "verdict_digest",
        "end",
        "job",
        "training",
        "by_hand",
        "from",
        "artifact",
        "condition",
    }
    names = {name for file in TEMPLATES for name in declared(file)} - inner

    assert [name for name in sorted(names) if f"`{name}`" not in page] == []
