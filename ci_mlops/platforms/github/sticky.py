"""The one comment of a pull request: found again, edited, made only where there is none."""

from github import Github
from github.GithubException import GithubException
from github.Issue import Issue
from github.IssueComment import IssueComment

from ci_mlops.platforms.github.client import create_once
from ci_mlops.platforms.github.identity import Identity
from ci_mlops.platforms.kept import Kept
from ci_mlops.platforms.marker import Marker, commit_of, read_marker, signed, unsigned
from ci_mlops.platforms.patience import Patience
from ci_mlops.records import Change, Publication
from ci_mlops.report.begun import begun, is_begun
from ci_mlops.report.for_information import MARK

LIMIT = 65_000
"""Bytes; GitHub counts 65 536 characters."""


def keep_comment(
    client: Github, change: Change, publication: Publication, marker: Marker, patience: Patience
) -> Kept:
    """Raises what PyGithub raises."""
    issue = client.get_repo(change.repository).get_issue(change.number or 0)
    author = Identity(client, patience)
    body = signed(publication.comment, marker)
    if len(body.encode()) > LIMIT:
        body = signed(minimal(publication, change), marker)
    if publication.begins:
        return _begin(issue, author, marker, publication.comment, patience)
    try:
        return _write(issue, author, marker, body, patience)
    except GithubException as error:
        if error.status != 422 or "too long" not in str(error.data):
            raise
        return _write(issue, author, marker, signed(minimal(publication, change), marker), patience)


def find_ours(issue: Issue, author: Identity, marker: Marker) -> IssueComment | None:
    """Marker at the end and written by us: anybody may copy a marker into a comment."""
    for comment in issue.get_comments():
        found = read_marker(comment.body or "")
        # a comment of a deleted account has no author
        login = getattr(comment.user, "login", None)
        if found is not None and found[0] == marker.thread and login and author.is_me(login):
            return comment
    return None


def minimal(publication: Publication, change: Change) -> str:
    # its first line as it was rendered, whole: a piece of it, or the status' plain words, could come alive
    heading = publication.comment.lstrip().partition("\n")[0]
    return (
        f"{heading}\n\n"
        f"The report is too long for a comment: read it in the [summary of the run]({change.run_url})."
    )


def _begin(issue: Issue, author: Identity, marker: Marker, head: str, patience: Patience) -> Kept:
    """What an earlier run said stays below; what this very run has said already stays as it is."""
    ours = find_ours(issue, author, marker)
    if ours is None:
        return _create(
            issue, author, marker, signed(begun(head, "", sha="", largest=LIMIT), marker), patience
        )
    if _age(ours) == marker.age and not is_begun(ours.body):
        return Kept(outcome="skipped", url=ours.html_url)
    sha = commit_of(ours.body)
    room = LIMIT - len(f"\n\n{marker}".encode())
    text = begun(head, unsigned(ours.body), sha=sha, same=sha == marker.sha, largest=room)
    return _update(ours, marker, signed(text, marker))


def _write(issue: Issue, author: Identity, marker: Marker, body: str, patience: Patience) -> Kept:
    ours = find_ours(issue, author, marker)
    if ours is None:
        return _create(issue, author, marker, body, patience)
    return _update(ours, marker, body)


def _create(issue: Issue, author: Identity, marker: Marker, body: str, patience: Patience) -> Kept:
    made = create_once(lambda: issue.create_comment(body), lambda: find_ours(issue, author, marker), patience)
    return Kept(outcome="created", url=made.html_url)


def _age(comment: IssueComment) -> tuple[int, int]:
    found = read_marker(comment.body)
    return (0, 0) if found is None else found[1]


def _update(ours: IssueComment, marker: Marker, body: str) -> Kept:
    age = _age(ours)
    informs, informed = _informs(body), _informs(ours.body)
    if informs and not informed and commit_of(ours.body) == marker.sha:
        stays = "The comment was left as it is: what is for information takes back no verdict"
        return Kept(outcome="skipped", url=ours.html_url, warning=stays)
    # a run that may decide has the word, however late one that only informs was started
    if age > marker.age and (informs or not informed):
        newer = f"The comment was left as it is: run {age[0]} is newer than this one"
        return Kept(outcome="skipped", url=ours.html_url, warning=newer)
    if _same(ours.body, body):
        return Kept(outcome="unchanged", url=ours.html_url)
    ours.edit(body)
    return Kept(outcome="updated", url=ours.html_url)


def _informs(body: str) -> bool:
    return body.lstrip().startswith(f"### {MARK}")


def _same(one: str, other: str) -> bool:
    return one.replace("\r\n", "\n").rstrip() == other.replace("\r\n", "\n").rstrip()
