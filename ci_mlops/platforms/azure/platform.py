"""Azure Pipelines behind the port: summary, outputs and annotations first, then status, then the thread."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from ci_mlops.errors import PlatformFailed
from ci_mlops.platforms import log
from ci_mlops.platforms.azure.aside import warn_aside
from ci_mlops.platforms.azure.commands import annotation_command, output_commands, tag_commands
from ci_mlops.platforms.azure.event import DEFAULT_BRANCH, filled_in, read_change
from ci_mlops.platforms.azure.place import read_place
from ci_mlops.platforms.azure.summary import summary_commands
from ci_mlops.platforms.azure.token import read_token
from ci_mlops.platforms.kept import Posted, published
from ci_mlops.platforms.marker import marker_of
from ci_mlops.platforms.patience import Patience
from ci_mlops.records import Annotation, Change, Publication, Published

if TYPE_CHECKING:
    from ci_mlops.platforms.azure.client import Client
    from ci_mlops.platforms.azure.refusals import Permission

NO_TOKEN = "Map `SYSTEM_ACCESSTOKEN: $(System.AccessToken)` into the step's `env:`."  # noqa: S105 - an advice


class Azure:
    name = "azure"

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        patience: Patience | None = None,
        say: Callable[[str], None] = log.command,
    ) -> None:
        self._environ = dict(environ)
        self._patience = patience or Patience()
        self._say = say
        self._place = read_place(environ)
        self._token = read_token(environ)

    @cached_property
    def _change(self) -> Change:
        return read_change(self._environ, self._place, self._default_branch)

    @cached_property
    def _client(self) -> "Client":
        from ci_mlops.platforms.azure.client import Client

        return Client(self._place, self._token, self._patience)

    def change(self) -> Change:
        return self._change

    def announce(self, publication: Publication) -> None:
        # worked out before anything is said: a refused output leaves no half of a page
        commands = output_commands(publication.outputs)
        if publication.summary and (folder := self._environ.get("AGENT_TEMPDIRECTORY")):
            commands = [*summary_commands(publication, Path(tempfile.mkdtemp(dir=folder))), *commands]
        for line in (*commands, *tag_commands(publication.tags)):
            self._say(line)
        self.annotate(publication.annotations)

    def annotate(self, annotations: Sequence[Annotation]) -> None:
        for annotation in annotations:
            self._say(annotation_command(annotation))

    def publish(self, publication: Publication) -> Published:
        if not self._place.here:
            return self._publish_elsewhere(publication)
        if lacking := self._lacking():
            why = f"Nothing was posted: {lacking}"
            return Published(comment="failed", status="failed", warnings=(why,))
        change = self._change
        to_comment = change.event == "pull_request" and publication.comment
        status = self._set_status(publication) if change.head and publication.sets_status else None
        thread = self._keep_thread(publication) if to_comment else None
        tried = [posted for posted in (status, thread) if posted is not None]
        if tried and all(posted.unreachable for posted in tried):
            raise self._out_of_reach(tried[0].warning)
        return published(status, thread)

    def _lacking(self) -> str:
        if not self._token:
            return f"there is no token. {NO_TOKEN}"
        if not self._place.collection:
            return "SYSTEM_COLLECTIONURI is not set. The agent sets it; a container job must be given it too."
        return ""

    def _publish_elsewhere(self, publication: Publication) -> Published:
        if not self._place.on_github:
            why = f"Nothing was posted: pull requests of {self._place.provider} are not known."
            return Published(comment="skipped", status="skipped", warnings=(why,))
        from ci_mlops.platforms.azure.on_github import OnGitHub

        there = OnGitHub(self._environ, self._change, patience=self._patience, say=self._say)
        return there.publish(publication)

    def _set_status(self, publication: Publication) -> Posted:
        from ci_mlops.platforms.azure.refusals import contribute, contribute_to_pull_requests
        from ci_mlops.platforms.azure.status import set_status

        on_request = self._change.event == "pull_request"
        permission = (contribute_to_pull_requests if on_request else contribute)(self._place)
        with self._told("The status was not set", permission) as told:
            told.warning = set_status(self._client, self._change, publication, self._patience)
            told.left = bool(told.warning)
        return told

    def _keep_thread(self, publication: Publication) -> Posted:
        from ci_mlops.platforms.azure.refusals import contribute_to_pull_requests
        from ci_mlops.platforms.azure.thread import OneThread

        marker = marker_of(publication, self._change)
        with self._told("The thread was not written", contribute_to_pull_requests(self._place)) as told:
            thread = OneThread(self._client, self._place, self._change, marker, self._patience)
            told.kept = thread.keep(publication, partial(self._illustrated, told))
            told.warning = told.kept.warning
        return told

    def _illustrated(self, thread: Posted, publication: Publication) -> str:
        """Its comment with the pictures that could be attached; why others could not is told beside it."""
        from ci_mlops.platforms.azure.pictures import Pictures
        from ci_mlops.platforms.azure.refusals import contribute_to_pull_requests

        pictures = Pictures(self._client, self._place, self._change.number or 0, self._patience)
        with self._told("The comment has no picture", contribute_to_pull_requests(self._place)) as told:
            pictures.attach(publication)
        thread.lacking = told.warning
        return pictures.shown_in(publication.comment)

    @contextmanager
    def _told(self, what: str, permission: "Permission") -> Iterator[Posted]:
        """A failure becomes a warning here: it never changes a verdict."""
        from ci_mlops.platforms.azure.refusals import OutOfReach, Refused, asking

        told = Posted()
        try:
            with asking(permission, self._place):
                yield told
        except Refused as error:
            mend = f"{error.mend} " if error.mend else ""
            told.warning = f"{what}: {error.why}. {mend}The verdict stands."
        except OutOfReach as error:
            told.warning = f"{what}: {error.why}. The verdict stands."
            told.unreachable = True

    def _out_of_reach(self, why: str) -> PlatformFailed:
        return PlatformFailed(
            f"Nothing could be posted. {why}",
            where=self._place.collection,
            mend="Run the job again; the summary and the exit code already tell the verdict.",
        )

    def _default_branch(self) -> str:
        """
        A variable of the template's, else asked: no variable of the agent tells it.

        A failure is told and no more: whoever asks for the change may be in the middle of a verdict.
        """
        if branch := filled_in(self._environ, DEFAULT_BRANCH):
            return branch.removeprefix("refs/heads/")
        if not self._place.here:
            return self._no_branch("a repository that lies elsewhere is not asked for it")
        if not self._token:
            return ""
        from ci_mlops.platforms.azure.refusals import OutOfReach, Refused, asking, read

        try:
            with asking(read(self._place), self._place):
                return self._client.default_branch()
        except (Refused, OutOfReach) as error:
            return self._no_branch(error.why)

    def _no_branch(self, why: str) -> str:
        warn_aside(f"The default branch is not known: {why}. Set the variable {DEFAULT_BRANCH}.")
        return ""

    def artifact(self, name: str, into: Path) -> Path | None:
        from ci_mlops.platforms.azure.artifacts import fetch_artifact, newest_artifact
        from ci_mlops.platforms.azure.refusals import OutOfReach, Refused, asking, view_builds

        if lacking := self._lacking():
            what, _, mend = lacking.partition(". ")
            self._no_artifact(what, mend)
        try:
            with asking(view_builds(self._place), self._place):
                address = newest_artifact(self._client, self._place, name)
                if address is None:
                    return None
                return fetch_artifact(address, name, self._place, self._token, into, self._patience)
        except Refused as error:
            self._no_artifact(error.why, error.mend or "Run it again.")
        except OutOfReach as error:
            self._no_artifact(error.why, "Run it again.")

    def _no_artifact(self, why: str, mend: str) -> NoReturn:
        raise PlatformFailed(
            f"Artifacts can't be looked up: {why}", where="artifacts of the pipeline", mend=mend
        )
