"""
The status `ci-mlops/gate/<model>`: what a branch policy can require.

On a pull request it belongs to one iteration, so that a policy with "reset on new changes" never takes the verdict on
an older push for one on this.
"""

import re
from collections.abc import Callable

from ci_mlops.platforms.azure.client import Client
from ci_mlops.platforms.azure.failures import Failed, Missing
from ci_mlops.platforms.azure.seen import Status
from ci_mlops.platforms.azure.transport import pause_before_repeating
from ci_mlops.platforms.patience import Patience, create_once
from ci_mlops.records import Change, Publication
from ci_mlops.records.publication import State

GENRE = "ci-mlops"
LONGEST_DESCRIPTION = 140
BUILD = re.compile(r"[?&]buildId=(\d+)")
STATES: dict[State, str] = {
    "success": "succeeded",
    "failure": "failed",
    "error": "error",
    "pending": "pending",
    "not_applicable": "notApplicable",
}


def set_status(client: Client, change: Change, publication: Publication, patience: Patience) -> str:
    """Why it was left as it is; empty: it is set. Raises Failed."""
    number, head = change.number or 0, str(change.head)
    wanted = Status(
        genre=GENRE,
        name=f"gate/{publication.model}",
        state=STATES[publication.state],
        description=one_line(publication.description, LONGEST_DESCRIPTION),
        url=change.run_url,
    )
    if change.event != "pull_request":
        return _set(
            wanted,
            lambda: client.commit_statuses(head),
            lambda: client.create_commit_status(head, wanted),
            patience,
        )
    iteration = iteration_of(client, number, head)
    return _set(
        wanted,
        lambda: client.iteration_statuses(number, iteration),
        lambda: client.create_iteration_status(number, iteration, wanted),
        patience,
    )


def iteration_of(client: Client, number: int, head: str) -> int:
    """The newest push that brought this commit; a forced push may bring one twice."""
    found = [one.id for one in client.iterations(number) if one.head == head]
    if not found:
        raise Missing(f"no iteration of the pull request brought {head[:7]}")
    return max(found)


def one_line(text: str, longest: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _set(
    wanted: Status, listed: Callable[[], list[Status]], create: Callable[[], Status], patience: Patience
) -> str:
    now = _latest(listed(), wanted)
    if now is not None and _run(now) > _run(wanted):
        return f"The status was left as it is: run {_run(now)} is newer than this one"
    if now is not None and _same(now, wanted):
        return ""

    def find() -> Status | None:
        latest = _latest(listed(), wanted)
        return latest if latest is not None and _same(latest, wanted) else None

    create_once(
        create,
        find,
        attempts=patience.attempts,
        failures=(Failed,),
        pause=lambda failure, attempt: pause_before_repeating(failure, attempt, patience),
    )
    return ""


def _latest(statuses: list[Status], wanted: Status) -> Status | None:
    ours = [one for one in statuses if (one.genre, one.name) == (wanted.genre, wanted.name)]
    return max(ours, key=lambda one: one.id, default=None)


def _same(one: Status, other: Status) -> bool:
    return (one.state, one.description, one.url) == (other.state, other.description, other.url)


def _run(status: Status) -> int:
    found = BUILD.search(status.url)
    return int(found[1]) if found else 0
