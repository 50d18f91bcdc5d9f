"""How a pull request stands today: no variable of the agent tells whether it is a draft, or which labels it carries."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ci_mlops.platforms.azure.aside import warn_aside
from ci_mlops.platforms.azure.failures import Missing
from ci_mlops.platforms.azure.place import read_place
from ci_mlops.platforms.azure.token import read_token
from ci_mlops.platforms.patience import Patience
from ci_mlops.records import Change


def as_it_stands(environ: Mapping[str, str], change: Change, patience: Patience | None = None) -> Change:
    """With its draft and labels. Where Azure DevOps does not tell, it is judged like any other, and that is told."""
    from ci_mlops.platforms.azure.reading import Reader, listed
    from ci_mlops.platforms.azure.refusals import OutOfReach, Refused, asking, read

    place, token = read_place(environ), read_token(environ)
    if not place.here or not place.collection or not token:
        return change
    reader = Reader(place, token, patience or Patience())
    pull = f"pullRequests/{change.number}"
    try:
        with asking(read(place), place):
            draft = _is_draft(reader.of_repository(pull), change.number)
            return replace(change, draft=draft, labels=_names(listed(reader.of_repository(f"{pull}/labels"))))
    except (Refused, OutOfReach) as error:
        mend = f" {error.mend}" if isinstance(error, Refused) and error.mend else ""
        warn_aside(
            f"Whether it is a draft and what labels it carries is not known: {error.why}. It is judged like any other.{mend}"
        )
        return change


def _is_draft(pull: dict[str, Any], number: int | None) -> bool:
    if pull.get("pullRequestId") != number:
        raise Missing("Azure DevOps gave an answer about no such pull request")
    return pull.get("isDraft") is True


def _names(labels: list[dict[str, Any]]) -> tuple[str, ...]:
    """Who put one there is not told. One that was taken away may still be listed, as inactive."""
    return tuple(str(one.get("name")) for one in labels if one.get("active") is not False)
