"""What every verdict says of itself: when, and by which version of us."""

import platform
from datetime import UTC, datetime

from ci_mlops import __version__
from ci_mlops.records import Tool


def tool() -> Tool:
    return Tool(version=__version__, python=platform.python_version())


def day_of(now: datetime) -> str:
    """In UTC, which waivers end by."""
    return written_at(now)[:10]


def written_at(now: datetime) -> str:
    return now.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
