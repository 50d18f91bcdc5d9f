"""Which registry an address means, and where a local one may be used."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from ci_mlops.errors import RegistryFailed

Kind = Literal["server", "sqlite", "other"]

WAYS_OUT = (
    "Use a server (`registry.uri: https://...` in ci-mlops.yml), or a runner of your own that keeps its disk; "
    "or take `registry:` out of ci-mlops.yml: the champion is then the base branch."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    kind: Kind
    uri: str
    """As MLflow is to hear it."""
    path: Path | None = None
    """The database file, of a local registry."""

    @property
    def shown(self) -> str:
        """Without the name and the password that an address may hold."""
        return re.sub(r"//[^/@]*@", "//", self.uri)


def read_address(uri: str, folder: Path) -> Address:
    """
    Local paths are anchored at `folder`, for a database must not depend on where a command was started.

    Raises:
        RegistryFailed: no address at all (MLflow would make a database in the working folder and say nothing),
            or a folder of files.
    """
    text = uri.strip()
    if not text:
        raise RegistryFailed(
            "The registry has no address",
            where="ci-mlops.yml registry.uri",
            mend="Write one: `https://mlflow.example`, or `sqlite:///mlflow.db` on a machine that keeps its disk.",
        )
    scheme = urlsplit(text).scheme.lower()
    if scheme in ("http", "https"):
        _check_server(text)
        return Address(kind="server", uri=text.rstrip("/"))
    if scheme == "sqlite":
        path = _sqlite_path(text, folder)
        return Address(kind="sqlite", uri=f"sqlite:///{path}", path=path)
    if scheme == "file" or (scheme == "" and text not in ("databricks", "databricks-uc")):
        # tags are written one by one after the version, and parts of it open ./mlflow.db whatever it is told
        raise RegistryFailed(
            "A folder of files can't be the registry: a killed job would leave half a version in it",
            where=f"ci-mlops.yml registry.uri: {uri}",
            mend="Use a database in that folder: `sqlite:///FOLDER/mlflow.db`.",
        )
    return Address(kind="other", uri=text)


def _check_server(uri: str) -> None:
    try:
        parts = urlsplit(uri)
        good = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good:
        raise RegistryFailed(
            "The registry's address names no host",
            where="ci-mlops.yml registry.uri",
            mend="Write it like `https://mlflow.example` or `http://mlflow.example:5000`.",
        )


def _sqlite_path(uri: str, folder: Path) -> Path:
    # SQLAlchemy: three slashes and a relative path, four and an absolute one
    name = uri.partition(":///")[2].partition("?")[0]
    if not name or name == ":memory:":
        raise RegistryFailed(
            "The registry's address names no database file",
            where=f"ci-mlops.yml registry.uri: {uri}",
            mend="Write `sqlite:///mlflow.db` (beside ci-mlops.yml) or `sqlite:////srv/mlflow.db`.",
        )
    return (folder / name).resolve()


def on_hosted_runner(environ: Mapping[str, str]) -> bool:
    """A machine that is thrown away after the job, and everything on its disk with it."""
    if environ.get("RUNNER_ENVIRONMENT") == "github-hosted":
        return True
    if not environ.get("TF_BUILD"):
        return False
    # Azure: the older agents tell only the cloud that made them
    return environ.get("AGENT_ISSELFHOSTED") == "0" or bool(environ.get("AGENT_CLOUDID"))


def refuse_throwaway_disk(address: Address, environ: Mapping[str, str], *, writing: bool) -> None:
    """
    Raises:
        RegistryFailed: the registry is on the disk of a hosted runner. Reading is refused too where there is
            nothing: an empty registry would look like a first model, and gates would be skipped.
    """
    if address.path is None or not on_hosted_runner(environ):
        return
    if writing or not address.path.exists():
        raise RegistryFailed(
            "The registry is a file on this hosted runner, whose disk is thrown away after the job",
            where=f"ci-mlops.yml registry.uri: {address.shown}",
            mend=WAYS_OUT,
        )
