"""The commit status `ci-mlops/gate/<model>`, or `ci-mlops/gate` for a run: what a branch rule can require."""

import re
from typing import Any

from github import Github
from github.GithubException import GithubException
from github.Repository import Repository

from ci_mlops.platforms.github.client import create_once, is_limit
from ci_mlops.platforms.patience import Patience
from ci_mlops.records import Change, Publication
from ci_mlops.report.for_information import MARK

LONGEST_DESCRIPTION = 140
_RUN = re.compile(r"/actions/runs/(?P<run>\d+)(?:/attempts/(?P<attempt>\d+))?$")
_SAME = ("state", "description", "target_url")


def status_name(publication: Publication, change: Change) -> str:
    # what a branch is worth against the place where it left is no verdict on its pull request
    kind = "branch" if change.event == "branch" else "gate"
    return f"ci-mlops/{kind}/{publication.model}" if publication.model else f"ci-mlops/{kind}"


def set_status(client: Github, change: Change, publication: Publication, patience: Patience) -> str:
    """
    Why it was left as it is; empty: it is set. Raises what PyGithub raises.

    One commit may have several runs, as when a draft becomes ready: the newest of them has the word.
    """
    repository = client.get_repo(change.repository)
    head = str(change.head)
    wanted = {
        "state": "success" if publication.state == "not_applicable" else publication.state,
        "description": one_line(publication.description, LONGEST_DESCRIPTION),
        "context": status_name(publication, change),
        **({"target_url": _address(change)} if change.run_url else {}),
    }
    now = _current(repository, head, wanted["context"]) or {}
    told, ours = _age(now.get("target_url") or ""), _age(wanted.get("target_url", ""))
    informs, informed = (str(one.get("description")).startswith(MARK) for one in (wanted, now))
    if now and informs and not informed:
        return "The commit status was left as it is: what is for information takes back no verdict"
    # a run that may decide has the word, however late one that only informs was started
    if told > ours and (informs or not informed):
        return f"The commit status was left as it is: run {told[0]} is newer than this one"
    same = all(now.get(key) == wanted.get(key) for key in _SAME)
    if now and (same or (publication.begins and told == ours and now.get("state") != "pending")):
        return ""

    def create() -> dict[str, Any]:
        # PyGithub's own create_status reads the commit first, which asks for one permission more
        _, answer = repository.requester.requestJsonAndCheck(
            "POST", f"{repository.url}/statuses/{head}", input=wanted
        )
        return dict(answer)

    def find() -> dict[str, Any] | None:
        found = _current(repository, head, wanted["context"])
        return found if found and all(found.get(key) == wanted.get(key) for key in _SAME) else None

    create_once(create, find, patience)
    return ""


def _current(repository: Repository, head: str, called: str) -> dict[str, Any] | None:
    """The newest status of that name; None also where it may not be read: whether it may be set is told by setting it."""
    address = f"{repository.url}/commits/{head}/status"
    try:
        _, answer = repository.requester.requestJsonAndCheck("GET", address, parameters={"per_page": 100})
    except GithubException as error:
        if error.status not in (403, 404) or is_limit(error):
            raise
        return None
    return next((dict(one) for one in answer["statuses"] if one["context"] == called), None)


def _address(change: Change) -> str:
    again = f"/attempts/{change.run_attempt}" if change.run_attempt > 1 else ""
    return f"{change.run_url}{again}"


def _age(address: str) -> tuple[int, int]:
    found = _RUN.search(address)
    return (int(found["run"]), int(found["attempt"] or 1)) if found else (0, 0)


def one_line(text: str, longest: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
