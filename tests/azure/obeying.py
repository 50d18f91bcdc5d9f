"""What a logging command does: to the job's variables, to the step's result, to the run's page."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.azure.agent import Issue, Ran
from tests.azure.logging_commands import RESTRICTED, LoggingCommand
from tests.azure.variables import Variables

WORST = ("Succeeded", "SucceededWithIssues", "Failed")


@dataclass(kw_only=True)
class Obedience:
    """One step's: `settable` None is any variable."""

    step: str
    ran: Ran
    variables: Variables
    outputs: dict[str, str]
    restricted: bool = False
    settable: frozenset[str] | None = None
    result: str = "Succeeded"
    paths: list[str] = field(default_factory=list)

    def obey(self, command: LoggingCommand) -> None:
        does = ACTIONS.get(command.name)
        if does is None:
            self._fail(f"##vso[{command.name}] is not a command")
        elif self.restricted and command.name not in RESTRICTED:
            self._refuse(f"##vso[{command.name}] is not allowed in this step")
        else:
            does(self, command)

    def set_variable(self, command: LoggingCommand) -> None:
        name = command.properties.get("variable", "")
        if not name:
            self._fail("##vso[task.setvariable] names no variable")
        elif not self._may_set(name):
            self._refuse(f"Setting the variable '{name}' is not allowed in this step")
        elif self.variables.is_fixed(name):
            self._refuse(f"'{name}' is read-only")
        elif command.flag("isoutput"):
            if not self.step:
                self._fail("an output variable needs a step with a name")
                return
            self.outputs[f"{self.step}.{name}"] = command.data
            self._keep(f"{self.step}.{name}", command)
        else:
            self._keep(name, command)

    def log_issue(self, command: LoggingCommand) -> None:
        kind = command.properties.get("type", "")
        if kind not in ("error", "warning"):
            self._fail(f"an issue of type '{kind}'")
            return
        self.ran.issues.append(
            Issue(
                kind=kind,
                message=command.data,
                file=command.properties.get("sourcepath", ""),
                line=command.properties.get("linenumber", ""),
            )
        )

    def complete(self, command: LoggingCommand) -> None:
        result = command.properties.get("result", "")
        if result not in WORST:
            self._fail(f"##vso[task.complete] with the result '{result}'")
        else:
            # the worst counts: a failure is not taken back
            self.result = max(self.result, result, key=WORST.index)

    def set_secret(self, command: LoggingCommand) -> None:
        self.variables.set(f"secret.{len(self.variables.secrets)}", command.data, secret=True)

    def prepend_path(self, command: LoggingCommand) -> None:
        if self._may_set("PATH"):
            self.paths.insert(0, command.data)
        else:
            self._refuse("Setting the variable 'PATH' is not allowed in this step")

    def upload_summary(self, command: LoggingCommand) -> None:
        if file := self._file(command):
            self.ran.summaries.append(file.read_text(encoding="utf-8"))

    def attach(self, command: LoggingCommand) -> None:
        if file := self._file(command):
            self.ran.attached.append(file)

    def tag(self, command: LoggingCommand) -> None:
        self.ran.tags.append(command.data)

    def nothing(self, command: LoggingCommand) -> None:
        """Progress and debugging: only shown."""

    def _keep(self, name: str, command: LoggingCommand) -> None:
        self.variables.set(
            name, command.data, secret=command.flag("issecret"), fixed=command.flag("isreadonly")
        )

    def _may_set(self, name: str) -> bool:
        return self.settable is None or name.lower() in self.settable

    def _file(self, command: LoggingCommand) -> Path | None:
        file = Path(command.data)
        if file.is_absolute() and file.is_file():
            return file
        self._fail(f"##vso[{command.name}]: no such file: {command.data}")
        return None

    def _refuse(self, why: str) -> None:
        self.ran.refused.append(why)
        self.ran.issues.append(Issue(kind="warning", message=why))

    def _fail(self, why: str) -> None:
        """The agent can't carry it out: the step fails."""
        self.ran.issues.append(Issue(kind="error", message=f"Unable to process command: {why}"))
        self.result = "Failed"


ACTIONS: dict[str, Callable[[Obedience, LoggingCommand], None]] = {
    "task.setvariable": Obedience.set_variable,
    "task.logissue": Obedience.log_issue,
    "task.complete": Obedience.complete,
    "task.setsecret": Obedience.set_secret,
    "task.prependpath": Obedience.prepend_path,
    "task.uploadsummary": Obedience.upload_summary,
    "task.uploadfile": Obedience.attach,
    "task.addattachment": Obedience.attach,
    "build.addbuildtag": Obedience.tag,
    "build.updatebuildnumber": Obedience.nothing,
    "task.setprogress": Obedience.nothing,
    "task.logdetail": Obedience.nothing,
    "task.debug": Obedience.nothing,
}
