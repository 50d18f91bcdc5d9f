"""Where in Azure DevOps we are, as the agent's variables tell it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

AZURE_REPOS = "TfsGit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    collection: str
    """Address of the organisation, or of the collection on a server of one's own; ends with a slash."""
    project: str
    repository_id: str
    repository_name: str
    provider: str
    """`TfsGit`: Azure Repos; else the repository lies elsewhere, as on `GitHub`."""
    pipeline: str
    """The number of the pipeline's definition."""

    @property
    def organisation(self) -> str:
        return self.collection.rstrip("/").rpartition("/")[2]

    @property
    def here(self) -> bool:
        """The repository, and so its pull requests, are Azure's own."""
        return self.provider == AZURE_REPOS

    @property
    def on_github(self) -> bool:
        """Also on a server of one's own."""
        return self.provider.startswith("GitHub")

    def run_url(self, build: str) -> str:
        return f"{self.collection}{quote(self.project)}/_build/results?buildId={build}" if build else ""

    def thread_url(self, number: int, thread: int) -> str:
        repository = f"{self.collection}{quote(self.project)}/_git/{quote(self.repository_name)}"
        return f"{repository}/pullrequest/{number}?discussionId={thread}"

    def attachment_url(self, number: int, name: str) -> str:
        """Where a reader's browser finds a file of a pull request; an address of ours, whatever a server answers."""
        repository = (
            f"{self.collection}{quote(self.project)}/_apis/git/repositories/{quote(self.repository_id)}"
        )
        return f"{repository}/pullRequests/{number}/attachments/{quote(name)}"


def read_place(environ: Mapping[str, str]) -> Place:
    collection = (
        environ.get("SYSTEM_COLLECTIONURI") or environ.get("SYSTEM_TEAMFOUNDATIONCOLLECTIONURI") or ""
    )
    return Place(
        collection=f"{collection.rstrip('/')}/" if collection else "",
        project=environ.get("SYSTEM_TEAMPROJECT", ""),
        repository_id=environ.get("BUILD_REPOSITORY_ID", ""),
        repository_name=environ.get("BUILD_REPOSITORY_NAME", ""),
        provider=environ.get("BUILD_REPOSITORY_PROVIDER") or AZURE_REPOS,
        pipeline=environ.get("SYSTEM_DEFINITIONID", ""),
    )
