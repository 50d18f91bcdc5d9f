"""The agent's variables, read into a Change. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from ci_mlops.errors import PlatformFailed
from ci_mlops.platforms.azure.place import Place
from ci_mlops.records import Change
from ci_mlops.records.change import Event

COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
PUSHES = ("IndividualCI", "BatchedCI")
BY_HAND = "Manual"
DEFAULT_BRANCH = "CI_MLOPS_DEFAULT_BRANCH"
STANDING = "CI_MLOPS_STANDING"
"""How the pull request stands, as a step that may ask learnt it: `draft` and our own labels, with commas between them."""
DRAFT = "draft"
UNNAMED = ("", "__default", "Default")


def read_change(environ: Mapping[str, str], place: Place, default_branch: Callable[[], str]) -> Change:
    """
    The change that the run is about.

    `default_branch` is asked on a push and in a run by hand: no variable of the agent tells it, and nobody else needs it.
    Runs by the clock or after another pipeline are `other`: they carry no change to judge.
    """
    event, about = _about(environ, place, default_branch)
    build = environ.get("BUILD_BUILDID", "")
    return Change(
        platform="azure",
        forge="github" if place.on_github else "",
        event=event,
        repository=f"{place.project}/{place.repository_name}" if place.here else place.repository_name,
        run_id=build,
        run_attempt=max(_number(environ, "SYSTEM_STAGEATTEMPT"), _number(environ, "SYSTEM_JOBATTEMPT"), 1),
        run_url=place.run_url(build),
        workflow=environ.get("SYSTEM_DEFINITIONNAME") or environ.get("BUILD_DEFINITIONNAME") or "",
        job=_job(environ),
        **about,
    )


def _about(
    environ: Mapping[str, str], place: Place, default_branch: Callable[[], str]
) -> tuple[Event, dict[str, Any]]:
    reason = environ.get("BUILD_REASON", "")
    ref = environ.get("BUILD_SOURCEBRANCH", "")
    head = environ.get("BUILD_SOURCEVERSION") or None
    if reason == "PullRequest":
        return "pull_request", _pull_request(environ, place)
    if not ref.startswith("refs/heads/"):
        return "other", {"head": head}
    branch = ref.removeprefix("refs/heads/")
    if reason in PUSHES:
        # where the branch was before is in no variable either: the first parent stands for it
        return "push", {"head": head, "base_ref": branch, "default_branch": default_branch()}
    if reason == BY_HAND and (place.here or filled_in(environ, DEFAULT_BRANCH)):
        default = default_branch()
        if default and branch != default:
            # where it left the default branch is worked out from the clone, as on a laptop
            base = f"refs/remotes/origin/{default}"
            return "branch", {"head": head, "base": base, "base_ref": default, "default_branch": default}
    return "other", {"head": head}


def filled_in(environ: Mapping[str, str], name: str) -> str:
    """What a template was to fill in; a macro that nobody replaced says nothing."""
    value = environ.get(name, "")
    return "" if value.startswith("$(") else value


def _pull_request(environ: Mapping[str, str], place: Place) -> dict[str, Any]:
    # BUILD_SOURCEVERSION is the merge of the pull request, which no reader has ever seen
    head = environ.get("SYSTEM_PULLREQUEST_SOURCECOMMITID", "")
    # a pull request of GitHub has an id there that is not its number
    name = "SYSTEM_PULLREQUEST_PULLREQUEST" + ("ID" if place.here else "NUMBER")
    number = _number(environ, name)
    if not number or not COMMIT.fullmatch(head):
        raise PlatformFailed(
            "The run's reason is a pull request, but its variables name no number and head commit",
            where=f"{name} and SYSTEM_PULLREQUEST_SOURCECOMMITID",
            mend="Leave the variables as the agent sets them; a container job must be given them too.",
        )
    target = environ.get("SYSTEM_PULLREQUEST_TARGETBRANCH", "")
    standing = [word for word in filled_in(environ, STANDING).split(",") if word]
    return {
        "head": head,
        "base_ref": target.removeprefix("refs/heads/"),
        "number": number,
        "fork": environ.get("SYSTEM_PULLREQUEST_ISFORK", "").lower() == "true",
        "draft": DRAFT in standing,
        "labels": tuple(word for word in standing if word != DRAFT),
    }


def _job(environ: Mapping[str, str]) -> str:
    """Which job of the run this is: `gate.train`, and the cell where there is a matrix."""
    names = [environ.get(f"SYSTEM_{part}NAME", "") for part in ("STAGE", "PHASE", "JOB")]
    return ".".join(name for name in names if name not in UNNAMED) or environ.get("AGENT_JOBNAME", "")


def _number(environ: Mapping[str, str], name: str) -> int:
    text = environ.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else 0
