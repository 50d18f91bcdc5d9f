"""The payload of a `workflow_run` event, read into an EndedRun. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from ci_mlops.errors import PlatformFailed
from ci_mlops.records import EndedRun

COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
REPOSITORY = re.compile(r"[\w.-]{1,100}/[\w.-]{1,100}", re.ASCII)


def read_ended_run(payload: Mapping[str, Any]) -> EndedRun:
    """
    Raises:
        PlatformFailed: no run, or one whose head's repository is gone.
    """
    run = payload.get("workflow_run")
    run = run if isinstance(run, Mapping) else {}
    source = run.get("head_repository")
    # null once the fork is deleted
    source = source if isinstance(source, Mapping) else {}
    name, head = str(source.get("full_name") or ""), str(run.get("head_sha") or "")
    number, branch = run.get("id"), str(run.get("head_branch") or "")
    if (
        not isinstance(number, int)
        or not COMMIT.fullmatch(head)
        or not REPOSITORY.fullmatch(name)
        or not branch
    ):
        raise PlatformFailed(
            "The event tells no run of the gate with a head commit, a branch and the repository of both",
            where="GITHUB_EVENT_PATH, workflow_run",
            mend="Run this on `workflow_run`, as templates/github/ci-mlops-publish.yml does. A fork may be deleted since.",
        )
    return EndedRun(
        id=str(number),
        url=str(run.get("html_url") or ""),
        event=str(run.get("event") or ""),
        # GitHub may name the file with the branch that it was taken from: `ci-mlops.yml@main`
        workflow=str(run.get("path") or "").partition("@")[0],
        head=head,
        branch=branch,
        owner=name.partition("/")[0],
        source=name,
    )
