"""Whether the verdict of a pull request was waived by an approval: its run's environment is asked, not a text that says so."""

from ci_mlops.errors import PlatformFailed
from ci_mlops.flows.entry import approvals_in
from ci_mlops.flows.project import Project
from ci_mlops.flows.tools import Tools
from ci_mlops.ladder.entry import WAIVABLE, WAIVED_IN
from ci_mlops.records import Approval, Verdict


def waived_before(tools: Tools, project: Project, verdict: Verdict) -> tuple[Approval, ...]:
    """
    Who let this very verdict through, in the run that judged it; nobody, where that is not told: then the model is
    stored, and takes no stage. What is judged again after the merge was waived by nobody.
    """
    if verdict.exit_code == 0 or verdict.verdict not in WAIVABLE:
        return ()
    judged, today = verdict.change, project.change
    if judged is None or not judged.run_id or judged.run_id == today.run_id:
        return ()
    if (judged.platform, judged.repository) != (today.platform, today.repository):
        return ()
    try:
        return approvals_in(tools, WAIVED_IN, judged.run_id)
    except PlatformFailed as failure:
        tools.say(f"notice: whether the verdict was waived is not known: {failure.what}. {failure.mend}")
        return ()
