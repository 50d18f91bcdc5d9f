"""One job on a machine of its own: its steps in their order, each under its condition."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.azure.agent import Agent, Issue, Ran, Step
from tests.azure.checkouts import check_out, place_of
from tests.azure.conditions import step_runs
from tests.azure.errors import PipelineRefused
from tests.azure.logging_commands import command_in
from tests.azure.obeying import Obedience
from tests.azure.scripts import CANCELED, Script, run_script
from tests.azure.shapes import kind_of, steps_of
from tests.azure.tasks import TASKS, publish
from tests.azure.variables import Variables


class JobRun:
    def __init__(self, agent: Agent, ran: Ran, job: Mapping[str, Any], values: Mapping[str, str]) -> None:
        self._agent = agent
        self._ran = ran
        self._job = job
        self.name = str(job.get("job", job.get("deployment")) or "Job")
        self._build = agent.work / f"agent-{len(ran.jobs) + 1}"
        self._source = self._build / "s"
        self._temp = self._build / "_temp"
        for folder in (self._source, self._temp, self._build / "a"):
            folder.mkdir(parents=True, exist_ok=True)
        self._variables = Variables({**values, **self._own()})
        self._variables.set("System.AccessToken", agent.token, secret=True)
        self._paths: list[str] = []
        self.status = "Succeeded"
        self.outputs: dict[str, str] = {}

    def run(self) -> str:
        steps = steps_of(self._job)
        checkouts = [step for step in steps if "checkout" in step]
        if not checkouts and "deployment" not in self._job:
            steps = [{"checkout": "self"}, *steps]
            checkouts = steps[:1]
        for step in steps:
            self._step(step, several=len(checkouts) > 1)
        self._ran.unresolved += self._variables.unresolved
        return self.status

    def _own(self) -> dict[str, str]:
        return {
            "Agent.JobName": str(self._job.get("displayName") or self.name),
            "System.PhaseName": self.name,
            "System.JobName": "__default",
            "System.JobAttempt": str(self._agent.attempts.get(self.name, 1)),
            "Agent.BuildDirectory": str(self._build),
            "Agent.TempDirectory": str(self._temp),
            "Agent.OS": "Linux",
            "Pipeline.Workspace": str(self._build),
            "Build.SourcesDirectory": str(self._source),
            "Build.ArtifactStagingDirectory": str(self._build / "a"),
            "System.DefaultWorkingDirectory": str(self._source),
        }

    def _step(self, step: Mapping[str, Any], *, several: bool) -> None:
        title = str(step.get("displayName") or step.get("name") or kind_of(step))
        self._variables.set("Agent.JobStatus", self.status)
        enabled = str(step.get("enabled", "true")).lower() == "true"
        if not enabled or not step_runs(step.get("condition", ""), self._variables.named(), self.status):
            self._ran.steps.append(Step(job=self.name, name=title, result="Skipped"))
            return
        obedience = self._obedience(step)
        self._say(f"=== {self.name}: {title}")
        try:
            code = self._do(step, obedience, several=several)
        except PipelineRefused as refused:
            self._ran.issues.append(Issue(kind="error", message=str(refused)))
            self._say(f"##[error]{refused}")
            code = 1
        result = "Canceled" if code == CANCELED else "Failed" if code else obedience.result
        self._paths = [*obedience.paths, *self._paths]
        if result == "Failed" and str(step.get("continueOnError", "false")).lower() == "true":
            result = "SucceededWithIssues"
        self._ran.steps.append(Step(job=self.name, name=title, result=result, exit_code=code))
        self._note(result)

    def _note(self, result: str) -> None:
        worst = ("Succeeded", "SucceededWithIssues", "Failed", "Canceled")
        self.status = max(self.status, result, key=worst.index)

    def _obedience(self, step: Mapping[str, Any]) -> Obedience:
        target = step.get("target", {})
        target = target if isinstance(target, dict) else {}
        given = target.get("settableVariables")
        names = [] if given == "none" else given
        return Obedience(
            step=str(step.get("name", "")),
            ran=self._ran,
            variables=self._variables,
            outputs=self.outputs,
            restricted=target.get("commands") == "restricted",
            settable=None if names is None else frozenset(name.lower() for name in names),
        )

    def _do(self, step: Mapping[str, Any], obedience: Obedience, *, several: bool) -> int:
        expand = self._variables.expand
        match kind_of(step):
            case "bash" | "script" as kind:
                return self._script(step, step[kind], obedience)
            case "checkout":
                self._check_out(step, several=several)
            case "publish":
                publish(self._source / expand(step["publish"]), expand(step["artifact"]), self._ran.artifacts)
            case "task":
                if step["task"] not in TASKS:
                    raise PipelineRefused(f"the task '{step['task']}' is not known here")
                inputs = {name: expand(value) for name, value in step.get("inputs", {}).items()}
                TASKS[step["task"]](inputs, self._source, self._ran.artifacts)
            case "download":
                if step["download"] != "none":
                    raise PipelineRefused("only 'download: none' is known here")
        return 0

    def _script(self, step: Mapping[str, Any], text: str, obedience: Obedience) -> int:
        expand = self._variables.expand
        path = ":".join([*self._paths, self._agent.environ["PATH"]])
        environ = {
            **self._agent.environ,
            "TF_BUILD": "True",
            **self._variables.environment(),
            "PATH": path,
            **{name: expand(value) for name, value in step.get("env", {}).items()},
        }
        script = Script(
            text=expand(text),
            folder=Path(self._source, expand(step.get("workingDirectory", ""))),
            environ=environ,
            temp=self._temp,
            time_limit=self._agent.time_limit,
        )

        def read(line: str) -> bool:
            self._say(line)
            if command := command_in(line):
                obedience.obey(command)
            if self._ran.canceled or not self._agent.cancel_at or self._agent.cancel_at not in line:
                return False
            self._ran.canceled = True
            return True

        return run_script(script, read)

    def _check_out(self, step: Mapping[str, str], *, several: bool) -> None:
        alias = step["checkout"]
        if alias == "none":
            return
        if alias not in self._agent.repositories:
            raise PipelineRefused(f"checkout: no repository resource is called '{alias}'")
        repository = self._agent.repositories[alias]
        place = place_of(step, repository, self._build, several=several)
        check_out(step, repository, place, self._agent.token)

    def _say(self, line: str) -> None:
        for secret in self._variables.secret_values():
            if secret:
                line = line.replace(secret, "***")
        self._ran.lines.append(line)
