"""Which keys stand where. A key that is not known here is an error: it would do nothing, or something untested."""

import re
from collections.abc import Mapping
from typing import Any

from tests.azure.errors import PipelineRefused
from tests.azure.values import is_list


def _words(text: str) -> set[str]:
    return set(text.split())


ROOT = _words("name trigger pr schedules resources variables pool stages jobs steps lockBehavior")
STAGE = _words("stage displayName dependsOn condition variables jobs pool lockBehavior trigger isSkippable")
_ANY_JOB = _words(
    "displayName dependsOn condition pool container timeoutInMinutes cancelTimeoutInMinutes variables workspace "
    "continueOnError"
)
JOB = _ANY_JOB | {"job", "steps"}
DEPLOYMENT = _ANY_JOB | {"deployment", "environment", "strategy"}
_ANY_STEP = _words(
    "displayName name condition continueOnError enabled env timeoutInMinutes target retryCountOnTaskFailure"
)
STEPS = {
    "bash": {"bash", "workingDirectory", "failOnStderr"},
    "script": {"script", "workingDirectory", "failOnStderr"},
    "checkout": _words("checkout clean fetchDepth fetchTags lfs persistCredentials submodules path"),
    "publish": {"publish", "artifact"},
    "download": {"download", "artifact", "path", "patterns"},
    "task": {"task", "inputs"},
}
TARGET = {"container", "commands", "settableVariables"}
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def check_pipeline(document: Mapping[str, Any], where: str) -> None:
    _keys(document, ROOT, where)
    held = [kind for kind in ("stages", "jobs", "steps") if kind in document]
    if len(held) != 1:
        raise PipelineRefused(
            f"one of stages, jobs and steps is needed, and there is {held or 'none'}", where
        )
    stages = document.get("stages") or [
        {"stage": "", "jobs": document.get("jobs") or [{"steps": document["steps"]}]}
    ]
    _named(stages, "stage", where)
    for stage in stages:
        place = f"{where}: stage {stage.get('stage')}" if stage.get("stage") else where
        _keys(stage, STAGE, place)
        _check_jobs(stage.get("jobs", []), place)


def _check_jobs(jobs: Any, where: str) -> None:
    if not is_list(jobs) or not jobs:
        raise PipelineRefused("a list of jobs is needed", where)
    _named([{"job": one.get("job", one.get("deployment"))} for one in jobs], "job", where)
    for job in jobs:
        name = job.get("job", job.get("deployment", "Job"))
        place = f"{where}: job {name}"
        if "deployment" in job:
            _keys(job, DEPLOYMENT, place)
            if "environment" not in job or set(job.get("strategy", {})) != {"runOnce"}:
                raise PipelineRefused("a deployment needs an environment and the strategy runOnce", place)
            if set(job["strategy"]["runOnce"]) != {"deploy"}:
                raise PipelineRefused("only runOnce.deploy is known", place)
        else:
            _keys(job, JOB | {"job"}, place)
        steps = steps_of(job)
        if not is_list(steps) or not steps:
            raise PipelineRefused("a list of steps is needed", place)
        _named([step for step in steps if "name" in step], "name", place)
        for number, step in enumerate(steps, 1):
            _check_step(step, f"{place}: step {number}")


def steps_of(job: Mapping[str, Any]) -> Any:
    return job["strategy"]["runOnce"]["deploy"].get("steps") if "deployment" in job else job.get("steps")


def kind_of(step: Mapping[str, Any]) -> str:
    return next(kind for kind in STEPS if kind in step)


def _check_step(step: Any, where: str) -> None:
    if not isinstance(step, dict) or not set(STEPS) & set(step):
        raise PipelineRefused(f"one of {', '.join(STEPS)} is needed, not {step!r}", where)
    _keys(step, _ANY_STEP | STEPS[kind_of(step)], where)
    target = step.get("target", {})
    if isinstance(target, dict):
        _keys(target, TARGET, where)
        if target.get("commands", "any") not in ("any", "restricted"):
            raise PipelineRefused(f"commands are 'any' or 'restricted', not '{target['commands']}'", where)
    for name, value in step.get("env", {}).items():
        if not isinstance(value, str):
            raise PipelineRefused(f"the value of env '{name}' is no text", where)


def _named(several: list[Mapping[str, Any]], key: str, where: str) -> None:
    names = [str(one[key]) for one in several if one.get(key)]
    for name in names:
        if not NAME.fullmatch(name):
            raise PipelineRefused(f"the {key} '{name}' may hold letters, digits and '_' alone", where)
        if names.count(name) > 1:
            raise PipelineRefused(f"the {key} '{name}' appears more than once", where)


def _keys(node: Any, known: set[str], where: str) -> None:
    if not isinstance(node, Mapping):
        raise PipelineRefused(f"a mapping was expected, not {node!r}", where)
    if unknown := sorted(set(node) - known):
        raise PipelineRefused(f"Unexpected value '{unknown[0]}'", where)
