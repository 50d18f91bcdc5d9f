"""Story of a push: register the model that was judged in the pull request; judge again where that does not stand."""

from pathlib import Path

from ci_mlops.errors import CiMlopsError
from ci_mlops.flows.keeping import VERDICT, keep_verdict
from ci_mlops.flows.merge import JudgeAgain, Judged, find_judged
from ci_mlops.flows.project import Project
from ci_mlops.flows.register import Registered, register
from ci_mlops.flows.standing import StandsNoMore
from ci_mlops.flows.tools import Tools
from ci_mlops.flows.unevaluated import subject_of, unevaluated
from ci_mlops.flows.validate import validate
from ci_mlops.flows.word_left import drop_word, leave_word
from ci_mlops.report import read_verdict

MOST_TIMES = 3
"""That a merge is judged while others move the champion; then whoever reads the log decides."""
NO_REGISTRY = "ci-mlops.yml names no registry: nothing to register"


def after_merge(tools: Tools, project: Project, output: Path, *, dry_run: bool = False) -> Registered:
    """
    Afterwards `output` holds the verdict that decided, the pull request's or today's.

    Raises:
        CiMlopsError: whatever keeps the model from being judged or registered.
    """
    if project.config.registry is None:
        return Registered(version=None, stage=None, said=(NO_REGISTRY,), exit_code=0)
    found = find_judged(tools, project, output)
    if dry_run:
        return _planned(tools, project, found)
    drop_word(output)
    for _ in range(MOST_TIMES - 1):
        try:
            return _registered(tools, project, output, found)
        except StandsNoMore as moved:
            # other merges are registered at the same time; what was trained is trained
            found = JudgeAgain(reason=moved.what)
    return _registered(tools, project, output, found)


def _planned(tools: Tools, project: Project, found: Judged | JudgeAgain) -> Registered:
    if isinstance(found, Judged):
        return register(tools, project, found.output, dry_run=True)
    return Registered(
        version=None, stage=None, said=(f"would judge again, because {found.reason}",), exit_code=0
    )


def _registered(tools: Tools, project: Project, output: Path, found: Judged | JudgeAgain) -> Registered:
    match found:
        case Judged(output=place):
            tools.say("the judged model is found, and its verdict stands")
            if place != output:
                keep_verdict(read_verdict(place / VERDICT), output)
            registered = register(tools, project, place)
        case JudgeAgain(reason=reason):
            tools.say(f"judged again, because {reason}")
            _judge(tools, project, output)
            registered = register(tools, project, output)
    leave_word(output, read_verdict(output / VERDICT), registered.waived)
    return registered


def _judge(tools: Tools, project: Project, output: Path) -> None:
    try:
        verdict = validate(tools, project, output)
    except CiMlopsError as error:
        keep_verdict(unevaluated(error, subject_of(project), now=tools.now()), output)
        raise
    keep_verdict(verdict, output)
