"""How a pull request stands today: no variable of the agent tells whether it is a draft, or which labels it carries."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ci_mlops.errors import PlatformFailed
from ci_mlops.platforms.azure.aside import warn_aside
from ci_mlops.platforms.azure.failures import Missing
from ci_mlops.platforms.azure.place import Place, read_place
from ci_mlops.platforms.azure.token import Token, read_token
from ci_mlops.platforms.patience import Patience
from ci_mlops.records import Change


def as_it_stands(environ: Mapping[str, str], change: Change, patience: Patience | None = None) -> Change:
    """With its draft and labels. Where nobody tells, it is judged like any other, and that is told."""
    from ci_mlops.platforms.azure.refusals import OutOfReach, Refused

    place, trying = read_place(environ), patience or Patience()
    # what somebody else set as a variable is nobody's word
    change = replace(change, draft=False, labels=())
    try:
        if place.here:
            return _on_azure(place, read_token(environ), change, trying)
        return _on_github(environ, change, trying) if place.on_github else change
    except (Refused, OutOfReach, PlatformFailed) as error:
        why = error.what if isinstance(error, PlatformFailed) else error.why
        mend = "" if isinstance(error, OutOfReach) else error.mend
        told = f"Whether it is a draft and what labels it carries is not known: {why}. It is judged like any other."
        warn_aside(f"{told} {mend}".rstrip())
        return change


def _on_azure(place: Place, token: Token, change: Change, patience: Patience) -> Change:
    from ci_mlops.platforms.azure.reading import Reader, listed
    from ci_mlops.platforms.azure.refusals import asking, read

    if not place.collection or not token:
        return change
    reader, pull = Reader(place, token, patience), f"pullRequests/{change.number}"
    with asking(read(place), place):
        draft = _is_draft(reader.of_repository(pull), change.number)
        return replace(change, draft=draft, labels=_names(listed(reader.of_repository(f"{pull}/labels"))))


def _on_github(environ: Mapping[str, str], change: Change, patience: Patience) -> Change:
    from ci_mlops.platforms.azure.on_github import surroundings
    from ci_mlops.platforms.github.proposals import GitHubProposals

    there = surroundings(environ)
    if not there["GITHUB_TOKEN"]:
        return change
    today = GitHubProposals(there, patience=patience).proposal(change.number or 0).change
    return replace(change, draft=today.draft, labels=today.labels)


def _is_draft(pull: dict[str, Any], number: int | None) -> bool:
    if pull.get("pullRequestId") != number:
        raise Missing("Azure DevOps gave an answer about no such pull request")
    return pull.get("isDraft") is True


def _names(labels: list[dict[str, Any]]) -> tuple[str, ...]:
    """Who put one there is not told. One that was taken away may still be listed, as inactive."""
    return tuple(str(one.get("name")) for one in labels if one.get("active") is not False)
