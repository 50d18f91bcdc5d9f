"""Whether a comment shows a picture, and which; matplotlib is loaded where one is drawn."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from itertools import islice

from ci_mlops import __version__
from ci_mlops.errors import BadConfig
from ci_mlops.records import Change, Picture, Verdict
from ci_mlops.report.picture.rows import rows_of

MOST = 10
"""Of models that one comment has pictures for."""
LARGEST = 256 * 1024
"""Bytes; one has about 80 000."""
_DIGITS = 32
# what a drawing library may stumble over in numbers that somebody else wrote: a comment without a picture is a comment
_STUMBLES = (ArithmeticError, LookupError, OSError, RuntimeError, ValueError)


def picture_of(verdict: Verdict, change: Change) -> Picture | None:
    """
    None: the platform takes none, none is wanted, or there is nothing to draw. One that can't be drawn here has its name
    all the same: an earlier job may have attached it.
    """
    takes = (change.forge or change.platform) == "azure" and change.event == "pull_request"
    if not takes or not verdict.pictures or not rows_of(verdict):
        return None
    from ci_mlops.report.picture.drawing import draw

    name, data, lacking = _name(verdict), b"", ""
    try:
        data = draw(verdict)
    except BadConfig as error:
        lacking = error.what
    except _STUMBLES as error:
        lacking = f"it can't be drawn of this verdict ({type(error).__name__})"
    if len(data) > LARGEST:
        data, lacking = b"", f"it has {len(data)} bytes, more than the {LARGEST} allowed"
    return Picture(name=name, data=data, lacking=lacking)


def pictures_of(verdicts: Sequence[Verdict], change: Change) -> dict[str, Picture]:
    """By model, for one comment; the first of very many."""
    found = ((one.model, picture_of(one, change)) for one in verdicts)
    return dict(islice(((model, picture) for model, picture in found if picture is not None), MOST))


def _name(verdict: Verdict) -> str:
    """Of all that is drawn, as exactly as it is drawn: a job that can't draw knows the name too."""
    from ci_mlops.report.html.cost_plot import cost_curves_of, decided_at
    from ci_mlops.report.picture.words import words
    from ci_mlops.report.tables import candidate_title, champion_title

    rows, (curves, _) = rows_of(verdict), cost_curves_of(verdict)
    titles = champion_title(verdict), candidate_title(verdict)
    drawn = (__version__, titles, words(verdict), [asdict(row) for row in rows], curves, decided_at(verdict))
    told = json.dumps(_rounded(drawn), sort_keys=True)
    return f"ci-mlops-{sha256(told.encode()).hexdigest()[:_DIGITS]}.png"


def _rounded(value: object) -> object:
    """Six digits: a pixel is a thousandth of the picture."""
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, Mapping):
        return {str(key): _rounded(one) for key, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list | tuple) else value
