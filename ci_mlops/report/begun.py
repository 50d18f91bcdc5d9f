"""The comment while a change is judged: what is being done, and below it what was said of an earlier commit."""

import re

from ci_mlops.records import Change, Publication
from ci_mlops.records.publication import State
from ci_mlops.report.inline import name, to_markdown

_BOUNDARY = re.compile(r"(?m)^<!-- ci-mlops:begun sha=(?P<sha>[0-9a-f]*) -->\n?")
_ADDRESS = re.compile(r"https?://[\w.:/%-]+(\?buildId=\d+)?")


def begins(model: str, change: Change) -> Publication:
    """What is said when the evaluation of a change begins; nothing is announced on the run's own page."""
    return _on_the_way(
        model,
        change,
        heading=f"⏳ Evaluating {_commit(change)} …",
        text=f"The model gate{_of(model)} is judging it; this comment says the verdict as soon as there is one.",
        description="⏳ Evaluating …",
    )


def waits(model: str, change: Change) -> Publication:
    """A draft, where the policy says that drafts wait."""
    return _on_the_way(
        model,
        change,
        heading=f"⏳ A draft: {_commit(change)} is not judged yet",
        text=f"The model gate{_of(model)} judges it when the pull request is marked as ready for review.",
        description="⏳ A draft: judged when it is ready",
    )


def ended(model: str, change: Change, why: str) -> Publication:
    """Where no verdict will come any more: a run that was cancelled must not leave "evaluating" behind."""
    return _on_the_way(
        model,
        change,
        heading=f"🔥 {_commit(change)} was not evaluated",
        text=f"{why} This says nothing about the model: run it again.",
        description=f"🔥 Not evaluated: {why}",
        state="error",
    )


def begun(head: str, old: str, *, sha: str, same: bool = False, largest: int) -> str:
    """
    `head`, and below it the report that an earlier run left.

    Args:
        head: What is said of the new commit.
        old: The comment so far, without its marker; one that began and never ended gives what it had kept.
        sha: The commit that the old report is of.
        same: Both are of one commit, as in a run that is repeated.
        largest: UTF-8 bytes; an old report that does not fit is left out, and that is told.
    """
    kept, of = earlier(old, sha)
    start = f"{head}\n\n<!-- ci-mlops:begun sha={of} -->"
    if not kept:
        return start
    of_it = f"`{of[:7]}`" if of else "an earlier commit"
    whose = "of an earlier run on the same commit" if same and of == sha else f"of {of_it}"
    whole = f"{start}\n---\n\n**The report below is {whose}.**\n\n{kept}"
    if len(whole.encode()) <= largest:
        return whole
    first = kept.partition("\n")[0]
    return f"{start}\n---\n\n**Told {whose}** (the whole report is in the summary of its run):\n\n{first}"


def earlier(body: str, sha: str) -> tuple[str, str]:
    """The last report that a comment holds, and the commit that it is of; nothing where none was ever written."""
    text = body.replace("\r\n", "\n")
    found = _BOUNDARY.search(text)
    if found is None:
        return text.strip(), sha
    below = text[found.end() :].removeprefix("---").strip()
    # the line that says whose report it is, which is said anew
    return below.partition("\n\n")[2].strip(), found["sha"]


def is_begun(body: str) -> bool:
    """It holds no verdict on the commit that it is about."""
    return _BOUNDARY.search(body.replace("\r\n", "\n")) is not None


def _on_the_way(
    model: str, change: Change, *, heading: str, text: str, description: str, state: State = "pending"
) -> Publication:
    run = f" [The run]({change.run_url})." if _ADDRESS.fullmatch(change.run_url) else ""
    return Publication(
        model=model,
        summary="",
        outputs={},
        annotations=(),
        state=state,
        description=description,
        comment=f"### {heading}\n\n{text}{run}",
        key=change.workflow,
        begins=True,
    )


def _commit(change: Change) -> str:
    return to_markdown(name((change.head or "this commit")[:7]))


def _of(model: str) -> str:
    return f" of {to_markdown(name(model))}" if model else ""
