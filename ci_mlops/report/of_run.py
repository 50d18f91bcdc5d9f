"""
The one status of a run that judges several models: what a branch rule can require, whatever models a change touches.

The status of a model that a change leaves alone is never set, so none of those can be required.
"""

from collections.abc import Sequence
from dataclasses import replace

from ci_mlops.records import Change, Publication, Verdict
from ci_mlops.report.begun import begins, ended, waits
from ci_mlops.report.headline import MARKS
from ci_mlops.report.inline import name, to_terminal
from ci_mlops.report.several import together


def run_begins(change: Change) -> Publication:
    return _status(begins("", change))


def run_waits(change: Change) -> Publication:
    """For a draft to become ready: no model of the change is judged before."""
    return _status(waits("", change))


def run_broke(change: Change, why: str) -> Publication:
    return replace(_status(ended("", change, why)), begins=False)


def run_touched_nothing(change: Change) -> Publication:
    return replace(
        run_broke(change, ""),
        state="not_applicable",
        description=f"{MARKS['not_applicable']} No model is touched",
    )


def run_judged(change: Change, verdicts: Sequence[Verdict], *, is_waived: bool) -> Publication:
    """`is_waived`: an approval lets through what these verdicts stop."""
    whole = together(verdicts, change)
    stopped = ", ".join(to_terminal(name(one.model)) for one in verdicts if one.exit_code)
    description = f"{whole.description} ({stopped})" if stopped and len(verdicts) > 1 else whole.description
    if is_waived and stopped:
        waived = f"🟠 Waived by an approval. {description}"
        return replace(_status(whole), state="success", description=waived)
    return replace(_status(whole), description=description)


def _status(said: Publication) -> Publication:
    """Of what is said of several models the status alone."""
    return replace(said, comment="", summary="", outputs={}, annotations=(), tags=(), of_run=True)
