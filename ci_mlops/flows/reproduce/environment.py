"""The environment of a version: made again from the lock that was registered with it, else the one of today."""

from dataclasses import dataclass

from ci_mlops.config import Config
from ci_mlops.datasets.lock import read_lock
from ci_mlops.environments.digest import environment_digest
from ci_mlops.environments.lines import line_of
from ci_mlops.errors import BadConfig, CiMlopsError, TrainingFailed
from ci_mlops.evaluation.reproduction import changed_packages
from ci_mlops.flows.kept_packages import packages_registered
from ci_mlops.flows.own_environment import CURRENT
from ci_mlops.flows.project import LOCK, Project
from ci_mlops.flows.registered import own_environment
from ci_mlops.flows.tools import Tools
from ci_mlops.ports import Environment, Registry
from ci_mlops.records import Lock, ResolvedEnvironment, Version, tags
from ci_mlops.records.reproduction import ChangedPackage


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    environment: Environment
    why: str = ""
    """Why it is not the registered one; empty: it is."""
    packages: tuple[ChangedPackage, ...] | None = ()
    """None: what was installed then is not known."""


def find_home(
    tools: Tools, project: Project, registry: Registry, version: Version, config: Config, lock: Lock
) -> Home:
    """
    `config`: the commit's; `lock`: the one that was registered.

    Raises:
        TrainingFailed: neither the registered environment can be made, nor is there another one today.
    """
    wanted = version.tags.get(tags.ENVIRONMENT, "")
    solved = own_environment(registry, version) or _same(lock.environment, wanted)
    before = packages_registered(registry, version)
    if solved is None and config.environment == CURRENT:
        return _told(_current(tools, project), wanted, before, "its environment was `current`")
    if solved is None:
        why = "no record of it was registered that is still what it was"
        return _told(_todays(tools, project), wanted, before, why)
    environment = tools.environment(solved.source, project.folder, solved)
    try:
        tools.say(f"environment: the registered one has {environment.python}")
    except (BadConfig, TrainingFailed) as error:
        today = _todays(tools, project)
        if today.digest() == wanted:
            raise
        tools.say(f"notice: the registered environment can't be made again: {error.what}")
        then = (f"python=={solved.python}", *(line_of(one) for one in solved.packages))
        return _told(today, wanted, then, f"it can't be made again: {_first_line(error)}")
    return Home(environment=environment)


def _same(solved: ResolvedEnvironment | None, wanted: str) -> ResolvedEnvironment | None:
    return solved if solved is not None and environment_digest(solved) == wanted else None


def _told(today: Environment, wanted: str, before: tuple[str, ...] | None, why: str) -> Home:
    """`before`: the interpreter first, which is a package like any other to who reads of it."""
    if today.digest() == wanted:
        return Home(environment=today)
    if before is None:
        return Home(environment=today, why=why, packages=None)
    python = _as_exact(today.python_version, before[0])
    packages = changed_packages(before, (f"python=={python}", *today.packages()))
    return Home(environment=today, why=why, packages=packages)


def _as_exact(python: str, before: str) -> str:
    """A lock knows `3.11`, and `current` is `CPython 3.11.9`."""
    return python if " " in before else ".".join(python.rpartition(" ")[2].split(".")[:2])


def _todays(tools: Tools, project: Project) -> Environment:
    """As the working tree declares it."""
    if project.config.environment == CURRENT:
        return _current(tools, project)
    return tools.environment(
        project.config.environment, project.folder, read_lock(project.folder / LOCK).environment
    )


def _current(tools: Tools, project: Project) -> Environment:
    return tools.environment(CURRENT, project.folder, None)


def _first_line(error: CiMlopsError) -> str:
    return error.what.splitlines()[0].removeprefix("The environment can't be installed: ").rstrip(".")
