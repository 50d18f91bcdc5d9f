"""The store through MLflow's client: databases, Databricks and whatever MLflow has a plugin for."""

import shutil
import tempfile
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ci_mlops.registries.adding import added
from ci_mlops.registries.address import Address
from ci_mlops.registries.client import open_client, plainly
from ci_mlops.registries.rest_store import name_filter
from ci_mlops.registries.store import Refused, Run, Stored

if TYPE_CHECKING:
    from mlflow import MlflowClient


class ClientStore:
    def __init__(self, address: Address) -> None:
        self.address = address

    @cached_property
    def client(self) -> "MlflowClient":
        return open_client(self.address)

    @property
    def empty(self) -> bool:
        """Nothing was ever registered: not worth the seconds that MLflow takes to say so, nor a new database."""
        return self.address.path is not None and not self.address.path.exists()

    def aliases(self, name: str) -> Mapping[str, str] | None:
        if self.empty:
            return None
        client = self.client
        try:
            with plainly(self.address.shown):
                found = client.get_registered_model(name).aliases
        except Refused as refused:
            if refused.absent:
                return None
            raise
        return {alias: str(number) for alias, number in found.items()}

    def version(self, name: str, number: str) -> Stored:
        client = self.client
        with plainly(self.address.shown):
            return _stored(client.get_model_version(name, number))

    def versions(self, name: str) -> list[Stored]:
        if self.empty:
            return []
        client = self.client
        found: list[Stored] = []
        token: str | None = None
        with plainly(self.address.shown):
            while True:
                page = client.search_model_versions(name_filter(name), max_results=200, page_token=token)
                found += [_stored(entry) for entry in page]
                token = page.token
                if not token:
                    return found

    def add(self, name: str, like: Stored, tags: Mapping[str, str], told: str) -> str:
        client = self.client

        def once() -> str:
            with plainly(self.address.shown):
                made = client.create_model_version(name, like.source, like.run or None, tags=dict(tags))
            return str(made.version)

        def name_it() -> None:
            with plainly(self.address.shown):
                client.create_registered_model(name, description=told)

        return added(once, name_it)

    def set_alias(self, name: str, alias: str, number: str) -> None:
        client = self.client
        with plainly(self.address.shown):
            client.set_registered_model_alias(name, alias, number)

    def set_tag(self, name: str, number: str, key: str, value: str) -> None:
        client = self.client
        with plainly(self.address.shown):
            client.set_model_version_tag(name, number, key, value)

    def delete_tag(self, name: str, number: str, key: str) -> None:
        client = self.client
        with plainly(self.address.shown):
            client.delete_model_version_tag(name, number, key)

    def run(self, run: str) -> Run:
        client = self.client
        with plainly(self.address.shown):
            found = client.get_run(run)
        return Run(id=run, artifacts=found.info.artifact_uri or "", metrics=dict(found.data.metrics))

    def files(self, run: str, folder: str) -> list[str]:
        client = self.client
        with plainly(self.address.shown):
            listed = list(client.list_artifacts(run, folder))
        found: list[str] = []
        for entry in listed:
            if entry.path.startswith(f"{folder}/"):
                found += self.files(run, entry.path) if entry.is_dir else [entry.path]
        return found

    def download(self, run: str, path: str, into: Path, *, folder: bool) -> None:
        client = self.client
        # MLflow rebuilds the artifact's whole path below the place it is given
        with (
            tempfile.TemporaryDirectory(prefix=".fetch-", dir=into.parent) as room,
            plainly(self.address.shown),
        ):
            found = Path(client.download_artifacts(run, path, room))
            if folder:
                shutil.copytree(found, into, dirs_exist_ok=True)
            else:
                shutil.move(found, into)


def _stored(entry: Any) -> Stored:
    return Stored(
        name=entry.name,
        number=str(entry.version),
        source=entry.source or "",
        run=entry.run_id or "",
        created=int(entry.creation_timestamp or 0),
        tags=dict(entry.tags),
    )
