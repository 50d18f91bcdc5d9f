"""The commit status `ci-mlops/gate/<model>`: what a branch rule can require."""

from typing import Any

from github import Github

from ci_mlops.platforms.github.client import create_once
from ci_mlops.platforms.github.patience import Patience
from ci_mlops.records import Change, Publication

LONGEST_DESCRIPTION = 140


def status_name(publication: Publication) -> str:
    return f"ci-mlops/gate/{publication.model}"


def set_status(client: Github, change: Change, publication: Publication, patience: Patience) -> None:
    """Raises what PyGithub raises."""
    repository = client.get_repo(change.repository)
    wanted = {
        "state": "success" if publication.state == "not_applicable" else publication.state,
        "description": one_line(publication.description, LONGEST_DESCRIPTION),
        "context": status_name(publication),
        **({"target_url": change.run_url} if change.run_url else {}),
    }
    path = f"{repository.url}/statuses/{change.head}"

    def create() -> dict[str, Any]:
        # PyGithub's own create_status reads the commit first, which asks for one permission more
        _, answer = repository.requester.requestJsonAndCheck("POST", path, input=wanted)
        return dict(answer)

    def find() -> dict[str, Any] | None:
        combined = repository.get_commit(str(change.head)).get_combined_status()
        for status in combined.statuses:
            if (status.context, status.state, status.description) == (
                wanted["context"],
                wanted["state"],
                wanted["description"],
            ):
                return status.raw_data
        return None

    create_once(create, find, patience)


def one_line(text: str, longest: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
