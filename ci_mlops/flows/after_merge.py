"""Story of a push: register the model that was judged in the pull request; judge again where that does not stand."""

from pathlib import Path

from ci_mlops.errors import CiMlopsError
from ci_mlops.flows.keeping import keep_verdict
from ci_mlops.flows.merge import JudgeAgain, Judged, find_judged
from ci_mlops.flows.project import Project
from ci_mlops.flows.register import Registered, register
from ci_mlops.flows.tools import Tools
from ci_mlops.flows.unevaluated import subject_of, unevaluated
from ci_mlops.flows.validate import validate
from ci_mlops.report import read_verdict

NO_REGISTRY = "ci-mlops.yml names no registry: nothing to register"


def after_merge(tools: Tools, project: Project, output: Path, *, dry_run: bool = False) -> Registered:
    """
    Afterwards `output` holds the verdict that decided, the pull request's or today's.

    Raises:
        CiMlopsError: whatever keeps the model from being judged or registered.
    """
    if project.config.registry is None:
        return Registered(version=None, stage=None, said=(NO_REGISTRY,), exit_code=0)
    match find_judged(tools, project, output):
        case Judged(output=place):
            tools.say("the judged model is found, and its verdict stands")
            if place != output and not dry_run:
                keep_verdict(read_verdict(place / "verdict.json"), output)
            return register(tools, project, place, dry_run=dry_run)
        case JudgeAgain(reason=reason) if dry_run:
            said = f"would judge again, because {reason}"
            return Registered(version=None, stage=None, said=(said,), exit_code=0)
        case JudgeAgain(reason=reason):
            tools.say(f"judged again, because {reason}")
            _judge(tools, project, output)
            return register(tools, project, output)


def _judge(tools: Tools, project: Project, output: Path) -> None:
    try:
        verdict = validate(tools, project, output)
    except CiMlopsError as error:
        keep_verdict(unevaluated(error, subject_of(project), now=tools.now()), output)
        raise
    keep_verdict(verdict, output)
