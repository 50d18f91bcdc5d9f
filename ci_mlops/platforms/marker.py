"""How we know our own comment again: a line that no reader sees, at the end of what we wrote."""

import re
from dataclasses import dataclass
from urllib.parse import quote

from ci_mlops.records import Change, Publication

WRITTEN = re.compile(
    r"<!-- ci-mlops:report:v1 model=(?P<model>\S*) key=(?P<key>\S*)"
    r" run=(?P<run>\d+)\.(?P<attempt>\d+) sha=(?P<sha>[0-9a-f]*) -->\s*\Z"
)
ANY = re.compile(r"\s*<!-- ci-mlops:report:v1[^>]*-->\s*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    model: str
    key: str
    run: int
    attempt: int
    sha: str

    def __str__(self) -> str:
        # quoted: a model named `x --> @everyone` must not end the comment
        model, key = self.thread
        return f"<!-- ci-mlops:report:v1 model={model} key={key} run={self.run}.{self.attempt} sha={self.sha} -->"

    @property
    def thread(self) -> tuple[str, str]:
        """What one sticky comment is about; run and commit change from push to push."""
        # a lone surrogate can't be encoded, and must not stop a report
        return quote(self.model, safe="", errors="replace"), quote(self.key, safe="", errors="replace")

    @property
    def age(self) -> tuple[int, int]:
        """Grows with every run and every re-run of a repository."""
        return self.run, self.attempt


def marker_of(publication: Publication, change: Change) -> Marker:
    return Marker(
        model=publication.model,
        key=publication.key,
        run=int(change.run_id) if change.run_id.isdigit() else 0,
        attempt=change.run_attempt,
        sha=change.head or "",
    )


def read_marker(body: str) -> tuple[tuple[str, str], tuple[int, int]] | None:
    """(thread, age) of a comment that ends with a marker; one in the middle is somebody's quotation."""
    found = WRITTEN.search(body)
    if found is None:
        return None
    return (found["model"], found["key"]), (int(found["run"]), int(found["attempt"]))


def commit_of(body: str) -> str:
    """Of the marker at the end; nothing where it names none."""
    found = WRITTEN.search(body)
    return found["sha"] if found is not None else ""


def unsigned(text: str) -> str:
    return ANY.sub("", text).rstrip()


def signed(text: str, marker: Marker) -> str:
    """The text with our marker as its last line, and no other."""
    return f"{unsigned(text)}\n\n{marker}"
