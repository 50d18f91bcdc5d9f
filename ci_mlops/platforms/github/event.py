"""The environment variables and the event's payload, read into a Change. Pure, but for the payload's file."""

import json
import re
import shlex
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from ci_mlops.errors import PlatformFailed
from ci_mlops.records import Change
from ci_mlops.records.change import Event

# A merge queue names its branch gh-readonly-queue/<base>/pr-<number>-<sha>; the payload has no number.
QUEUE_BRANCH = re.compile(r"refs/heads/gh-readonly-queue/.+/pr-(\d+)-[0-9a-f]+")
COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
NOTHING = re.compile(r"0+")
NUMBER = re.compile(r"[1-9][0-9]{0,8}")


def read_payload(environ: Mapping[str, str]) -> dict[str, Any]:
    path = environ.get("GITHUB_EVENT_PATH", "")
    if not path:
        return {}
    try:
        payload = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PlatformFailed(
            f"The event's payload can't be read: {error}",
            where=f"GITHUB_EVENT_PATH={path}",
            mend="GitHub Actions writes this file; leave the variable as the runner sets it.",
        ) from error
    return payload if isinstance(payload, dict) else {}


def read_change(environ: Mapping[str, str], payload: Mapping[str, Any]) -> Change:
    """
    The change that the event is about.

    `pull_request_target` is `other` on purpose, and `workflow_run` no pull request: they hold secrets, and code of
    a pull request has no business there.
    """
    event, about = _about(environ, payload)
    repository = environ.get("GITHUB_REPOSITORY", "")
    run_id = environ.get("GITHUB_RUN_ID", "")
    attempt = environ.get("GITHUB_RUN_ATTEMPT", "1")
    server = environ.get("GITHUB_SERVER_URL", "https://github.com")
    return Change(
        platform="github",
        event=event,
        repository=repository,
        run_id=run_id,
        run_attempt=int(attempt) if attempt.isdigit() else 1,
        run_url=f"{server}/{repository}/actions/runs/{run_id}" if run_id else "",
        workflow=_workflow(environ),
        job=environ.get("GITHUB_JOB", ""),
        default_branch=str(_at(payload, "repository", "default_branch") or ""),
        **about,
    )


def _about(environ: Mapping[str, str], payload: Mapping[str, Any]) -> tuple[Event, dict[str, Any]]:
    name = environ.get("GITHUB_EVENT_NAME", "")
    if name == "pull_request":
        return "pull_request", _pull_request(payload)
    if name == "merge_group":
        return "merge_group", _merge_group(payload)
    if name == "workflow_run":
        return "run_ended", {"head": _at(payload, "workflow_run", "head_sha")}
    if name == "push" and payload.get("deleted") is not True:
        return "push", _push(environ, payload)
    if name == "workflow_dispatch":
        return _by_hand(environ, payload)
    return "other", {"head": environ.get("GITHUB_SHA") or None}


def _by_hand(environ: Mapping[str, str], payload: Mapping[str, Any]) -> tuple[Event, dict[str, Any]]:
    default = _default_elsewhere(environ, payload)
    if number := _asked_for(payload):
        if default:
            # its checks would stand on that branch's own commit, where they could pass for a verdict on it
            raise PlatformFailed(
                "A pull request is asked for on the default branch only",
                where=f"workflow_dispatch on {environ.get('GITHUB_REF', '')}",
                mend=f"`gh workflow run {_file(environ)} --ref {default} -f pull_request={number} -f commit=...`.",
            )
        # whoever may start it asks for this one; its head is the second parent of the merge that is checked out
        return "pull_request", {"number": number, "asked": _read_commit(environ, payload, number)}
    head = {"head": environ.get("GITHUB_SHA") or None}
    if default:
        # where it left the default branch is worked out from the clone, as on a laptop
        return "branch", {**head, "base": f"refs/remotes/origin/{default}", "base_ref": default}
    return "other", head


def _pull_request(payload: Mapping[str, Any]) -> dict[str, Any]:
    pull = payload.get("pull_request")
    number = _at(pull, "number")
    head = _at(pull, "head", "sha")
    if not isinstance(number, int) or not COMMIT.fullmatch(str(head)):
        raise PlatformFailed(
            "The event says pull_request, but its payload names no number and head commit",
            where="GITHUB_EVENT_PATH, pull_request.number and pull_request.head.sha",
            mend="Leave GITHUB_EVENT_NAME and GITHUB_EVENT_PATH as the runner sets them.",
        )
    # the head's repository is null once a fork is deleted: a stranger's all the same
    source, target = _at(pull, "head", "repo", "full_name"), _at(pull, "base", "repo", "full_name")
    return {
        "head": head,
        "base": _at(pull, "base", "sha"),
        "base_ref": str(_at(pull, "base", "ref") or ""),
        "number": number,
        "fork": source != target,
        "labels": _labels(pull),
        "draft": _at(pull, "draft") is True,
        "closed": payload.get("action") == "closed" or _at(pull, "state") == "closed",
    }


def _labels(pull: Any) -> tuple[str, ...]:
    labels = _at(pull, "labels")
    named = (_at(label, "name") for label in labels) if isinstance(labels, list) else ()
    return tuple(name for name in named if isinstance(name, str))


def _asked_for(payload: Mapping[str, Any]) -> int | None:
    """The input `pull_request` of a run that a maintainer started; None: it has none."""
    given = str(_at(payload, "inputs", "pull_request") or "").strip()
    if not given:
        return None
    if not NUMBER.fullmatch(given):
        raise PlatformFailed(
            f"{given[:40]!a} is not the number of a pull request",
            where="workflow_dispatch, inputs.pull_request",
            mend="Digits only, as in `-f pull_request=7`.",
        )
    return int(given)


def _read_commit(environ: Mapping[str, str], payload: Mapping[str, Any], number: int) -> str:
    """The input `commit`: without it a push between the reading and the run would be judged unread."""
    given = str(_at(payload, "inputs", "commit") or "").strip()
    if not COMMIT.fullmatch(given):
        raise PlatformFailed(
            f"{given[:80]!a} is not the whole name of a commit"
            if given
            else "No commit is named that was read",
            where="workflow_dispatch, inputs.commit",
            mend="All digits of the commit that you have read: "
            f"`gh workflow run {_file(environ)} -f pull_request={number} -f commit=...`; the comment shows it ready.",
        )
    return given


def _merge_group(payload: Mapping[str, Any]) -> dict[str, Any]:
    group = payload.get("merge_group")
    branch = QUEUE_BRANCH.fullmatch(str(_at(group, "head_ref") or ""))
    return {
        "head": _at(group, "head_sha"),
        "base": _at(group, "base_sha"),
        "base_ref": str(_at(group, "base_ref") or "").removeprefix("refs/heads/"),
        "number": int(branch[1]) if branch else None,
    }


def _push(environ: Mapping[str, str], payload: Mapping[str, Any]) -> dict[str, Any]:
    before = str(payload.get("before") or "")
    ref = environ.get("GITHUB_REF", "")
    return {
        "head": environ.get("GITHUB_SHA") or payload.get("after"),
        # the first push of a branch comes from nowhere: forty zeros
        "base": None if not before or NOTHING.fullmatch(before) else before,
        "base_ref": ref.removeprefix("refs/heads/") if ref.startswith("refs/heads/") else "",
    }


def _default_elsewhere(environ: Mapping[str, str], payload: Mapping[str, Any]) -> str:
    """The default branch, where the run is of another one; nothing where it is of a tag or of that branch itself."""
    default = str(_at(payload, "repository", "default_branch") or "")
    ref = environ.get("GITHUB_REF", "")
    return default if ref.startswith("refs/heads/") and ref != f"refs/heads/{default}" else ""


def _file(environ: Mapping[str, str]) -> str:
    return shlex.quote(PurePosixPath(_workflow(environ)).name or "ci-mlops.yml")


def _workflow(environ: Mapping[str, str]) -> str:
    """The workflow's file, which outlives its display name: `.github/workflows/ci-mlops.yml`."""
    reference = environ.get("GITHUB_WORKFLOW_REF", "").partition("@")[0]
    path = reference.removeprefix(environ.get("GITHUB_REPOSITORY", "") + "/")
    return path or environ.get("GITHUB_WORKFLOW", "")


def _at(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
