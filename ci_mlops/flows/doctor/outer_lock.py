"""The outer lock: who must agree to a change of the policy, the pins and the workflow? Without it law 5 does not hold."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from ci_mlops.errors import CiMlopsError
from ci_mlops.flows.doctor.check import Check, fine, not_tried, warning
from ci_mlops.flows.doctor.clone import origin
from ci_mlops.flows.doctor.owners import PLACES, Owners, read_owners
from ci_mlops.flows.doctor.patient import Patient
from ci_mlops.flows.doctor.pipelines import gates_on_azure, reviewers_on_azure
from ci_mlops.flows.doctor.workflows import FINDS, GATE, read_workflows

GATED = "Model gate"
"""What the templates call their last job."""
_OWNERS = "outer_lock.owners"
_RULES = "outer_lock.rules"
_LOCKED = "ci-mlops.yml, ci-mlops.lock and the workflow"
_ADDRESS = re.compile(r"[/:](?P<name>[\w.-]+/[\w.-]+?)(?:\.git)?/?$")


def look(patient: Patient) -> Iterator[Check]:
    if patient.top is None:
        yield not_tried("outer_lock", "There is no git repository.")
        return
    if gates_on_azure(patient):
        yield reviewers_on_azure(patient)
        return
    yield from _owners(patient)
    yield from _rules(patient)


def files_to_lock(patient: Patient) -> tuple[str, ...]:
    ours = [flow.path for flow in read_workflows(patient) if flow.is_ours]
    return (
        patient.in_repository(patient.config_path.name),
        patient.in_repository(patient.lock_path.name),
        *ours,
    )


def _owners(patient: Patient) -> Iterator[Check]:
    assert patient.top is not None  # noqa: S101 - asked for by `look`
    owners = read_owners(patient.top)
    if owners is None:
        yield warning(
            _OWNERS,
            f"There is no CODEOWNERS: whoever may merge may change {_LOCKED}.",
            where=PLACES[0],
            mend=f"Write {PLACES[0]} with owners for {_listed(files_to_lock(patient))}.",
        )
        return
    yield from unowned(owners, (*files_to_lock(patient), owners.path))


def unowned(owners: Owners, files: Sequence[str]) -> Iterator[Check]:
    open_files = []
    for file in files:
        line = owners.of(file)
        if line is None or not line.owners:
            open_files.append(file)
            where = f"{owners.path}:{line.number}" if line else owners.path
            why = f"line {line.number} takes its owners away" if line else "no line matches it"
            yield warning(
                _OWNERS,
                f"{file} has no owner: {why}.",
                where=where,
                mend=f"Add the line `/{file} @who-decides`.",
            )
    if not open_files:
        yield fine(_OWNERS, f"{_listed(files)} have owners.", owners.path)


def _rules(patient: Patient) -> Iterator[Check]:
    if patient.instruments.rules is None:
        yield not_tried(
            _RULES,
            "Not looked at: no token. Owners bind only where a branch rule asks for their review.",
            mend="`GITHUB_TOKEN=... ci-mlops doctor` asks GitHub for the rules of the default branch.",
        )
        return
    assert patient.config is not None  # noqa: S101 - the story asks for it
    name = patient.instruments.environ.get("GITHUB_REPOSITORY") or _named_by(origin(patient.folder))
    if not name:
        yield not_tried(_RULES, "Not looked at: `origin` names no repository on GitHub.")
        return
    branch = patient.tools.platform.change().default_branch or "main"
    try:
        rules = patient.instruments.rules(name, branch)
    except CiMlopsError as error:
        yield not_tried(_RULES, f"Not looked at: {error.what}.", mend=error.mend)
        return
    jobs = [job for flow in read_workflows(patient) for job in flow.jobs]
    gates = {job.title for job in jobs if GATE in job.ours}
    # the status of a model that a change leaves alone is never set there
    several = any(FINDS in job.ours for job in jobs)
    status = "ci-mlops/gate" if several else f"ci-mlops/gate/{patient.config.model}"
    yield from judge_rules(rules, branch, status, gates)


def judge_rules(
    rules: Sequence[Mapping[str, Any]], branch: str, status: str, gates: Collection[str] = ()
) -> Iterator[Check]:
    """
    What the rules of a branch ask for, in GitHub's own shape: `[{type, parameters}]`.

    Args:
        rules: Those that hold for it.
        branch: Its name.
        status: What must be required.
        gates: Names of last jobs, whose checks may be required too.
    """
    given = [(str(rule.get("type")), rule.get("parameters") or {}) for rule in rules]
    reviewed = [more for kind, more in given if kind == "pull_request"]
    if not reviewed:
        yield warning(
            _RULES,
            f"No rule asks for a pull request into `{branch}`.",
            mend="Settings, Rules, Rulesets: require one.",
        )
    elif not any(more.get("require_code_owner_review") for more in reviewed):
        yield warning(
            _RULES,
            f"Into `{branch}` nobody's review as an owner is required: CODEOWNERS does not bind.",
            mend="Settings, Rules, Rulesets: require review from code owners.",
        )
    else:
        yield fine(_RULES, f"Owners must agree before `{branch}` takes a change.")
    required = {
        str(check.get("context"))
        for kind, more in given
        if kind == "required_status_checks"
        for check in more.get("required_status_checks", [])
    }
    if status in required:
        yield fine("outer_lock.status", f"`{branch}` requires the status `{status}`.")
        return
    # a job of a called workflow is named after the job that calls it: `model / Model gate`
    known = {GATED, *gates}
    found = sorted(check for check in required if check in known or check.rpartition(" / ")[2] in known)
    yield warning(
        "outer_lock.status",
        f"`{branch}` requires the check `{found[0]}` alone, which a fork's own workflow file can colour as it likes."
        if found
        else f"No rule of `{branch}` requires the status `{status}`: a blocked change can be merged.",
        mend=f"Settings, Rules, Rulesets: require the status `{status}`{' too' if found else ''}.",
    )


def _named_by(address: str) -> str:
    found = _ADDRESS.search(address)
    return found["name"] if found else ""


def _listed(files: Sequence[str]) -> str:
    return f"{', '.join(files[:-1])} and {files[-1]}" if len(files) > 1 else files[0]
