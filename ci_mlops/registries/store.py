"""What the registry asks of a store: few reads, fewer writes. MLflow's REST API and its client both answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ci_mlops.errors import RegistryFailed


class Refused(RegistryFailed):
    """The server answered, and said no; `code` is MLflow's word for it, empty where it has none."""

    def __init__(
        self, what: str, *, where: str = "", mend: str = "", code: str = "", status: int = 0
    ) -> None:
        super().__init__(what, where=where, mend=mend)
        self.code = code
        self.status = status

    @property
    def absent(self) -> bool:
        return self.code == "RESOURCE_DOES_NOT_EXIST"

    @property
    def unknown_endpoint(self) -> bool:
        """Old servers know no aliases: they answer with a page, or name the endpoint."""
        return self.code == "ENDPOINT_NOT_FOUND" or (self.status in (404, 405, 501) and not self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A version as MLflow has it; its stages are known to the model alone."""

    name: str
    number: str
    """A string everywhere: MLflow's databases say 3, its servers say "3"."""
    source: str
    run: str
    created: int
    """Milliseconds since 1970."""
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    id: str
    artifacts: str
    """URI of its artifact folder."""
    metrics: Mapping[str, float] = field(default_factory=dict)


class Store(Protocol):
    def aliases(self, name: str) -> Mapping[str, str] | None:
        """Alias -> number; None: no such model."""

    def version(self, name: str, number: str) -> Stored: ...

    def versions(self, name: str) -> list[Stored]:
        """In no order; empty where the name is unknown."""

    def add(self, name: str, like: Stored, tags: Mapping[str, str], told: str) -> str:
        """
        One more version of `name`, which is made where it is unknown; with the files of `like`. Its number: the server
        gives each once, in order. A lost answer may have written it twice. `told`: what the name is for.
        """

    def set_alias(self, name: str, alias: str, number: str) -> None: ...

    def set_tag(self, name: str, number: str, key: str, value: str) -> None: ...

    def delete_tag(self, name: str, number: str, key: str) -> None: ...

    def run(self, run: str) -> Run: ...

    def files(self, run: str, folder: str) -> list[str]:
        """Paths of all files below a folder of its artifacts; empty where there is no such folder."""

    def download(self, run: str, path: str, into: Path, *, folder: bool) -> None:
        """One file to `into`, or all files below a folder into the folder `into`."""
