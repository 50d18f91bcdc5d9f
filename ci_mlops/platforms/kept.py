"""What became of the one comment, and of both posts together."""

from dataclasses import dataclass
from typing import Literal

from ci_mlops.records import Published


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    outcome: Literal["created", "updated", "unchanged", "skipped"]
    url: str
    warning: str = ""


@dataclass(slots=True, kw_only=True)
class Posted:
    """How one of the two posts went; filled in while it happens."""

    kept: Kept | None = None
    warning: str = ""
    lacking: str = ""
    """What it was posted without, and why."""
    unreachable: bool = False
    left: bool = False
    """A newer run has said something there, which stays."""


def published(status: Posted | None, comment: Posted | None) -> Published:
    """Both together; None: there was nothing to post."""
    kept = comment.kept if comment is not None else None
    told = [one.warning for one in (status, comment) if one is not None]
    if comment is not None and kept is not None:
        # of a comment that was not posted nobody misses a part
        told.append(comment.lacking)
    return Published(
        comment="skipped" if comment is None else kept.outcome if kept is not None else "failed",
        status="skipped" if status is None or status.left else "failed" if status.warning else "set",
        comment_url=kept.url if kept is not None else "",
        warnings=tuple(filter(None, told)),
    )
