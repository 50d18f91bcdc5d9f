"""Whether a comment shows a picture, and which; matplotlib is loaded where one is drawn."""

from collections.abc import Sequence
from hashlib import sha256
from itertools import islice

from ci_mlops.errors import BadConfig
from ci_mlops.records import Change, Picture, Verdict
from ci_mlops.report.picture.rows import rows_of

MOST = 10
"""Of models that one comment has pictures for."""
LARGEST = 256 * 1024
"""Bytes; one has about 40 000."""
_DIGITS = 32
# what a drawing library may stumble over in numbers that somebody else wrote: a comment without a picture is a comment
_STUMBLES = (ArithmeticError, LookupError, OSError, RuntimeError, ValueError)


def picture_of(verdict: Verdict, change: Change) -> Picture | None:
    """
    Equal verdicts give equal bytes. None: the platform takes none, none is wanted, or there is nothing to draw. One that
    can't be drawn says why.
    """
    takes = (change.forge or change.platform) == "azure" and change.event == "pull_request"
    if not takes or not verdict.pictures or not rows_of(verdict):
        return None
    from ci_mlops.report.picture.drawing import draw

    try:
        data = draw(verdict)
    except BadConfig as error:
        return _none(error.what)
    except _STUMBLES as error:
        return _none(f"it can't be drawn of this verdict ({type(error).__name__})")
    if len(data) > LARGEST:
        return _none(f"it has {len(data)} bytes, more than the {LARGEST} allowed")
    return Picture(name=f"ci-mlops-{sha256(data).hexdigest()[:_DIGITS]}.png", data=data)


def pictures_of(verdicts: Sequence[Verdict], change: Change) -> dict[str, Picture]:
    """By model, for one comment; the first of very many."""
    found = ((one.model, picture_of(one, change)) for one in verdicts)
    return dict(islice(((model, picture) for model, picture in found if picture is not None), MOST))


def _none(why: str) -> Picture:
    return Picture(name="", data=b"", lacking=why)
