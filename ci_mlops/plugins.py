"""What the config may name: entry points, ours and anybody's, through one door. Installing acts on nothing."""

from difflib import get_close_matches
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal

from ci_mlops.errors import BadConfig

Kind = Literal["metrics", "platforms", "registries"]


@cache
def available(kind: Kind) -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=f"ci_mlops.{kind}")}


def load(kind: Kind, name: str, *, where: str = "") -> Any:
    """
    The object behind a name.

    Raises:
        BadConfig: no such plugin is installed; says which one may have been meant.
    """
    points = available(kind)
    if name not in points:
        close = get_close_matches(name, points, n=1)
        hint = f"Did you mean `{close[0]}`? " if close else ""
        raise BadConfig(
            f"`{name}` is none of the installed {kind}",
            where=where,
            mend=f"{hint}Installed: {', '.join(sorted(points)) or 'none'}.",
        )
    return points[name].load()
