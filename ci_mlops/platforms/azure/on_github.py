"""A repository on GitHub that Azure Pipelines builds: its pull request is read there, so it is told there."""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from ci_mlops.platforms.azure.event import filled_in
from ci_mlops.platforms.github import GitHub
from ci_mlops.platforms.patience import Patience
from ci_mlops.records import Change, Publication, Published

PUBLIC = "github.com"
FORK = (
    "Nothing was posted: the build of a fork is given no secret variable, and so no token for GitHub. What it found is on "
    "this page, and decides nothing. Whoever may push to the repository reads the change, and opens it from a branch there."
)


class OnGitHub(GitHub):
    """Of GitHub's port it lends `publish` alone: summary, outputs and annotations are Azure's."""

    def __init__(
        self, environ: Mapping[str, str], change: Change, *, patience: Patience, say: Callable[[str], None]
    ) -> None:
        super().__init__(
            surroundings(environ),
            patience=patience,
            say=say,
            about=change,
        )

    def publish(self, publication: Publication) -> Published:
        if not self._token and self._change.fork:
            return Published(comment="skipped", status="skipped", warnings=(FORK,))
        return super().publish(publication)

    def _way_out(self, lacking: str) -> str:
        if not lacking:
            return ""
        return (
            f"The token in GITHUB_TOKEN needs `{lacking}`: it is one of GitHub's own, kept as a secret variable of the "
            "pipeline. "
        )


def surroundings(environ: Mapping[str, str]) -> dict[str, str]:
    """What GitHub's adapters look for, as far as they are lent here."""
    return {
        "GITHUB_API_URL": api_url(environ),
        "GITHUB_REPOSITORY": environ.get("BUILD_REPOSITORY_NAME", ""),
        # a fork's build is given no secret variable
        "GITHUB_TOKEN": filled_in(environ, "GITHUB_TOKEN"),
    }


def api_url(environ: Mapping[str, str]) -> str:
    """GitHub's own, or that of the server which holds the repository; nothing is the public one."""
    if told := environ.get("GITHUB_API_URL"):
        return told
    host = urlsplit(environ.get("BUILD_REPOSITORY_URI", "")).hostname or PUBLIC
    return "" if host == PUBLIC else f"https://{host}/api/v3"
