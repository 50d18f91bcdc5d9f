"""The verdict where there could be none: could not evaluate, never shown as rejected."""

from datetime import datetime

from ci_mlops.errors import CiMlopsError
from ci_mlops.flows.writing import tool, written_at
from ci_mlops.records import Change, Failure, Verdict
from ci_mlops.report.codec import seal


def unevaluated(
    error: CiMlopsError, *, model: str, task: str, change: Change | None, now: datetime
) -> Verdict:
    return seal(
        Verdict(
            model=model,
            task=task,
            verdict="not_evaluated",
            reason=error.what.splitlines()[0],
            exit_code=error.exit_code,
            change=change,
            error=Failure(what=error.what, where=error.where, mend=error.mend, exit_code=error.exit_code),
            evaluated_at=written_at(now),
            tool=tool(),
        )
    )
