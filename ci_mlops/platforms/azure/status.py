"""
The status `ci-mlops/gate/<model>`, or `ci-mlops/gate` for a run: what a branch policy can require.

On a pull request it belongs to one iteration, so that a policy with "reset on new changes" never takes the verdict on
an older push for one on this.
"""

import re
from functools import partial

from ci_mlops.platforms.azure.client import Client
from ci_mlops.platforms.azure.failures import Failed, Missing
from ci_mlops.platforms.azure.seen import Status
from ci_mlops.platforms.azure.transport import pause_before_repeating
from ci_mlops.platforms.patience import Patience, create_once
from ci_mlops.records import Change, Publication
from ci_mlops.records.publication import State

GENRE = "ci-mlops"
LONGEST_DESCRIPTION = 140
RUN = re.compile(r"[?&]buildId=(?P<run>\d+)(?:&attempt=(?P<attempt>\d+))?$")
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
    # what a branch is worth is no verdict on a pull request of it, which has the same commit
    kind = "branch" if change.event == "branch" else "gate"
    wanted = Status(
        genre=GENRE,
        name=f"{kind}/{publication.model}" if publication.model else kind,
        state=STATES[publication.state],
        description=one_line(publication.description, LONGEST_DESCRIPTION),
        url=_address(change),
    )
    listed, create = partial(client.commit_statuses, head), partial(client.create_commit_status, head, wanted)
    if change.event == "pull_request":
        iteration = iteration_of(client, number, head)
        listed = partial(client.iteration_statuses, number, iteration)
        create = partial(client.create_iteration_status, number, iteration, wanted)
    now = _latest(listed(), wanted)
    if now is not None:
        told, ours = _age(now), _age(wanted)
        if told > ours:
            return f"The status was left as it is: run {told[0]} is newer than this one"
        # what this very run has said already is not taken back by its beginning
        if _same(now, wanted) or (publication.begins and told == ours and now.state != "pending"):
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


def iteration_of(client: Client, number: int, head: str) -> int:
    """The newest push that brought this commit; a forced push may bring one twice."""
    found = [one.id for one in client.iterations(number) if one.head == head]
    if not found:
        raise Missing(f"no iteration of the pull request brought {head[:7]}")
    return max(found)


def one_line(text: str, longest: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _latest(statuses: list[Status], wanted: Status) -> Status | None:
    ours = [one for one in statuses if (one.genre, one.name) == (wanted.genre, wanted.name)]
    return max(ours, key=lambda one: one.id, default=None)


def _same(one: Status, other: Status) -> bool:
    return (one.state, one.description, one.url) == (other.state, other.description, other.url)


def _address(change: Change) -> str:
    """Azure DevOps passes over what it does not know in an address; we read there which attempt it was."""
    again = f"&attempt={change.run_attempt}" if change.run_attempt > 1 else ""
    return f"{change.run_url}{again}"


def _age(status: Status) -> tuple[int, int]:
    found = RUN.search(status.url)
    return (int(found["run"]), int(found["attempt"] or 1)) if found else (0, 0)
