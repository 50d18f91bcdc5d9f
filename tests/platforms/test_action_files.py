"""action.yml, the templates and the locks, by the linters that know GitHub and by rules of our own."""

import json
import re
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
ACTION = ROOT / "action.yml"
CALLER = ROOT / "templates" / "github" / "ci-mlops-caller.yml"
"""It has no steps of its own."""
TEMPLATES = sorted(path for path in (ROOT / "templates" / "github").rglob("*.yml") if path != CALLER)
ASKED_FOR = "${{ inputs.pull_request && format('refs/pull/{0}/merge', inputs.pull_request) || '' }}"
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))

WHOLE = "${{ github.event_name == 'workflow_dispatch' && '0' || '2' }}"
"""A branch that somebody asks about by hand is compared with the place where it left the default branch."""
# Jobs that may write, each of them only what it says on the pull request.
WRITERS = {
    "ci-mlops.yml": ("validate", "waive", "gate"),
    "ci-mlops-isolated.yml": ("begin", "judge", "waive", "gate", "register"),
    "ci-mlops-matrix.yml": ("find", "model", "waive", "gate"),
    "model-gate.yml": ("begin", "judge", "waive", "gate", "register"),
    "ci-mlops-branch.yml": ("branch",),
    "ci-mlops-drill.yml": (),
    "ci-mlops-history.yml": (),
    "ci-mlops-promote.yml": (),
    "ci-mlops-passport.yml": ("attest",),
    "ci-mlops-reproduce.yml": (),
    "ci-mlops-publish.yml": ("publish",),
    "ci-mlops-rollback.yml": (),
}
GATED = [path for path in TEMPLATES if "gate" in WRITERS[path.name]]


def tool(name, *arguments):
    return subprocess.run(
        [str(Path(sys.prefix) / "bin" / name), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def steps(document):
    yield from document.get("runs", {}).get("steps", ())
    for job in document.get("jobs", {}).values():
        yield from job["steps"]


@pytest.fixture(params=[ACTION, *TEMPLATES], ids=lambda path: path.name)
def file(request):
    return request.param


def test_no_expression_is_pasted_into_a_script(file):
    pasted = [step["run"] for step in steps(yaml.safe_load(file.read_text())) if "${{" in step.get("run", "")]

    assert pasted == []


def test_no_script_writes_variables_or_the_path_of_later_steps(file):
    assert not re.search("GITHUB_(ENV|PATH)", file.read_text())


def test_every_action_of_others_is_pinned_by_its_commit_and_says_which_version(file):
    used = re.findall(r"uses: (\S+)@(\S+)(.*)", file.read_text())
    others = [one for one in used if one[0] != "ci-mlops/ci-mlops"]

    assert others
    for _, reference, comment in others:
        assert re.fullmatch("[0-9a-f]{40}", reference)
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment)


def test_the_token_reaches_only_the_steps_that_need_it():
    holders = [
        step["name"]
        for step in steps(yaml.safe_load(ACTION.read_text()))
        if "inputs.token" in json.dumps(step.get("env", {}))
    ]
    [run] = [step for step in steps(yaml.safe_load(ACTION.read_text())) if step.get("id") == "run"]

    assert holders == ["Say that it begins", "Run it", "Tell the verdict", "Have the last word"]
    assert (
        run["env"]["GITHUB_TOKEN"]
        == """${{ contains(fromJSON('["register", "promote"]'), steps.story.outputs.story) && inputs.token || '' }}"""
    )


def test_inputs_are_kebab_case_and_described_in_a_sentence():
    action = yaml.safe_load(ACTION.read_text())

    for name, told in {**action["inputs"], **action["outputs"]}.items():
        assert re.fullmatch("[a-z]+(-[a-z]+)*", name)
        assert re.fullmatch(r"[A-Z].+\.", told["description"])


def test_what_the_action_promises_as_output_is_what_publish_writes():
    from ci_mlops.flows.publish import files
    from ci_mlops.records import Tool, Verdict
    from ci_mlops.report.publication import outputs

    verdict = Verdict(
        model="m", task="classification", verdict="passed", reason="x", exit_code=0, tool=Tool(version="0")
    )
    written = {*outputs(verdict), *files(verdict, Path("verdict.json")), "comment-url", "posted"}
    promised = yaml.safe_load(ACTION.read_text())["outputs"]
    asked = {
        name
        for told in promised.values()
        for name in re.findall(r"steps\.publish\.outputs\.([a-z-]+)", told["value"])
    }

    assert asked <= written


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_grants_nothing_by_default_and_writes_only_where_the_verdict_is_told(template):
    workflow = yaml.safe_load(template.read_text())
    writers = {
        name: {scope for scope, right in job["permissions"].items() if right == "write"}
        for name, job in workflow["jobs"].items()
    }

    assert workflow["permissions"] == {}
    assert {name for name, scopes in writers.items() if scopes} == set(WRITERS[template.name])
    for name, scopes in writers.items():
        told = {"statuses"} if name in ("register", "branch") else {"pull-requests", "statuses"}
        told = {"id-token", "attestations"} if name == "attest" else told
        assert scopes in (set(), told)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_fetches_the_base_keeps_no_credentials_and_is_never_left_out_by_path(template):
    workflow = yaml.safe_load(template.read_text())
    checkouts = [step for step in steps(workflow) if "actions/checkout" in step.get("uses", "")]
    # YAML 1.1 reads the key `on` as true
    triggers = workflow[True].values()  # of the reusable one: its inputs

    assert checkouts
    for step in checkouts:
        given = dict(step["with"])
        assert given.pop("ref", ASKED_FOR) == ASKED_FOR
        # the privileged half of a fork's road looks at no change with git's own depth
        assert given.pop("fetch-depth", 1) in (
            (1,) if template.name == "ci-mlops-publish.yml" else (2, 0, WHOLE)
        )
        assert given == {"persist-credentials": False}
    assert not any("paths" in (trigger or {}) for trigger in triggers)


def test_the_workflow_that_may_write_for_forks_takes_nothing_but_the_default_branch():
    workflow = yaml.safe_load((ROOT / "templates/github/ci-mlops-publish.yml").read_text())
    [job] = workflow["jobs"].values()

    assert set(workflow[True]) == {"workflow_run"}
    assert [step.get("uses", "").partition("@")[0] for step in job["steps"]] == [
        "actions/checkout",
        "ci-mlops/ci-mlops",
    ]
    assert job["steps"][0]["with"] == {"persist-credentials": False}
    assert not any("run" in step for step in job["steps"])


def test_the_jobs_that_run_a_change_again_all_take_the_merge_of_the_one_that_was_asked_for():
    workflow = yaml.safe_load((ROOT / "templates/github/ci-mlops-isolated.yml").read_text())
    taken = {
        name: step["with"].get("ref")
        for name, job in workflow["jobs"].items()
        for step in job["steps"]
        if "actions/checkout" in step.get("uses", "")
    }

    assert taken.pop("register") is None
    assert {"train", "predict", "judge"} <= taken.keys()
    assert set(taken.values()) == {ASKED_FOR}
    asked = workflow[True]["workflow_dispatch"]["inputs"]
    assert [asked[name]["type"] for name in ("pull_request", "commit")] == ["number", "string"]


@pytest.mark.parametrize("name", ["ci-mlops-isolated.yml", "reusable/model-gate.yml"])
def test_no_code_of_a_pull_request_that_was_asked_for_runs_before_its_commit_is_the_one_that_was_read(name):
    jobs = yaml.safe_load((ROOT / "templates/github" / name).read_text())["jobs"]
    for job in (jobs["train"], jobs["predict"]):
        first, second = job["steps"][:2]

        assert "actions/checkout" in first["uses"]
        assert (second["if"], second["env"]) == (
            "inputs.pull_request",
            {"COMMIT": "${{ inputs.commit }}"},
        )
        assert "exit 2" in second["run"]


def test_the_isolated_gate_is_never_skipped_because_something_before_it_failed():
    workflow = yaml.safe_load((ROOT / "templates/github/ci-mlops-isolated.yml").read_text())
    judge = workflow["jobs"]["judge"]

    assert "!cancelled()" in judge["if"]
    assert judge["needs"] == ["begin", "train", "predict"]
    assert not any(step.get("continue-on-error") for step in judge["steps"])


@pytest.mark.parametrize("template", GATED, ids=lambda path: path.name)
def test_the_last_job_looks_at_every_other_one_and_is_never_skipped(template):
    jobs = yaml.safe_load(template.read_text())["jobs"]
    gate = jobs["gate"]
    [asked] = [step["with"] for step in gate["steps"] if "ci-mlops/ci-mlops" in step.get("uses", "")]

    assert gate["if"] == "${{ always() && github.event_name != 'push' }}"
    assert set(gate["needs"]) == set(jobs) - {"gate", "register"}
    assert (asked["command"], asked["needs"]) == ("gate", "${{ toJSON(needs) }}")
    assert [job["name"] for job in jobs.values()].count(gate["name"]) == 1


@pytest.mark.parametrize("template", GATED, ids=lambda path: path.name)
def test_a_waiver_by_approval_is_asked_for_only_where_it_is_wanted_and_something_blocks(template):
    waive = yaml.safe_load(template.read_text())["jobs"]["waive"]

    assert waive["environment"] == "model-waiver"
    assert re.search(r"(vars\.CI_MLOPS_WAIVERS|inputs\.waivers) == 'environment'", waive["if"])
    assert ".result == 'failure'" in waive["if"]
    assert waive["permissions"]["actions"] == "read"


def test_the_reusable_workflow_is_the_isolated_template_with_inputs_and_its_caller_grants_what_it_asks_for():
    isolated = yaml.safe_load((ROOT / "templates/github/ci-mlops-isolated.yml").read_text())
    reusable = yaml.safe_load((ROOT / "templates/github/reusable/model-gate.yml").read_text())
    caller = yaml.safe_load(CALLER.read_text())
    asked = reusable[True]["workflow_call"]
    order = ("none", "read", "write")
    granted = caller["jobs"]["model"]["permissions"]

    assert list(reusable["jobs"]) == list(isolated["jobs"])
    for name, job in reusable["jobs"].items():
        same = isolated["jobs"][name]
        assert (job["name"], job["permissions"], job.get("needs")) == (
            same["name"],
            same["permissions"],
            same.get("needs"),
        )
        assert job["if"] == same["if"].replace("vars.CI_MLOPS_WAIVERS", "inputs.waivers")
        assert [step["name"] for step in job["steps"]] == [step["name"] for step in same["steps"]]
        for scope, level in job["permissions"].items():
            assert order.index(granted[scope]) >= order.index(level)
    for name, told in {**asked["inputs"], **asked["outputs"]}.items():
        assert re.fullmatch("[a-z]+(_[a-z]+)*", name)
        assert re.fullmatch(r"[A-Z].+\.", told["description"])
    assert set(caller["jobs"]["model"]["with"]) <= set(asked["inputs"])
    assert caller["concurrency"] == isolated["concurrency"]
    assert caller[True] == isolated[True]


@pytest.mark.parametrize("what", ["drill", "reproduce"])
def test_what_runs_by_the_clock_or_by_hand_lets_no_change_wait_for_it(what):
    workflow = yaml.safe_load((ROOT / f"templates/github/ci-mlops-{what}.yml").read_text())

    assert set(workflow[True]) == {"schedule", "workflow_dispatch"}


def locked(path):
    text = path.read_text()
    return {
        canonicalize_name(name): version
        for name, version in re.findall(r"(?m)^([\w.-]+(?:\[\w+\])?)==([^\s;\\]+)", text)
    }


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_pins_every_package_by_hash_and_names_no_registry(lock):
    text = lock.read_text()
    entries = re.split(r"(?m)^(?=[\w.-]+==)", text)[1:]

    assert entries
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
    assert "index" not in "".join(line for line in text.splitlines() if line.startswith("-"))


def test_the_full_lock_holds_what_the_package_asks_for_and_the_light_one_is_a_part_of_it():
    full, light = (locked(ROOT / "requirements" / name) for name in ("full.txt", "publish.txt"))
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]

    for one in map(Requirement, asked):
        assert one.specifier.contains(full[canonicalize_name(one.name)]), one
    assert light.items() <= full.items()
    assert not {"mlflow", "numpy", "pandas", "pyarrow", "scikit-learn"} & set(light)


def test_publishing_loads_nothing_that_the_light_lock_lacks():
    """Run where every package of the full lock alone is out of reach."""
    full, light = (locked(ROOT / "requirements" / name) for name in ("full.txt", "publish.txt"))
    names = {"scikit-learn": "sklearn", "pyyaml": "yaml"}
    banned = sorted(names.get(name, name.replace("-", "_")) for name in set(full) - set(light))
    program = f"""
import sys
sys.modules.update(dict.fromkeys({banned!r}))
import ci_mlops.cli.activity, ci_mlops.cli.wiring, ci_mlops.cli.publish, ci_mlops.flows.publish, ci_mlops.flows.activity
import ci_mlops.cli.gate, ci_mlops.cli.waive, ci_mlops.flows.begin, ci_mlops.flows.last_word, ci_mlops.flows.waive
import ci_mlops.platforms.github.approvals
import ci_mlops.platforms.github.sticky, ci_mlops.platforms.github.status, ci_mlops.platforms.github.artifacts
import ci_mlops.platforms.azure.thread, ci_mlops.platforms.azure.status, ci_mlops.platforms.azure.artifacts
import ci_mlops.platforms.azure.refusals, ci_mlops.platforms.azure.on_github
import ci_mlops.report.codec
ci_mlops.cli.wiring.tools_from({{"GITHUB_ACTIONS": "true", "HOME": "/nowhere"}})
ci_mlops.cli.wiring.tools_from({{"TF_BUILD": "True", "HOME": "/nowhere"}})
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("environ", "says"), [({}, "::error title="), ({"TF_BUILD": "True"}, "##vso[task.logissue type=error]")]
)
def test_a_runner_without_a_python_for_us_says_what_to_add(tmp_path, environ, says):
    (tmp_path / "bash").symlink_to("/bin/bash")
    (tmp_path / "dirname").symlink_to("/usr/bin/dirname")
    old = tmp_path / "python"
    old.write_text("#!/bin/bash\nexit 1\n")
    old.chmod(0o755)
    done = subprocess.run(
        ["/bin/bash", str(ROOT / "requirements" / "install.sh"), "lock", str(tmp_path / "home")],
        env={"PATH": str(tmp_path), **environ},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr.startswith(says)
    assert ("UsePythonVersion@0" if environ else "actions/setup-python") in done.stderr
    assert not (tmp_path / "home").exists()


def test_the_change_cannot_configure_the_install_of_our_own_environment(tmp_path):
    """A judge's job holds tokens, and starts in the checkout of the change: its uv.toml must not be read."""
    tools, checkout = tmp_path / "tools", tmp_path / "checkout"
    tools.mkdir()
    checkout.mkdir()
    (checkout / "uv.toml").write_text('index-url = "https://packages.example/simple"\n')
    # it stands for uv, and writes down how it was called: the real one would ask an index
    uv = tools / "uv"
    uv.write_text(f'#!/bin/bash\necho "$PWD $*" >> {tmp_path}/calls\n')
    uv.chmod(0o755)
    subprocess.run(
        ["/bin/bash", str(ROOT / "requirements" / "install.sh"), "lock.txt", "home"],
        cwd=checkout,
        env={"PATH": f"{tools}:{Path(sys.executable).parent}:/usr/bin:/bin"},
        check=True,
    )
    calls = (tmp_path / "calls").read_text().splitlines()

    assert len(calls) == 3
    for call in calls:
        assert call.startswith(f"{ROOT} --no-config ")
        assert f"{checkout}/home" in call
    assert f"{checkout}/lock.txt" in calls[1]


def taken_over():
    """Every step that fetches what another job left, with the step before it."""
    for template in TEMPLATES:
        for name, job in yaml.safe_load(template.read_text())["jobs"].items():
            given = job.get("steps", ())
            for before, step in pairwise(given):
                if "actions/download-artifact" in step.get("uses", ""):
                    yield pytest.param(before, step, id=f"{template.name}-{name}")


@pytest.mark.parametrize(("before", "step"), list(taken_over()))
def test_no_link_of_the_change_leads_what_is_taken_over_to_another_place(before, step, tmp_path):
    """The action that fetches follows a link, and would write over our own files."""
    place, ours = step["with"]["path"], tmp_path / "ours"
    assert before["env"]["FOLDER"] == place

    def run(home):
        home.mkdir(exist_ok=True)
        environ = {"PATH": "/usr/bin:/bin", "FOLDER": place if "${{" not in place else ".ci-mlops"}
        return subprocess.run(["/bin/bash", "-ec", before["run"]], cwd=home, env=environ, check=False)

    ours.mkdir()
    linked, plain = tmp_path / "linked", tmp_path / "plain"
    linked.mkdir()
    (linked / (place if "${{" not in place else ".ci-mlops")).symlink_to(ours)

    assert run(linked).returncode == 2
    assert ours.is_dir()
    assert run(plain).returncode == 0
