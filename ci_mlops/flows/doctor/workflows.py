"""The team's GitHub workflows, as far as they run ci-mlops. Read as data, never run."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ci_mlops.flows.doctor.patient import Patient

FOLDER = ".github/workflows"
_LARGEST = 1 << 20
_ACTION = re.compile(r"(?:^|/)ci-mlops(?:/[\w./-]+)?@(?P<ref>\S+)$")
_HOSTED = re.compile(r"(?:ubuntu|windows|macos)-[\w.-]+")
_CHECKOUT = "actions/checkout@"
_COMMAND = re.compile(r"(?:^|[\s;&|/])ci-mlops[ \t]+(?P<command>[a-z]+(?:-[a-z]+)*)\b")
COMMANDS = ("auto", "validate", "train", "predict", "judge", "publish", "publish-run", "register")
FINDS = "find"
"""The first job of a run for several models."""
GATE = "gate"
"""The last job, which a branch rule can require by its name."""
CALLS = "calls"
"""The jobs of the reusable workflow, which check out for themselves."""
_CALLED = re.compile(r"/model-gate\.ya?ml(?:@(?P<ref>\S+))?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    name: str
    title: str
    """What a branch rule calls it."""
    where: str
    """`.github/workflows/gate.yml jobs.gate`."""
    permissions: Mapping[str, str] | None
    """None: nobody says, and the repository's default holds."""
    is_hosted: bool
    checkouts: tuple[Mapping[str, Any], ...]
    """`with:` of each."""
    ours: tuple[str, ...]
    """Our commands that it runs; `auto` asks the event."""
    refs: tuple[str, ...]
    """What follows the @ of our action."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    path: str
    """From the repository's top."""
    events: Mapping[str, Mapping[str, Any]]
    jobs: tuple[Job, ...]
    fault: str = ""
    """Why it could not be read."""

    @property
    def is_ours(self) -> bool:
        return any(job.ours for job in self.jobs)


def read_workflows(patient: Patient) -> tuple[Workflow, ...]:
    top = patient.top or patient.folder
    found = sorted(
        path for path in (top / FOLDER).glob("*") if path.suffix in (".yml", ".yaml") and path.is_file()
    )
    return tuple(read_workflow(path, path.relative_to(top).as_posix()) for path in found)


def read_workflow(path: Path, name: str) -> Workflow:
    import yaml

    nothing = Workflow(path=name, events={}, jobs=())
    if path.stat().st_size > _LARGEST:
        return Workflow(path=name, events={}, jobs=(), fault="larger than 1 MiB")
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        return Workflow(path=name, events={}, jobs=(), fault=first)
    if not isinstance(document, dict):
        return nothing
    # YAML 1.1 reads the key `on` as true
    events = _events(document.get("on", document.get(True)))
    jobs = document.get("jobs")
    given = document.get("permissions")
    return Workflow(
        path=name,
        events=events,
        jobs=tuple(
            _job(name, str(key), job, given)
            for key, job in (jobs.items() if isinstance(jobs, dict) else ())
            if isinstance(job, dict)
        ),
    )


def _events(said: Any) -> dict[str, Mapping[str, Any]]:
    if isinstance(said, str):
        return {said: {}}
    if isinstance(said, list):
        return {str(event): {} for event in said}
    if isinstance(said, dict):
        return {str(event): more if isinstance(more, dict) else {} for event, more in said.items()}
    return {}


def _job(path: str, key: str, job: Mapping[str, Any], given: Any) -> Job:
    steps = [step for step in _list(job.get("steps")) if isinstance(step, dict)]
    runner = job.get("runs-on")
    labels = _list(runner) if isinstance(runner, list) else [runner]
    return Job(
        name=key,
        title=str(job.get("name") or key),
        where=f"{path} jobs.{key}",
        permissions=_permissions(job.get("permissions", given)),
        is_hosted=any(_HOSTED.fullmatch(str(label)) for label in labels),
        checkouts=tuple(_with(step) for step in steps if str(step.get("uses", "")).startswith(_CHECKOUT)),
        ours=(CALLS,) if _CALLED.search(str(job.get("uses", ""))) else tuple(_commands(steps)),
        refs=tuple(found["ref"] for step in steps if (found := _ACTION.search(str(step.get("uses", ""))))),
    )


def _commands(steps: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for step in steps:
        yield from _ours(step)


def _ours(step: Mapping[str, Any]) -> Iterator[str]:
    uses = str(step.get("uses", ""))
    if _ACTION.search(uses):
        yield str(_with(step).get("command") or "auto")
    for found in _COMMAND.finditer(str(step.get("run", ""))):
        if found["command"] in COMMANDS:
            yield found["command"]


def _permissions(said: Any) -> Mapping[str, str] | None:
    if said is None:
        return None
    if isinstance(said, str):
        every = {"write-all": "write", "read-all": "read"}.get(said, "none")
        return dict.fromkeys(("actions", "contents", "pull-requests", "statuses"), every)
    return {str(name): str(level) for name, level in said.items()} if isinstance(said, dict) else {}


def _with(step: Mapping[str, Any]) -> Mapping[str, Any]:
    given = step.get("with")
    return given if isinstance(given, dict) else {}


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()
