"""Branch policies of one repository: read, and made where somebody asks for it."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from ci_mlops.errors import PlatformFailed
from ci_mlops.platforms.azure.origin import place_of_origin
from ci_mlops.platforms.azure.place import Place, read_place
from ci_mlops.platforms.azure.token import Token, read_token
from ci_mlops.platforms.patience import Patience
from ci_mlops.records import BranchPolicy

if TYPE_CHECKING:
    from ci_mlops.platforms.azure.client import Client

Answer = TypeVar("Answer")

# the types that every organisation has
BUILD = "0609b952-1397-4640-95ec-e00a01b2c241"
STATUS = "cbdc66da-9728-4af8-aada-9a5a32e4a226"


def open_policies(environ: Mapping[str, str], origin: str, patience: Patience | None = None) -> "Policies":
    """
    Raises:
        PlatformFailed: no repository of Azure Repos is named, or there is no token.
    """
    place = read_place(environ) if environ.get("TF_BUILD") == "True" else place_of_origin(origin)
    if place is None or not place.here:
        raise PlatformFailed(
            "Branch policies are of Azure Repos, and `origin` names none of its repositories",
            where="git remote origin",
            mend="Run it in a clone from Azure Repos.",
        )
    token = read_token(environ)
    if not token:
        raise PlatformFailed(
            "Branch policies can't be read or made without a token",
            where="AZURE_DEVOPS_EXT_PAT",
            mend="User settings > Personal access tokens: one with Code (full) and Build (read), in the variable "
            "AZURE_DEVOPS_EXT_PAT.",
        )
    return Policies(place, token, patience or Patience())


class Policies:
    """Every call raises PlatformFailed where Azure DevOps does not do what is asked."""

    def __init__(self, place: Place, token: Token, patience: Patience) -> None:
        self._place = place
        self._token = token
        self._patience = patience

    @cached_property
    def _client(self) -> "Client":
        from ci_mlops.platforms.azure.client import Client

        return Client(self._place, self._token, self._patience)

    def default_branch(self) -> str:
        return self._asked(self._client.default_branch)

    def pipeline(self, path: str) -> int | None:
        return self._asked(lambda: self._client.pipeline_of(path))

    def policies(self, branch: str) -> Sequence[BranchPolicy]:
        found = self._asked(lambda: self._client.branch_policies(self._repository, branch))
        return [policy for one in found if (policy := _read(one, branch)) is not None]

    def create(self, policy: BranchPolicy) -> None:
        scope = {
            "repositoryId": self._repository,
            "refName": f"refs/heads/{policy.branch}",
            "matchKind": "Exact",
        }
        kind = BUILD if policy.kind == "build" else STATUS
        settings = {**_settings(policy), "scope": [scope]}
        self._asked(lambda: self._client.create_branch_policy(kind, settings, blocking=policy.blocking))

    @cached_property
    def _repository(self) -> str:
        """The name of a repository will do in addresses, and its id alone in a policy."""
        return self._asked(self._client.repository)

    def _asked(self, question: Callable[[], Answer]) -> Answer:
        from ci_mlops.platforms.azure.refusals import OutOfReach, Permission, Refused, asking

        menu = f"Project settings > Repositories > {self._place.repository_name} > Security"
        try:
            with asking(Permission(name="Edit policies", menu=menu), self._place):
                return question()
        except Refused as error:
            raise PlatformFailed(
                f"The branch policies could not be read or made: {error.why}",
                where=f"{self._place.project}/{self._place.repository_name}",
                # a person's token, so whose permission it is need not be told
                mend=f"Ask for `Edit policies` under {menu}, or a project administrator to do it.",
            ) from error
        except OutOfReach as error:
            raise PlatformFailed(
                f"Azure DevOps can't be reached: {error.why}",
                where=self._place.collection,
                mend="Run it again: what is there already is not made twice.",
            ) from error


def _settings(policy: BranchPolicy) -> dict[str, Any]:
    if policy.kind == "build":
        return {
            "buildDefinitionId": policy.pipeline,
            "displayName": "Model gate",
            # a run by itself for each push to the pull request. Its result holds when the target moves: a merge whose
            # champion is another one by then is judged again
            "manualQueueOnly": False,
            "queueOnSourceUpdateOnly": True,
            "validDuration": 0,
        }
    return {
        "statusGenre": policy.genre,
        "statusName": policy.name,
        "invalidateOnSourceUpdate": policy.resets,
        # required whether it was posted or not
        "policyApplicability": None,
        "authorId": None,
        "defaultDisplayName": f"{policy.genre}/{policy.name}",
    }


def _read(seen: Mapping[str, Any], branch: str) -> BranchPolicy | None:
    settings = seen["settings"]
    if not seen["enabled"]:
        return None
    narrowed = bool(settings.get("filenamePatterns"))
    if seen["type"] == BUILD:
        return BranchPolicy(
            kind="build",
            branch=branch,
            pipeline=int(settings.get("buildDefinitionId") or 0),
            blocking=seen["blocking"],
            resets=not settings.get("manualQueueOnly", False),
            narrowed=narrowed,
        )
    if seen["type"] == STATUS:
        return BranchPolicy(
            kind="status",
            branch=branch,
            genre=str(settings.get("statusGenre") or ""),
            name=str(settings.get("statusName") or ""),
            blocking=seen["blocking"],
            resets=bool(settings.get("invalidateOnSourceUpdate")),
            narrowed=narrowed,
        )
    return None
