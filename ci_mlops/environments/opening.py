"""The environment that the config declares, ready to run in; what has to be installed is installed at the first run."""

from collections.abc import Callable, Mapping
from pathlib import Path

from ci_mlops.environments.current import CurrentEnvironment
from ci_mlops.environments.declared import DeclaredEnvironment
from ci_mlops.errors import BadConfig
from ci_mlops.ports import Environment
from ci_mlops.records import ResolvedEnvironment

CURRENT = "current"


def open_environment(
    declared: str,
    folder: Path,
    resolved: ResolvedEnvironment | None,
    *,
    cache: Path,
    environ: Mapping[str, str],
    say: Callable[[str], None],
) -> Environment:
    """
    `folder`: the config's, in the working tree. Nothing is installed here.

    Raises:
        BadConfig: a declaration that was never solved.
    """
    if declared == CURRENT:
        return CurrentEnvironment(folder, environ=environ, say=say)
    if resolved is not None:
        return DeclaredEnvironment(folder, resolved, cache=cache, environ=environ, say=say)
    raise BadConfig(
        f"{declared} is not solved yet",
        where="ci-mlops.yml environment",
        mend="`ci-mlops pin`, then commit ci-mlops.lock.",
    )
