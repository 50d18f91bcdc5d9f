"""The one thread of a pull request and a model: active while the change is kept from merging, closed when it may."""

import re
from collections.abc import Callable
from typing import Literal

from ci_mlops.platforms.azure.client import Client, ThreadStatus
from ci_mlops.platforms.azure.failures import Answered, Failed
from ci_mlops.platforms.azure.place import Place
from ci_mlops.platforms.azure.seen import Thread
from ci_mlops.platforms.azure.transport import pause_before_repeating
from ci_mlops.platforms.kept import Kept
from ci_mlops.platforms.marker import Marker, commit_of, read_marker, signed, unsigned
from ci_mlops.platforms.patience import Patience, create_once
from ci_mlops.records import Change, Publication
from ci_mlops.records.publication import State
from ci_mlops.report.begun import begun, is_begun

LIMIT = 149_000
"""Bytes; Azure DevOps refuses more than 150 000 characters, and never counts more of them than there are bytes."""
TOO_LONG = re.compile(r"cannot be longer than|too long", re.IGNORECASE)
RESOLVED = ("closed", "fixed", "wontFix", "byDesign")
STATUSES: dict[State, ThreadStatus] = {
    "success": "closed",
    "not_applicable": "closed",
    "failure": "active",
    "error": "active",
    # unresolved too, for the policy that wants every comment resolved
    "pending": "pending",
}
Outcome = Literal["unchanged", "updated"]


class OneThread:
    """Every call raises Failed."""

    def __init__(
        self, client: Client, place: Place, change: Change, marker: Marker, patience: Patience
    ) -> None:
        self._client = client
        self._place = place
        self._change = change
        self._number = change.number or 0
        self._marker = marker
        self._patience = patience

    def keep(self, publication: Publication, illustrated: Callable[[Publication], str]) -> Kept:
        """
        Begun where there is none, else edited; a newer run's is left as it is. `illustrated` is asked for the comment with
        its pictures, where it will be written.
        """
        status = STATUSES[publication.state]
        ours = self.find()
        if publication.begins:
            return self._begin(ours, publication.comment, status)
        if ours is not None and _age(ours) > self._marker.age:
            return self._left(ours)
        body = signed(illustrated(publication), self._marker)
        short = signed(minimal(publication, self._change), self._marker)
        if len(body.encode(errors="replace")) > LIMIT:
            body = short
        try:
            return self._write(ours, body, status)
        except Answered as answer:
            if answer.status not in (400, 413) or not TOO_LONG.search(answer.message):
                raise
            return self._write(ours, short, status)

    def find(self) -> Thread | None:
        """
        Begun by us, and about this model. A property or a marker alone says nothing: anybody may set the one and copy
        the other. Who has deleted our comment gets a new one.
        """
        for thread in sorted(self._client.threads(self._number), key=lambda one: one.id):
            if not thread.deleted and self._is_about(thread) and self._client.is_me(thread.author):
                return thread
        return None

    def _is_about(self, thread: Thread) -> bool:
        found = read_marker(thread.content)
        return thread.key == self._key if found is None else found[0] == self._marker.thread

    @property
    def _key(self) -> str:
        return "/".join(self._marker.thread)

    def _begin(self, ours: Thread | None, head: str, status: ThreadStatus) -> Kept:
        """What an earlier run said stays below; what this very run has said already stays as it is."""
        room = LIMIT - len(f"\n\n{self._marker}".encode())
        if ours is None:
            return self._write(None, signed(begun(head, "", sha="", largest=room), self._marker), status)
        if _age(ours) == self._marker.age and not is_begun(ours.content):
            return Kept(outcome="skipped", url=self._url(ours))
        sha = commit_of(ours.content)
        text = begun(head, unsigned(ours.content), sha=sha, same=sha == self._marker.sha, largest=room)
        return self._write(ours, signed(text, self._marker), status)

    def _write(self, ours: Thread | None, body: str, status: ThreadStatus) -> Kept:
        if ours is None:
            return self._create(body, status)
        if _age(ours) > self._marker.age:
            return self._left(ours)
        return Kept(outcome=self._update(ours, body, status), url=self._url(ours))

    def _left(self, ours: Thread) -> Kept:
        newer = f"The thread was left as it is: run {_age(ours)[0]} is newer than this one"
        return Kept(outcome="skipped", url=self._url(ours), warning=newer)

    def _create(self, body: str, status: ThreadStatus) -> Kept:
        made = create_once(
            lambda: self._client.create_thread(self._number, body, status, self._key),
            self.find,
            attempts=self._patience.attempts,
            failures=(Failed,),
            pause=lambda failure, attempt: pause_before_repeating(failure, attempt, self._patience),
        )
        try:
            first = self.find() or made
        except Failed:
            # it is written; whether another run was quicker, the next one will see
            first = made
        if first.id == made.id and same(made.content, body):
            return Kept(outcome="created", url=self._url(made))
        # another run has begun one between our look and our word: the first of them stays
        if first.id != made.id:
            self._client.delete_comment(self._number, made)
        return self._write(first, body, status)

    def _url(self, thread: Thread) -> str:
        return self._place.thread_url(self._number, thread.id)

    def _update(self, ours: Thread, body: str, status: ThreadStatus) -> Outcome:
        outcome: Outcome = "unchanged"
        if not same(ours.content, body):
            self._client.edit_comment(self._number, ours, body)
            outcome = "updated"
        # whoever has resolved it by hand, as fixed or by design, has said more than we would
        resolved = status == "closed" and ours.status in RESOLVED
        if ours.status != status and not resolved:
            self._client.set_thread_status(self._number, ours, status)
            outcome = "updated"
        return outcome


def _age(thread: Thread) -> tuple[int, int]:
    found = read_marker(thread.content)
    return (0, 0) if found is None else found[1]


def minimal(publication: Publication, change: Change) -> str:
    # its first line as it was rendered, whole: a piece of it could come alive
    heading = publication.comment.lstrip().partition("\n")[0]
    return (
        f"{heading}\n\n"
        f"The report is too long for a comment: read it in the [summary of the run]({change.run_url})."
    )


def same(one: str, other: str) -> bool:
    return one.replace("\r\n", "\n").rstrip() == other.replace("\r\n", "\n").rstrip()
