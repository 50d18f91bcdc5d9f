"""The rules of a branch, as GitHub tells them; read only."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from ci_mlops.errors import PlatformFailed
from ci_mlops.platforms.github.platform import PUBLIC_API
from ci_mlops.platforms.patience import Patience


def branch_rules(
    environ: Mapping[str, str], token: str, repository: str, branch: str, patience: Patience | None = None
) -> Sequence[Mapping[str, Any]]:
    """
    Raises:
        PlatformFailed: GitHub can't be reached, or does not tell.
    """
    from ci_mlops.platforms.github.client import Refused, Unreachable, asking, connect

    client = connect(environ.get("GITHUB_API_URL") or PUBLIC_API, token, patience or Patience())
    path = f"/repos/{quote(repository)}/rules/branches/{quote(branch, safe='')}"
    try:
        with asking("metadata: read"):
            _, answer = client.requester.requestJsonAndCheck("GET", path)
    except (Refused, Unreachable) as failure:
        raise PlatformFailed(
            f"GitHub does not tell the rules of `{branch}`: {failure.why}",
            where=f"{repository}",
            mend="A token that may read the repository, in GITHUB_TOKEN.",
        ) from failure
    return [rule for rule in answer if isinstance(rule, dict)] if isinstance(answer, list) else []
