"""Who approved that a job may run: the history of a run's environments; read only."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from ci_mlops.errors import PlatformFailed
from ci_mlops.platforms.github.platform import PUBLIC_API
from ci_mlops.platforms.patience import Patience


def approvers(
    environ: Mapping[str, str], environment: str, patience: Patience | None = None
) -> Sequence[str]:
    """
    Logins of those who approved this very run in that environment; empty: nobody was asked, and the job ran by itself.

    Raises:
        PlatformFailed: GitHub can't be reached, or does not tell.
    """
    from ci_mlops.platforms.github.client import Refused, Unreachable, asking, connect

    token, repository = environ.get("GITHUB_TOKEN", ""), environ.get("GITHUB_REPOSITORY", "")
    client = connect(environ.get("GITHUB_API_URL") or PUBLIC_API, token, patience or Patience())
    path = f"/repos/{quote(repository)}/actions/runs/{quote(environ.get('GITHUB_RUN_ID', ''))}/approvals"
    try:
        with asking("actions: read"):
            _, answer = client.requester.requestJsonAndCheck("GET", path)
    except (Refused, Unreachable) as failure:
        raise PlatformFailed(
            f"GitHub does not tell who approved this run: {failure.why}",
            where=f"environment {environment}",
            mend="Give the job `permissions: actions: read`.",
        ) from failure
    reviews = answer if isinstance(answer, list) else []
    return [
        str((review.get("user") or {}).get("login", ""))
        for review in reviews
        if review.get("state") == "approved" and environment in _names(review)
    ]


def _names(review: Mapping[str, Any]) -> list[str]:
    return [str(one.get("name")) for one in review.get("environments") or ()]
