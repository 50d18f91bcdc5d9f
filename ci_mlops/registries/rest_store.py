"""The store over REST: all reads, and the writes that are one small request."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ci_mlops.registries.adding import added
from ci_mlops.registries.files import inside
from ci_mlops.registries.rest import Connection
from ci_mlops.registries.store import Refused, Run, Store, Stored

PAGE = "200"


class RestStore:
    def __init__(self, uri: str, environ: Mapping[str, str], fallback: Store) -> None:
        self.connection = Connection(uri, environ)
        self._fallback = fallback
        """Artifacts that the server does not hand out itself (S3, Azure Blob, a shared disk)."""

    def aliases(self, name: str) -> Mapping[str, str] | None:
        try:
            model = self.connection.part("registered-models/get", "registered_model", name=name)
        except Refused as refused:
            if refused.absent:
                return None
            raise
        return {entry["alias"]: str(entry["version"]) for entry in model.get("aliases", [])}

    def version(self, name: str, number: str) -> Stored:
        return _stored(self.connection.part("model-versions/get", "model_version", name=name, version=number))

    def versions(self, name: str) -> list[Stored]:
        found: list[Stored] = []
        query = {"filter": name_filter(name), "max_results": PAGE}
        while True:
            page = self.connection.get("model-versions/search", **query)
            found += [_stored(entry) for entry in page.get("model_versions", [])]
            if not page.get("next_page_token"):
                return found
            query["page_token"] = page["next_page_token"]

    def add(self, name: str, like: Stored, tags: Mapping[str, str], told: str) -> str:
        body = {
            "name": name,
            "source": like.source,
            "run_id": like.run,
            "tags": [{"key": key, "value": value} for key, value in tags.items()],
        }

        def once() -> str:
            made = self.connection.post("model-versions/create", body)
            return str(made.get("model_version", {}).get("version", ""))

        def name_it() -> None:
            self.connection.post("registered-models/create", {"name": name, "description": told})

        return added(once, name_it)

    def set_alias(self, name: str, alias: str, number: str) -> None:
        self.connection.post("registered-models/alias", {"name": name, "alias": alias, "version": number})

    def set_tag(self, name: str, number: str, key: str, value: str) -> None:
        body = {"name": name, "version": number, "key": key, "value": value}
        self.connection.post("model-versions/set-tag", body)

    def delete_tag(self, name: str, number: str, key: str) -> None:
        body = {"name": name, "version": number, "key": key}
        self.connection.post("model-versions/delete-tag", body, method="DELETE")

    def run(self, run: str) -> Run:
        answer = self.connection.part("runs/get", "run", run_id=run)
        metrics = {entry["key"]: float(entry["value"]) for entry in answer.get("data", {}).get("metrics", [])}
        return Run(id=run, artifacts=answer["info"]["artifact_uri"], metrics=metrics)

    def download(self, run: str, path: str, into: Path, *, folder: bool) -> None:
        root = urlsplit(self.run(run).artifacts)
        if root.scheme != "mlflow-artifacts" or root.netloc:
            self._fallback.download(run, path, into, folder=folder)
            return
        base = root.path.strip("/")
        if not folder:
            self.connection.save(f"{base}/{path}", into)
            return
        for name in self.files(run, path):
            place = inside(into, name.removeprefix(path).lstrip("/"))
            place.parent.mkdir(parents=True, exist_ok=True)
            self.connection.save(f"{base}/{name}", place)

    def files(self, run: str, folder: str) -> list[str]:
        query = {"run_id": run, "path": folder}
        found: list[str] = []
        while True:
            page = self.connection.get("artifacts/list", **query)
            for entry in page.get("files", []):
                if not entry["path"].startswith(f"{folder}/"):
                    continue
                found += self.files(run, entry["path"]) if entry.get("is_dir") else [entry["path"]]
            if not page.get("next_page_token"):
                return found
            query["page_token"] = page["next_page_token"]


def name_filter(name: str) -> str:
    """MLflow's filters know no escape, but two kinds of quotes."""
    mark = '"' if "'" in name else "'"
    return f"name={mark}{name}{mark}"


def _stored(entry: Mapping[str, Any]) -> Stored:
    return Stored(
        name=entry["name"],
        number=str(entry["version"]),
        source=entry.get("source", ""),
        run=entry.get("run_id", ""),
        created=int(entry.get("creation_timestamp", 0)),
        tags={tag["key"]: tag.get("value", "") for tag in entry.get("tags", [])},
    )
