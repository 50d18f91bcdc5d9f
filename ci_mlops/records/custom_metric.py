"""A metric of the team's own: one function in a file of theirs, `metrics/mine.py:profit`."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

_NAME = re.compile(r"(?P<path>[A-Za-z0-9_./-]+\.py):(?P<function>[A-Za-z_][A-Za-z0-9_]*)")
LOWER_ENDINGS = ("_loss", "_error", "_cost")
"""Of a function with such a name less is better, unless it says otherwise itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomName:
    path: str
    """Relative to the config's folder."""
    function: str

    @property
    def whole(self) -> str:
        """As configs and verdicts write it."""
        return f"{self.path}:{self.function}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomMetric:
    """Which text a metric of the team's was read from."""

    metric: str
    """`metrics/mine.py:profit`, as the measurements name it."""
    path: str
    digest: str
    """`sha256:...` of the file that was used."""


def custom_name(metric: str) -> CustomName | None:
    """
    None: a metric that is installed.

    >>> custom_name("./metrics/mine.py:profit").whole, custom_name("recall")
    ('metrics/mine.py:profit', None)
    """
    found = _NAME.fullmatch(metric)
    if found is None:
        return None
    return CustomName(path=PurePosixPath(found["path"]).as_posix(), function=found["function"])


def short_name(metric: str) -> str:
    """
    As reports name it.

    >>> short_name("metrics/mine.py:profit"), short_name("recall of bug")
    ('profit', 'recall of bug')
    """
    found = custom_name(metric)
    return metric if found is None else found.function
