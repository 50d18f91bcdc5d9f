"""Each model in its own environment: the one that its checkout, or its registered version, was pinned with."""

from ci_mlops.errors import BadConfig
from ci_mlops.flows.checkout import Checkout
from ci_mlops.flows.pin import check_environment
from ci_mlops.flows.project import Project
from ci_mlops.flows.tools import Tools
from ci_mlops.ports import Environment
from ci_mlops.records import ResolvedEnvironment, TrainedModel

CURRENT = "current"


def resolved_of(checkout: Checkout) -> ResolvedEnvironment | None:
    """
    None: `environment: current`.

    Raises:
        BadConfig: a declaration that was never solved, or another one than was.
    """
    if checkout.config.environment == CURRENT:
        return None
    try:
        check_environment(checkout.config, checkout.folder, checkout.lock)
    except BadConfig as error:
        side = "" if checkout.role == "candidate" else " (base)"
        raise BadConfig(error.what, where=f"{error.where}{side}", mend=error.mend) from error
    return checkout.lock.environment


def environment_of(tools: Tools, project: Project, checkout: Checkout) -> Environment:
    """Opened for the working tree: a run in another folder is led to the code that lies there."""
    return tools.environment(checkout.config.environment, project.folder, resolved_of(checkout))


def environment_of_card(tools: Tools, project: Project, card: TrainedModel) -> Environment:
    """The one that a model is scored in; maybe in another job than the one that trained it."""
    resolved = _pinned_for(project, card)
    declared = CURRENT if resolved is None else resolved.source
    return tools.environment(declared, project.folder, resolved)


def _pinned_for(project: Project, card: TrainedModel) -> ResolvedEnvironment | None:
    """Of what was trained here the lock says it, whatever a card says that came from another job."""
    if card.origin not in ("trained", "reused"):
        return card.resolved
    config, lock = project.config, project.lock
    if card.role == "champion" and project.base and project.base.config and project.base.lock:
        config, lock = project.base.config, project.base.lock
    return None if config.environment == CURRENT else lock.environment
