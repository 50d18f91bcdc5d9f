"""
The SDK behind the few calls that we make, in words of ours. Import this inside functions only: the SDK is slow to load.

Nobody else imports the SDK: it is not kept up, and one day this file is what is replaced.
"""

import atexit
import os
import shutil
import tempfile
from functools import cached_property
from typing import Any, Literal

from ci_mlops.platforms.azure.failures import Answered, Missing
from ci_mlops.platforms.azure.place import Place
from ci_mlops.platforms.azure.seen import Author, Build, Iteration, Status, Thread
from ci_mlops.platforms.azure.token import Token
from ci_mlops.platforms.azure.transport import PatientAdapter, authorization
from ci_mlops.platforms.patience import Patience

# The SDK keeps what servers told it in a folder, 12 hours long, and believes it. A folder that earlier steps could write
# to would tell it where to send our token; so it is a new one, in every process, whatever the environment says.
_FOLDER = tempfile.mkdtemp(prefix="ci-mlops-azure-")
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
os.environ["AZURE_DEVOPS_CACHE_DIR"] = _FOLDER

from azure.devops.exceptions import AzureDevOpsClientError
from azure.devops.v7_1.build.build_client import BuildClient
from azure.devops.v7_1.git import models as git
from azure.devops.v7_1.git.git_client import GitClient
from azure.devops.v7_1.location.location_client import LocationClient
from azure.devops.v7_1.policy import models as policies
from azure.devops.v7_1.policy.policy_client import PolicyClient
from msrest.authentication import Authentication
from msrest.exceptions import ClientException

UNREADABLE = (ClientException, AzureDevOpsClientError, ValueError)
"""The SDK's ways to say that a server is too old for it, or that an answer is none."""
KEY = "ci-mlops.key"
"""The property of a thread that says what it is about."""

ThreadStatus = Literal["active", "pending", "closed"]


class Client:
    """
    Of one repository. Every call raises `Failed`, or one of UNREADABLE.

    The collection's own address serves all that we ask, on dev.azure.com and on a server of one's own; so nobody is
    asked where else our token should go.
    """

    def __init__(self, place: Place, token: Token, patience: Patience) -> None:
        self._place = place
        self._patience = patience
        self._adapter = PatientAdapter(patience)
        self._authorization = authorization(token)
        self._where = {"project": place.project, "repository_id": place.repository_id}

    @cached_property
    def _git(self) -> Any:
        return self._opened(GitClient)

    @cached_property
    def _builds(self) -> Any:
        return self._opened(BuildClient)

    @cached_property
    def _policies(self) -> Any:
        return self._opened(PolicyClient)

    def _opened(self, kind: type) -> Any:
        client = kind(self._place.collection, Authentication())

        def configure(session: Any, _all: Any, _own: Any, **options: Any) -> dict[str, Any]:
            session.auth = self._authorization
            session.mount("https://", self._adapter)
            session.mount("http://", self._adapter)
            return {**options, "timeout": self._patience.timeout}

        client.config.session_configuration_callback = configure
        return client

    @cached_property
    def _names(self) -> frozenset[str]:
        """What the service calls us: our number, and what it writes beside it."""
        connection = told(self._opened(LocationClient).get_connection_data())
        me = told(connection.authenticated_user)
        return frozenset(filter(None, (me.id, me.subject_descriptor)))

    def is_me(self, author: Author) -> bool:
        return bool(self._names & {author.id, author.descriptor})

    def default_branch(self) -> str:
        found = told(self._git.get_repository(**self._where))
        return str(found.default_branch or "").removeprefix("refs/heads/")

    def is_from_fork(self, number: int) -> bool:
        """Also where the fork, and so what it was, is gone."""
        pull = self._git.get_pull_request(pull_request_id=number, **self._where)
        return told(pull).fork_source is not None

    def threads(self, number: int) -> list[Thread]:
        return [_thread(one) for one in told(self._git.get_threads(pull_request_id=number, **self._where))]

    def create_thread(self, number: int, content: str, status: ThreadStatus, key: str) -> Thread:
        wanted = git.GitPullRequestCommentThread(
            comments=[git.Comment(content=content, comment_type="text", parent_comment_id=0)],
            status=status,
            properties={KEY: key},
        )
        return _thread(told(self._git.create_thread(wanted, pull_request_id=number, **self._where)))

    def edit_comment(self, number: int, thread: Thread, content: str) -> None:
        self._git.update_comment(
            git.Comment(content=content),
            pull_request_id=number,
            thread_id=thread.id,
            comment_id=thread.comment,
            **self._where,
        )

    def delete_comment(self, number: int, thread: Thread) -> None:
        """A thread whose only comment is deleted is shown no more."""
        try:
            self._git.delete_comment(
                pull_request_id=number, thread_id=thread.id, comment_id=thread.comment, **self._where
            )
        except Answered as answered:
            # repeated after a failure, it may be gone already
            if answered.status != 404:
                raise

    def set_thread_status(self, number: int, thread: Thread, status: ThreadStatus) -> None:
        wanted = git.GitPullRequestCommentThread(status=status)
        self._git.update_thread(wanted, pull_request_id=number, thread_id=thread.id, **self._where)

    def of_pull_request(self, call: str, number: int, **given: Any) -> Any:
        """A call that has a file of its own, by the SDK's name for it."""
        return getattr(self._git, call)(pull_request_id=number, **self._where, **given)

    def iterations(self, number: int) -> list[Iteration]:
        found = self._git.get_pull_request_iterations(pull_request_id=number, **self._where)
        return [
            Iteration(id=one.id, head=getattr(one.source_ref_commit, "commit_id", "")) for one in told(found)
        ]

    def iteration_statuses(self, number: int, iteration: int) -> list[Status]:
        found = self._git.get_pull_request_iteration_statuses(
            pull_request_id=number, iteration_id=iteration, **self._where
        )
        return [_status(one) for one in told(found)]

    def create_iteration_status(self, number: int, iteration: int, status: Status) -> Status:
        wanted = git.GitPullRequestStatus(**_written(status))
        made = self._git.create_pull_request_iteration_status(
            wanted, pull_request_id=number, iteration_id=iteration, **self._where
        )
        return _status(told(made))

    def commit_statuses(self, commit: str) -> list[Status]:
        found = self._git.get_statuses(commit, latest_only=True, **self._where)
        return [_status(one) for one in told(found)]

    def create_commit_status(self, commit: str, status: Status) -> Status:
        wanted = git.GitStatus(**_written(status))
        return _status(told(self._git.create_commit_status(wanted, commit, **self._where)))

    def pull_request_builds(self, most: int) -> list[Build]:
        """Of this pipeline, for pull requests of this repository; newest first."""
        found = self._builds.get_builds(
            self._place.project,
            definitions=[int(self._place.pipeline or 0)],
            reason_filter="pullRequest",
            repository_id=self._place.repository_id,
            repository_type=self._place.provider,
            query_order="queueTimeDescending",
            top=most,
        )
        return [_build(one) for one in told(found)]

    def artifact_address(self, build: int, name: str) -> str | None:
        """Where its zip can be had; None: the run left no artifact of that name."""
        try:
            found = self._builds.get_artifact(self._place.project, build, name)
        except Answered as answered:
            if answered.status == 404:
                return None
            raise
        resource = found.resource if told(found).name == name else None
        return str(resource.download_url) if resource is not None and resource.download_url else None

    def repository(self) -> str:
        """Its id, where it may have been named by its name."""
        return str(told(self._git.get_repository(**self._where)).id)

    def pipeline_of(self, path: str) -> int | None:
        """The number of the pipeline that this YAML file of the repository is."""
        found = self._builds.get_definitions(
            self._place.project,
            repository_id=self.repository(),
            repository_type=self._place.provider,
            include_all_properties=True,
            yaml_filename=path,
        )
        return min((int(one.id) for one in told(found)), default=None)

    def branch_policies(self, repository: str, branch: str) -> list[dict[str, Any]]:
        """What holds for the branch, also by a rule for several branches or repositories."""
        found = self._git.get_policy_configurations(
            self._place.project, repository_id=repository, ref_name=f"refs/heads/{branch}"
        )
        return [
            {
                "type": str(one.type.id),
                "enabled": bool(one.is_enabled) and not one.is_deleted,
                "blocking": bool(one.is_blocking),
                "settings": dict(one.settings or {}),
            }
            for one in told(found).policy_configurations
        ]

    def create_branch_policy(self, kind: str, settings: dict[str, Any], *, blocking: bool) -> None:
        wanted = policies.PolicyConfiguration(
            type=policies.PolicyTypeRef(id=kind), is_enabled=True, is_blocking=blocking, settings=settings
        )
        told(self._policies.create_policy_configuration(wanted, self._place.project))


def told(answer: Any) -> Any:
    """
    The SDK reads an answer that says nothing as None.

    Raises:
        Missing
    """
    if answer is None:
        raise Missing("Azure DevOps gave an empty answer")
    return answer


def _thread(seen: Any) -> Thread:
    first = seen.comments[0] if seen.comments else None
    key = (seen.properties or {}).get(KEY)
    return Thread(
        id=seen.id,
        status=str(seen.status or ""),
        deleted=bool(seen.is_deleted) or first is None or bool(first.is_deleted),
        author=author_of(getattr(first, "author", None)),
        comment=getattr(first, "id", 0),
        content=str(getattr(first, "content", None) or ""),
        # echoed as {"$type": "System.String", "$value": "..."}
        key=str(key.get("$value") if isinstance(key, dict) else key or ""),
    )


def author_of(seen: Any) -> Author:
    return Author(
        id=str(getattr(seen, "id", None) or ""), descriptor=str(getattr(seen, "descriptor", None) or "")
    )


def _status(seen: Any) -> Status:
    return Status(
        id=seen.id or 0,
        genre=str(getattr(seen.context, "genre", None) or ""),
        name=str(getattr(seen.context, "name", None) or ""),
        state=str(seen.state or ""),
        description=str(seen.description or ""),
        url=str(seen.target_url or ""),
    )


def _written(status: Status) -> dict[str, Any]:
    return {
        "state": status.state,
        "description": status.description,
        "context": git.GitStatusContext(genre=status.genre, name=status.name),
        "target_url": status.url or None,
    }


def _build(seen: Any) -> Build:
    repository = seen.repository
    return Build(
        id=seen.id,
        reason=str(seen.reason or ""),
        branch=str(seen.source_branch or ""),
        pipeline=str(getattr(seen.definition, "id", "")),
        repository=str(getattr(repository, "id", "")),
        deleted=bool(seen.deleted),
        told={str(name): str(value) for name, value in (seen.trigger_info or {}).items()},
    )
