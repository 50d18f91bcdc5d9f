"""Who approved that a stage may run: the checks of its environment, as the run's own timeline tells them; read only."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ci_mlops.errors import PlatformFailed
from ci_mlops.platforms.azure.failures import Missing
from ci_mlops.platforms.azure.place import read_place
from ci_mlops.platforms.azure.reading import Reader, listed
from ci_mlops.platforms.azure.token import read_token
from ci_mlops.platforms.patience import Patience

APPROVAL = "Checkpoint.Approval"
"""A record of the timeline; it has the number of the approval that it waited for."""


def approvers(
    environ: Mapping[str, str], environment: str, patience: Patience | None = None
) -> Sequence[str]:
    """
    Names of those who approved this very stage; empty: nobody was asked, and it ran by itself.

    Raises:
        PlatformFailed: Azure DevOps can't be reached, or does not tell.
    """
    from ci_mlops.platforms.azure.refusals import OutOfReach, Refused, asking, view_builds

    place, token = read_place(environ), read_token(environ)
    reader = Reader(place, token, patience or Patience())
    build, stage = environ.get("BUILD_BUILDID", ""), environ.get("SYSTEM_STAGENAME", "")
    try:
        with asking(view_builds(place), place):
            timeline = reader.of_project(f"build/builds/{build}/timeline")
            asked = approvals_of(stage, listed(timeline, "records"))
            if not asked:
                return ()
            told = reader.of_project(
                "pipelines/approvals", approvalIds=",".join(asked), **{"$expand": "steps"}
            )
            names = [
                name for one in listed(told) if str(one.get("id")).lower() in asked for name in _approved(one)
            ]
    except Refused as error:
        raise _untold(error.why, environment, error.mend) from error
    except OutOfReach as error:
        raise _untold(error.why, environment) from error
    if not names:
        raise _untold("it names nobody", environment)
    return names


def approvals_of(stage: str, records: Sequence[Mapping[str, Any]]) -> list[str]:
    """
    Numbers of the approvals that the stage waited for: they hang below its checkpoint.

    Raises:
        Missing: the timeline does not tell which of its approvals are the stage's.
    """
    known = {str(one.get("id")): one for one in records}
    asked = [one for one in records if one.get("type") == APPROVAL]
    stages = [_stage_of(one, known) for one in asked]
    if None in stages or not any(_is_stage(one, stage) for one in records):
        raise Missing("Azure DevOps does not tell which of the run's approvals are this stage's")
    return [
        str(one.get("id")).lower()
        for one, of in zip(asked, stages, strict=True)
        if of is not None and _is_stage(of, stage)
    ]


def _stage_of(record: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any] | None:
    # a timeline that goes in a circle is none
    for _ in range(len(known)):
        above = known.get(str(record.get("parentId")))
        if above is None or above.get("type") == "Stage":
            return above
        record = above
    return None


def _is_stage(record: Mapping[str, Any], stage: str) -> bool:
    return record.get("type") == "Stage" and str(record.get("identifier")).lower() == stage.lower()


def _approved(approval: Mapping[str, Any]) -> Iterator[str]:
    for step in listed(approval, "steps"):
        # whoever was asked may be a group; this is who answered
        answered = step.get("actualApprover")
        name = answered.get("displayName") if isinstance(answered, dict) else None
        if step.get("status") == "approved" and isinstance(name, str) and name.strip():
            # as code: a name may hold a comma
            yield f"`{' '.join(name.replace('`', ' ').split())}`"


def _untold(why: str, environment: str, mend: str = "") -> PlatformFailed:
    return PlatformFailed(
        f"Azure DevOps does not tell who approved this run: {why}",
        where=f"environment {environment}",
        mend=mend or "Run it again.",
    )
