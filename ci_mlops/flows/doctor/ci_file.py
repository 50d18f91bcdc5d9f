"""The CI file: does it run ci-mlops, on the right events, deep enough, and with what the verdict needs to be told?"""

import re
from collections.abc import Iterator

from ci_mlops import __version__
from ci_mlops.flows.doctor.check import Check, fine, problem, warning
from ci_mlops.flows.doctor.clone import in_lfs
from ci_mlops.flows.doctor.ended_runs import COMMAND, EVENT, of_ended_runs
from ci_mlops.flows.doctor.patient import Patient
from ci_mlops.flows.doctor.pipelines import look_at_pipelines, pipeline_files
from ci_mlops.flows.doctor.workflows import CALLS, FOLDER, Job, Workflow, read_workflows

_CODE = 2
_COMMIT = re.compile(r"[0-9a-f]{40}")
_COMMENTS = frozenset(
    ("auto", "validate", "judge", "publish", "begin", "find", "waive", "gate", COMMAND, CALLS)
)
_TELLS = _COMMENTS | {"register"}
_READS = frozenset(
    ("auto", "validate", "train", "predict", "judge", "register", "drill", "reproduce", COMMAND)
)
"""Commands that read data."""
_LEVELS = ("none", "read", "write")


def look(patient: Patient) -> Iterator[Check]:
    flows = read_workflows(patient)
    for flow in flows:
        if flow.fault:
            yield warning(
                "ci", f"{flow.path} can't be read: {flow.fault}.", where=flow.path, mend="Mend its YAML."
            )
    ours = [flow for flow in flows if flow.is_ours]
    pipelines = pipeline_files(patient)
    yield from look_at_pipelines(patient, pipelines)
    if not ours:
        if not pipelines:
            yield _none()
        return
    yield from _events([flow for flow in ours if EVENT not in flow.events] or ours)
    for flow in ours:
        if EVENT in flow.events:
            yield from of_ended_runs(flow)
        for job in flow.jobs:
            if job.ours:
                yield from _job(patient, flow, job)


def _none() -> Check:
    return warning(
        "ci",
        f"No workflow in {FOLDER} runs ci-mlops, and no pipeline of Azure does: no change is gated.",
        where=FOLDER,
        mend="`ci-mlops init github` writes one, `ci-mlops init azure` the other.",
    )


def _events(flows: list[Workflow]) -> Iterator[Check]:
    where = flows[0].path
    events = {event: flow for flow in flows for event in flow.events}
    for event in ("pull_request_target", "issue_comment"):
        if event in events:
            yield problem(
                "ci.events",
                f"It runs on `{event}`, where code of a pull request would run beside secrets.",
                exit_code=_CODE,
                where=events[event].path,
                mend="`pull_request`; templates/github/ci-mlops-publish.yml tells what is known of a fork.",
            )
    if "pull_request" not in events:
        yield problem(
            "ci.events",
            "It does not run on `pull_request`: no change is gated.",
            exit_code=_CODE,
            where=where,
            mend="Add it under `on:`.",
        )
    for flow in flows:
        for event in ("pull_request", "merge_group"):
            narrowed = [key for key in ("paths", "paths-ignore") if key in flow.events.get(event, {})]
            if narrowed:
                yield problem(
                    "ci.paths",
                    f"`{narrowed[0]}` under `{event}`: a required check that never starts blocks the merge for ever.",
                    exit_code=_CODE,
                    where=flow.path,
                    mend="Leave it out: ci-mlops sees by itself that a change touches no model.",
                )
    if "merge_group" not in events:
        yield warning(
            "ci.events",
            "It does not run on `merge_group`: a merge queue would wait for ever.",
            where=where,
            mend="Add it under `on:`, or use no merge queue.",
        )
    if "push" not in events:
        yield warning(
            "ci.events",
            "It does not run on `push`: nothing is registered after a merge.",
            where=where,
            mend="Add `push: {branches: [main]}`, or use no registry.",
        )
    if {"pull_request", "merge_group", "push"} <= events.keys():
        yield fine("ci.events", "It runs on pull requests, in the merge queue and after the merge.", where)


def _job(patient: Patient, flow: Workflow, job: Job) -> Iterator[Check]:
    yield from _permissions(job, flow)
    yield from _checkout(patient, job)
    for ref in job.refs:
        yield _reference(job, ref)


def _permissions(job: Job, flow: Workflow) -> Iterator[Check]:
    granted = job.permissions
    if granted is None:
        yield warning(
            "ci.permissions",
            "Nobody says which permissions the job's token has; the repository's default holds.",
            where=job.where,
            mend="`permissions: {contents: read, pull-requests: write, statuses: write}` in the job.",
        )
        return
    lacking = []
    # by hand, on a branch, there is no pull request that could be commented on
    by_hand = set(flow.events) == {"workflow_dispatch"}
    for name, level, why in needed(job.ours, after_merge="push" in flow.events):
        if by_hand and name == "pull-requests":
            continue
        if _LEVELS.index(granted.get(name, "none")) < _LEVELS.index(level):
            lacking.append(name)
            grave = name in ("contents", "statuses")
            mend = f"`{name}: {level}` under the job's `permissions:`."
            what = f"The job's token has no `{name}: {level}`: {why}."
            yield (
                problem("ci.permissions", what, exit_code=_CODE, where=job.where, mend=mend)
                if grave
                else warning("ci.permissions", what, where=job.where, mend=mend)
            )
    runs_code = {"auto", "validate", "train", "predict"} & set(job.ours)
    broad = sorted(name for name, level in granted.items() if level == "write" and name == "contents")
    if runs_code and broad:
        yield warning(
            "ci.permissions",
            "The job that runs code of the change may write contents.",
            where=job.where,
            mend="`contents: read`.",
        )
    if not lacking:
        yield fine("ci.permissions", f"The job `{job.name}` has what it needs.", job.where)


def needed(commands: tuple[str, ...], *, after_merge: bool) -> list[tuple[str, str, str]]:
    """(permission, level, what fails without it)."""
    wanted = [("contents", "read", "the repository can't be checked out")]
    if _TELLS & set(commands):
        wanted.append(("statuses", "write", "the status that a branch rule requires is never set"))
    if _COMMENTS & set(commands):
        wanted.append(("pull-requests", "write", "no comment is written"))
    if ({"auto", CALLS} & set(commands) and after_merge) or "register" in commands:
        wanted.append(("actions", "read", "the judged model is not found again after the merge"))
    if COMMAND in commands:
        wanted.append(("actions", "read", "what the run of a fork left can't be fetched"))
    return wanted


def _checkout(patient: Patient, job: Job) -> Iterator[Check]:
    if not job.checkouts and CALLS not in job.ours:
        yield warning(
            "ci.checkout", "No step of the job checks out.", where=job.where, mend="`actions/checkout`."
        )
    for given in job.checkouts:
        depth = str(given.get("fetch-depth", 1))
        if COMMAND in job.ours:
            yield fine("ci.depth", "It fetches the merge by itself.", job.where)
        elif "${{" in depth:
            yield fine("ci.depth", "`fetch-depth` is worked out by the run.", job.where)
        elif depth != "0" and (not depth.isdigit() or int(depth) < 2):
            yield problem(
                "ci.depth",
                f"`fetch-depth` is {depth}: the change's base is not in the clone.",
                exit_code=_CODE,
                where=job.where,
                mend="`fetch-depth: 2`; 0 where merges are rebased.",
            )
        else:
            yield fine("ci.depth", f"`fetch-depth` is {depth}.", job.where)
        if str(given.get("persist-credentials", "true")).lower() != "false":
            yield warning(
                "ci.credentials",
                "The checkout leaves the token in .git/config, where code of the change can read it.",
                where=job.where,
                mend="`persist-credentials: false`.",
            )
        if _READS & set(job.ours) and not _truth(given.get("lfs")) and (stored := _in_lfs(patient)):
            yield problem(
                "ci.lfs",
                f"{stored[0]} is in Git LFS, and the checkout fetches its pointer alone.",
                exit_code=4,
                where=job.where,
                mend="`lfs: true` for actions/checkout.",
            )


def _in_lfs(patient: Patient) -> list[str]:
    if patient.top is None or patient.lock is None:
        return []
    names = [patient.in_repository(pin.path) for pins in patient.lock.data.values() for pin in pins]
    return in_lfs(names, patient.top)


def _truth(value: object) -> bool:
    return str(value).lower() == "true"


def _reference(job: Job, ref: str) -> Check:
    if _COMMIT.fullmatch(ref):
        return fine("ci.version", f"ci-mlops is named by a commit, {ref[:8]}.", job.where)
    ours = f"v{__version__}"
    other = f" This is {ours}." if ref != ours else ""
    return warning(
        "ci.version",
        f"ci-mlops is named by `{ref}`, which whoever owns it can move.{other}",
        where=job.where,
        mend="Name the commit of the release: `@<40 hex digits> # " + ours + "`.",
    )
