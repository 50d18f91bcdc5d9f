"""An approval lets a blocked change through: nobody's verdict is changed, and everybody can read who did it."""

from collections.abc import Sequence

from ci_mlops.errors import BadConfig, BadData
from ci_mlops.flows.handed import Handed
from ci_mlops.flows.publish import publish_all
from ci_mlops.ports import Platform

WAIVABLE = ("blocked", "undecided")
ON_GITHUB = "Settings, Environments: require reviewers there, or unset the variable CI_MLOPS_WAIVERS."
ON_AZURE = "Pipelines > Environments > (it) > Approvals and checks: add Approvals, or write `waivers: none`."


def waive(platform: Platform, handed: Handed, approvers: Sequence[str], environment: str) -> str:
    """
    Who waived it, and where.

    Raises:
        BadConfig: nobody approved: an environment without reviewers lets every job run by itself.
        BadData: there is no verdict that a waiver is for.
        PlatformFailed: it can't be told; then it is not waived either.
    """
    by = by_whom(approvers, environment, mend=ON_GITHUB)
    stopped = [verdict for verdict in handed.verdicts if verdict.exit_code]
    if not stopped:
        raise BadData(
            "there is no verdict that blocks, so there is nothing to waive", where="input `verdicts`"
        )
    unknown = [verdict.model for verdict in stopped if verdict.verdict not in WAIVABLE]
    if odd := [*unknown, *(model.model for model in handed.missing)]:
        raise BadData(
            f"`{odd[0]}` could not be evaluated: nobody can waive what is not known", where="verdict.json"
        )
    publish_all(platform, handed.verdicts, waived=by)
    return by


def by_whom(approvers: Sequence[str], environment: str, *, mend: str) -> str:
    """
    Who let it through, and where.

    Raises:
        BadConfig: nobody did.
    """
    if not approvers:
        raise BadConfig(
            f"Nobody approved this run in the environment `{environment}`: it asks for no reviewers",
            where=f"environment {environment}",
            mend=mend,
        )
    return f"{', '.join(dict.fromkeys(approvers))} in the environment {environment}"


def by_somebody(why: str, environment: str) -> str:
    """The platform asked, or this would not run; it only does not tell whom."""
    return f"an approval in the environment {environment} (approver not readable: {why})"
