"""GitHub Actions behind the port: summary, outputs and annotations first, then status, then the comment."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from ci_mlops.errors import PlatformFailed
from ci_mlops.platforms.github.commands import annotation_command, output_lines
from ci_mlops.platforms.github.event import read_change, read_payload
from ci_mlops.platforms.github.summary import append_summary
from ci_mlops.platforms.kept import Posted, published
from ci_mlops.platforms.log import command
from ci_mlops.platforms.marker import marker_of
from ci_mlops.platforms.patience import Patience
from ci_mlops.records import Annotation, Change, Publication, Published

if TYPE_CHECKING:
    from github import Github

    from ci_mlops.platforms.github.client import Refused

PUBLIC_API = "https://api.github.com"
FORK = (
    "Nothing was posted: GitHub gives runs from a fork a token that may only read. "
    "The verdict stands, and this run's summary tells it."
)
"""Of status and comment alike: there is no permission that the job could be given."""


class GitHub:
    name = "github"

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        patience: Patience | None = None,
        say: Callable[[str], None] = command,
        about: Change | None = None,
    ) -> None:
        """`about`: the change, where it is not the one that the event names."""
        self._environ = dict(environ)
        self._about = about
        self._patience = patience or Patience()
        self._say = say

    @cached_property
    def _change(self) -> Change:
        return self._about or read_change(self._environ, read_payload(self._environ))

    @property
    def _token(self) -> str:
        return self._environ.get("GITHUB_TOKEN", "")

    def _client(self) -> "Github":
        from ci_mlops.platforms.github.client import connect

        return connect(self._environ.get("GITHUB_API_URL") or PUBLIC_API, self._token, self._patience)

    def change(self) -> Change:
        return self._change

    def announce(self, publication: Publication) -> None:
        # worked out before anything is written: a refused output leaves no half of a page
        outputs = output_lines(publication.outputs)
        if publication.summary and (path := self._environ.get("GITHUB_STEP_SUMMARY")):
            append_summary(Path(path), publication.summary)
        if path := self._environ.get("GITHUB_OUTPUT"):
            with Path(path).open("a", encoding="utf-8", newline="\n") as file:
                file.write(outputs)
        self.annotate(publication.annotations)

    def annotate(self, annotations: Sequence[Annotation]) -> None:
        for annotation in annotations:
            self._say(annotation_command(annotation))

    def publish(self, publication: Publication) -> Published:
        if self._change.event == "run_ended":
            raise PlatformFailed(
                "A run that ended is not told of by a verdict: whoever wrote the change may have written it",
                where="GITHUB_EVENT_NAME=workflow_run",
                mend="`command: publish-run` finds the pull request, and judges by itself.",
            )
        if not self._token:
            why = "Nothing was posted: there is no token. Map it into the step's `env:` as `GITHUB_TOKEN`."
            return Published(comment="failed", status="failed", warnings=(why,))
        client = self._client()
        # a merge queue names its pull request too, and must not write there: the last word was said
        to_comment = self._change.event == "pull_request" and publication.comment
        status = (
            self._set_status(client, publication) if self._change.head and publication.sets_status else None
        )
        comment = self._keep_comment(client, publication) if to_comment else None
        tried = [posted for posted in (status, comment) if posted is not None]
        if tried and all(posted.unreachable for posted in tried):
            raise self._out_of_reach(tried[0].warning)
        if status is not None and comment is not None and comment.warning == status.warning:
            comment.warning = ""  # what holds for both is said once
        return published(status, comment)

    def _set_status(self, client: "Github", publication: Publication) -> Posted:
        from ci_mlops.platforms.github.client import asking
        from ci_mlops.platforms.github.status import set_status

        with self._told("The commit status was not set") as told, asking("statuses: write"):
            told.warning = set_status(client, self._change, publication, self._patience)
            told.left = bool(told.warning)
        return told

    def _keep_comment(self, client: "Github", publication: Publication) -> Posted:
        from ci_mlops.platforms.github.client import asking
        from ci_mlops.platforms.github.sticky import keep_comment

        marker = marker_of(publication, self._change)
        with self._told("The comment was not written") as told, asking("pull-requests: write"):
            told.kept = keep_comment(client, self._change, publication, marker, self._patience)
            told.warning = told.kept.warning
        return told

    @contextmanager
    def _told(self, what: str) -> Iterator[Posted]:
        """A failure becomes a warning here: it never changes a verdict."""
        from ci_mlops.platforms.github.client import Refused, Unreachable

        told = Posted()
        try:
            yield told
        except Refused as error:
            told.warning = self._refused(what, error)
        except Unreachable as error:
            told.warning = f"{what}: {error.why}. The verdict stands."
            told.unreachable = True

    def _refused(self, what: str, error: "Refused") -> str:
        if error.lacking and self._change.fork:
            return FORK
        return f"{what}: {error.why}. {self._way_out(error.lacking)}The verdict stands."

    def _way_out(self, lacking: str) -> str:
        if not lacking:
            return ""
        return f"Write `{lacking}` under the job's `permissions:`; runs of Dependabot may only read. "

    def _out_of_reach(self, why: str) -> PlatformFailed:
        return PlatformFailed(
            f"Nothing could be posted. {why}",
            where=self._environ.get("GITHUB_API_URL") or PUBLIC_API,
            mend="Run the job again; the summary and the exit code already tell the verdict.",
        )

    def artifact(self, name: str, into: Path) -> Path | None:
        from ci_mlops.platforms.github.artifacts import fetch_artifact, newest_artifact
        from ci_mlops.platforms.github.client import Refused, Unreachable, asking

        if not self._token:
            self._no_artifact("there is no token", "Map a token into the step's `env:` as `GITHUB_TOKEN`.")
        try:
            with asking("actions: read"):
                change = self._change
                found = newest_artifact(self._client(), change.repository, name, workflow=change.workflow)
                return None if found is None else fetch_artifact(found, self._token, into, self._patience)
        except (Refused, Unreachable) as error:
            self._no_artifact(error.why, "Give the job `permissions: actions: read`, or run it again.")

    def _no_artifact(self, why: str, mend: str) -> NoReturn:
        raise PlatformFailed(f"Artifacts can't be looked up: {why}", where="GitHub artifacts", mend=mend)
