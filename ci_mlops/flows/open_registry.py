"""The registry that a project's settings name; a local path lies beside ci-mlops.yml, like every path in it."""

from collections.abc import Callable
from pathlib import Path

from ci_mlops.config import Config
from ci_mlops.errors import BadConfig
from ci_mlops.flows.tools import Tools
from ci_mlops.ports import Registry
from ci_mlops.records import Version


def open_registry(tools: Tools, config: Config, folder: Path) -> Registry:
    """
    Raises:
        BadConfig: the config names none.
    """
    if config.registry is None:
        raise BadConfig(
            "ci-mlops.yml names no registry",
            where=config.where("registry"),
            mend='Add `registry: {uri: "https://mlflow.example"}`, or leave this step out.',
        )
    return tools.registry(anchored(config.registry.uri, folder), config.registry.stages)


def model_name(config: Config) -> str:
    return (config.registry.name if config.registry else None) or config.model


def registry_pointer(tools: Tools, config: Config, folder: Path) -> Callable[[str], Version | None]:
    """Stage -> the version that it points to; the registry is opened when it is asked."""

    def pointer(stage: str) -> Version | None:
        return open_registry(tools, config, folder).pointer(model_name(config), stage)

    return pointer


def anchored(uri: str, folder: Path) -> str:
    """
    The address with its local path made whole.

    >>> anchored("sqlite:///mlflow.db", Path("/repo/credit"))
    'sqlite:////repo/credit/mlflow.db'
    >>> anchored("https://mlflow.example", Path("/repo/credit"))
    'https://mlflow.example'
    """
    # `sqlite:////srv/mlflow.db` is absolute already, and joining keeps it so
    start = "sqlite:///"
    if uri.startswith(start) and uri != start:
        return f"{start}{folder / uri.removeprefix(start)}"
    return uri
