"""Ask what a stage's conditions need to know: the trail, the CI's reviewers, the team's smoke test, the pinned rows."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from ci_mlops.config.entry_settings import EntrySettings
from ci_mlops.errors import PlatformFailed
from ci_mlops.flows.project import Project
from ci_mlops.flows.registered import own_environment
from ci_mlops.flows.scored_again import scored_again
from ci_mlops.flows.scoring import fill_in
from ci_mlops.flows.tools import Tools
from ci_mlops.ladder.entry import Untried, approved, climbed, judged, smoked, unasked, waited, waived_by
from ci_mlops.ports import Environment, Registry
from ci_mlops.records import Approval, AuditEvent, Condition, Promotion, Verdict, Version, tags

NOTHING = EntrySettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What is known without running anything."""

    conditions: tuple[Condition, ...]
    untried: tuple[Untried, ...] = ()
    approvals: tuple[Approval, ...] = ()
    """Of this run."""
    waived: tuple[Approval, ...] = ()
    """Who let the verdict through."""

    @property
    def broken(self) -> tuple[Condition, ...]:
        return tuple(one for one in self.conditions if not one.held)


def weigh(
    tools: Tools, step: Promotion, asked: EntrySettings, verdict: Verdict | None, events: Sequence[AuditEvent]
) -> Weighed:
    waived = waived_by(events, step.version)
    conditions = [climbed(events, step.source), judged(step.version, verdict, waived)]
    approvals: tuple[Approval, ...] = ()
    if environment := asked.environment(step.stage):
        try:
            approvals = approvals_in(tools, environment)
            conditions.append(approved(environment, approvals))
        except PlatformFailed as failure:
            conditions.append(unasked(environment, f"{failure.what}. {failure.mend}".strip()))
    if asked.after is not None:
        conditions.append(waited(events, step.source, timedelta(seconds=asked.after), tools.now()))
    return Weighed(
        conditions=tuple(conditions), untried=tuple(_untried(asked)), approvals=approvals, waived=waived
    )


def approvals_in(tools: Tools, environment: str, run: str = "") -> tuple[Approval, ...]:
    """
    Of an earlier run; an empty `run`: this one.

    Raises:
        PlatformFailed: there is no CI around us, or it does not tell.
    """
    # Azure's names are told as code; of an account that was deleted there is none
    names = dict.fromkeys(name.strip("`") or "somebody" for name in tools.approvers(environment, run))
    return tuple(Approval(by=name, environment=environment) for name in names)


def try_out(
    tools: Tools,
    project: Project,
    registry: Registry,
    version: Version,
    asked: EntrySettings,
    verdict: Verdict | None,
) -> tuple[Condition, ...]:
    """
    What takes its time; the stored files are held against what was judged in any case.

    Raises:
        RegistryFailed: the stored files are not what was judged.
        BadData, TrainingFailed: it can't be tried, or doesn't end, which is no answer.
    """
    with tempfile.TemporaryDirectory(prefix="ci-mlops-") as room:
        files = registry.fetch(version, Path(room, "fetched"))
        tried = [Condition(name="files", held=True, told="its stored files are what was judged")]
        if asked.smoke is not None:
            with tools.step(f"Smoke test of version {version.number}"):
                tried.append(_smoke(tools, project, registry, version, asked, files))
    if asked.scores:
        with tools.step(f"Score with version {version.number}"):
            tried.append(scored_again(tools, project, registry, version, verdict))
    return tuple(tried)


def _smoke(
    tools: Tools, project: Project, registry: Registry, version: Version, asked: EntrySettings, files: Path
) -> Condition:
    assert asked.smoke is not None  # noqa: S101 - asked for by the caller
    environment, where = _environment(tools, project, registry, version)
    finished = environment.run(
        fill_in(asked.smoke, model=files),
        folder=project.folder,
        log=files.parent.with_name("smoke.log"),
        time_limit=asked.time_limit,
    )
    return smoked(finished.exit_code, finished.tail, where)


def _environment(
    tools: Tools, project: Project, registry: Registry, version: Version
) -> tuple[Environment, str]:
    """And what is to be said of it."""
    resolved = own_environment(registry, version)
    if resolved is not None:
        return tools.environment(resolved.source, project.folder, resolved), ""
    declared = tools.environment(project.config.environment, project.folder, project.lock.environment)
    same = version.tags.get(tags.ENVIRONMENT) == declared.digest()
    return declared, "" if same else ", in today's environment, for its own is not known"


def _untried(asked: EntrySettings) -> list[Untried]:
    found: list[Untried] = []
    if asked.smoke is not None:
        command = asked.smoke if isinstance(asked.smoke, str) else " ".join(asked.smoke)
        found.append(Untried(name="smoke", told=f"`{command}`, in the version's own environment"))
    if asked.scores:
        found.append(Untried(name="scores", told="it scores the pinned test rows, as when it was judged"))
    return found
