"""A verdict that decides nothing, because whoever wrote the change may have written what it was made of."""

import shlex
from pathlib import PurePosixPath

from ci_mlops.records import Verdict
from ci_mlops.report.blocks import Block, Paragraph
from ci_mlops.report.inline import code, prose, strong

MARK = "🔵"
LEAD = "For information"


def informs_only(verdict: Verdict) -> list[Block]:
    """Told at the top, with the one command that makes a verdict of it."""
    if not verdict.for_information:
        return []
    return [
        Paragraph(
            f"{strong('This decides nothing, and the status stays pending')}: "
            f"{prose(verdict.for_information.rstrip('.'))}. {_what_to_do(verdict)}".rstrip()
        )
    ]


def _what_to_do(verdict: Verdict) -> str:
    if again := run_again(verdict):
        return f"A maintainer reads the change, then runs it again: {code(again)}."
    change = verdict.change
    if change is None or not change.number or not change.head:
        return ""
    # the status belongs to the commit, so a branch of ours at that very commit earns it for the fork's pull request too
    branch = f"git push origin {change.head}:refs/heads/read-{change.number}"
    return (
        "A maintainer reads the change, then opens a pull request of a branch at this very commit: "
        f"{code(f'git fetch origin pull/{change.number}/head && {branch}')}."
    )


def decided(verdict: Verdict) -> str:
    """For outputs: whoever asks for `passed` must not hear it of what decides nothing."""
    return "" if verdict.for_information else verdict.verdict


def run_again(verdict: Verdict) -> str:
    """Empty: it is not known of which commit of which pull request, or by which workflow."""
    change = verdict.change
    if change is None or not change.number or not change.head or not change.workflow:
        return ""
    workflow = shlex.quote(PurePosixPath(change.workflow).name)
    return f"gh workflow run {workflow} -f pull_request={change.number} -f commit={change.head}"
