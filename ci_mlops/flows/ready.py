"""Can a training begin in the environment that is declared for it? Told before it does, not after an hour."""

from pathlib import Path

from ci_mlops.environments.declaration import read_declaration
from ci_mlops.environments.imports import asked_of, failing_imports
from ci_mlops.environments.removed import removed_names
from ci_mlops.environments.requirement_lines import Requirement
from ci_mlops.environments.scripts import Use, foreign_modules, scripts_of, uses_of
from ci_mlops.errors import BadConfig, CiMlopsError, Problems, TrainingFailed
from ci_mlops.flows.checkout import Checkout
from ci_mlops.flows.tools import Tools
from ci_mlops.ports import Environment
from ci_mlops.records import ResolvedEnvironment


def check_names(checkout: Checkout, resolved: ResolvedEnvironment | None) -> None:
    """
    From the text of the scripts and the lock alone: nothing is run, so it comes before everything else.

    Raises:
        BadConfig: an import at the top of a script names what the pinned version has no more.
    """
    if resolved is None:
        return
    lines = declared_lines(checkout.folder, resolved.source)
    found = removed_names(training_uses(checkout), resolved, lines)
    _raise([problem.as_error() for use, _, problem in found if use.is_certain])


def check_imports(
    tools: Tools, environment: Environment, checkout: Checkout, resolved: ResolvedEnvironment | None
) -> None:
    """
    Of a declared environment; what `current` holds is the team's own to know.

    Raises:
        TrainingFailed: an import fails in the environment as it was made.
    """
    if resolved is None:
        return
    uses = training_uses(checkout)
    wanted = certain_imports(uses, checkout.folder)
    done = tools.cache / "environments" / "imported" / asked_of(environment, wanted)
    if done.is_file():
        return
    _raise([one.as_error(installing=True) for one in failing_imports(environment, wanted, checkout.folder)])
    done.parent.mkdir(parents=True, exist_ok=True)
    done.touch()


def training_uses(checkout: Checkout) -> tuple[Use, ...]:
    settings = checkout.config.train
    if settings is None:
        return ()
    folder = checkout.folder.resolve()
    return uses_of(scripts_of(settings.run, settings.model.callable, folder), folder)


def certain_imports(uses: tuple[Use, ...], folder: Path) -> dict[str, Use]:
    foreign = foreign_modules(uses, folder)
    return {use.name: use for use in uses if use.is_certain and use.name.partition(".")[0] in foreign}


def declared_lines(folder: Path, source: str) -> tuple[Requirement, ...]:
    try:
        return read_declaration(folder, source).requirements
    except BadConfig:
        return ()


def _raise(errors: list[CiMlopsError]) -> None:
    if len(errors) == 1:
        raise errors[0]
    if not errors:
        return
    if isinstance(errors[0], TrainingFailed):
        raise TrainingFailed(
            "; ".join(one.what for one in errors),
            where=", ".join(one.where for one in errors),
            mend=errors[0].mend,
        )
    raise Problems(errors)
