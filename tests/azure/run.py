"""
Run time: an expanded pipeline, stage by stage and job by job, on this machine.

    ran = run(expand(...), agent)
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tests.azure.agent import Agent, Ran
from tests.azure.conditions import runs
from tests.azure.errors import PipelineRefused
from tests.azure.expressions import evaluate
from tests.azure.jobs import JobRun
from tests.azure.values import Known, Names, to_text

RUNTIME = re.compile(r"\$\[(.*)\]", re.DOTALL)


def run(document: Mapping[str, Any], agent: Agent) -> Ran:
    ran = Ran(artifacts=agent.work / "artifacts")
    ran.artifacts.mkdir(parents=True, exist_ok=True)
    _Pipeline(document, agent, ran).run()
    return ran


class _Pipeline:
    def __init__(self, document: Mapping[str, Any], agent: Agent, ran: Ran) -> None:
        self._document = document
        self._agent = agent
        self._ran = ran
        self._stages = _stages(document)
        self._of_stage: dict[str, dict[str, Any]] = {}
        """Stage -> job -> what later stages may ask about it."""

    def run(self) -> None:
        given = {**self._agent.variables, **_plain(self._document.get("variables", {}), {})}
        previous: list[str] = []
        for stage in _ordered(self._stages, "stage"):
            name = stage["stage"]
            wanted = _names(stage.get("dependsOn"), previous)
            before = _all_before(name, self._stages, "stage")
            dependencies = Known({one: self._stage_facts(one) for one in wanted}, "stage in dependsOn")
            named = {"variables": Names(given), "dependencies": dependencies}
            chosen = runs(
                stage.get("condition", ""),
                named,
                before={one: self._ran.stages[one] for one in before},
                canceled=self._ran.canceled,
            )
            if chosen and self._approved(stage):
                self._run_jobs(stage, given)
            else:
                self._ran.stages[name] = "Failed" if chosen else "Skipped"
                nothing = {"result": "Skipped", "outputs": {}}
                self._of_stage[name] = {_title(job): nothing for job in stage["jobs"]}
            previous = [name]

    def _stage_facts(self, stage: str) -> dict[str, Any]:
        outputs = {
            f"{job}.{name}": value
            for job, facts in self._of_stage.get(stage, {}).items()
            for name, value in facts["outputs"].items()
        }
        return {"result": self._ran.stages[stage], "outputs": outputs}

    def _approved(self, stage: Mapping[str, Any]) -> bool:
        """Checks of an environment are asked before its stage begins, not before its job."""
        for job in stage["jobs"]:
            environment = job.get("environment")
            if environment is None:
                continue
            if environment not in self._agent.approvals:
                raise PipelineRefused(f"the environment '{environment}' does not exist")
            self._ran.asked.append(environment)
            if not self._agent.approvals[environment]:
                return False
        return True

    def _run_jobs(self, stage: Mapping[str, Any], given: Mapping[str, str]) -> None:
        results: dict[str, str] = {}
        facts: dict[str, Any] = {}
        values = {
            **given,
            **_plain(stage.get("variables", {}), {}),
            "System.StageName": stage["stage"] or "__default",
        }
        for job in _ordered(stage["jobs"], "job"):
            name = _title(job)
            named = {
                "variables": Names(values),
                "dependencies": Known(
                    {one: facts[one] for one in _names(job.get("dependsOn"), [])}, "job in dependsOn"
                ),
                "stageDependencies": Known(self._of_stage, "stage"),
            }
            before = {one: results[one] for one in _all_before(name, stage["jobs"], "job")}
            if runs(job.get("condition", ""), named, before=before, canceled=self._ran.canceled):
                own = _plain(job.get("variables", {}), named)
                running = JobRun(self._agent, self._ran, job, {**values, **own})
                results[name] = running.run()
                outputs = running.outputs
            else:
                results[name], outputs = "Skipped", {}
            if "deployment" in job:
                outputs = {f"{name}.{one}": value for one, value in outputs.items()}
            facts[name] = {"result": results[name], "outputs": outputs}
            self._ran.jobs[name] = results[name]
            self._ran.outputs[name] = outputs
        self._of_stage[stage["stage"]] = facts
        ends = set(results.values())
        worst = ("Failed", "Canceled", "SucceededWithIssues")
        self._ran.stages[stage["stage"]] = next((one for one in worst if one in ends), "Succeeded")


def _plain(written: Any, named: Mapping[str, Any]) -> dict[str, str]:
    """Variables with their `$[ ]` filled in."""
    pairs = written.items() if isinstance(written, dict) else [(one["name"], one["value"]) for one in written]
    made = {}
    for name, value in pairs:
        hit = RUNTIME.fullmatch(value.strip())
        made[name] = to_text(evaluate(hit[1], named)) if hit else value
    return made


def _stages(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    if "stages" in document:
        return list(document["stages"])
    jobs = document.get("jobs") or [{"job": "Job", "steps": document["steps"]}]
    return [{"stage": "", "jobs": jobs}]


def _title(one: Mapping[str, Any]) -> str:
    return str(one.get("job", one.get("deployment", one.get("stage"))) or "")


def _names(given: Any, default: list[str]) -> list[str]:
    if given is None:
        return default
    return [given] if isinstance(given, str) and given else list(given)


def _wanted(kind: str, all_of: list[Any], number: int) -> list[str]:
    """A stage follows the one above it where it says nothing, a job follows none."""
    above = [_title(all_of[number - 1])] if kind == "stage" and number else []
    return _names(all_of[number].get("dependsOn"), above)


def _ordered(several: list[Any], kind: str) -> Iterable[Any]:
    done: set[str] = set()
    waiting = list(range(len(several)))
    while waiting:
        ready = next((one for one in waiting if set(_wanted(kind, several, one)) <= done), None)
        if ready is None:
            names = ", ".join(_title(several[one]) for one in waiting)
            raise PipelineRefused(f"each {kind} of these waits for what never comes: {names}")
        waiting.remove(ready)
        done.add(_title(several[ready]))
        yield several[ready]


def _all_before(name: str, several: list[Any], kind: str) -> list[str]:
    """Direct and indirect dependencies."""
    found: dict[str, None] = {}
    open_ones = [name]
    while open_ones:
        number = next(at for at, one in enumerate(several) if _title(one) == open_ones[0])
        open_ones.pop(0)
        for one in _wanted(kind, several, number):
            if one not in found:
                found[one] = None
                open_ones.append(one)
    return list(found)
