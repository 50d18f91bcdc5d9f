"""
MLflow's own database, read with the standard library: its client takes seconds to be imported, and an hour's history is
asked for at night.

Only reads, and only of the few columns that MLflow has kept since its first releases; where they are not as expected
the client is asked. Every write is MLflow's.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from ci_mlops.registries.client_store import ClientStore
from ci_mlops.registries.files import inside
from ci_mlops.registries.store import Run, Stored

T = TypeVar("T")
WAIT_SECONDS = 30.0
# of a database that knows workspaces: we work in the usual one, as MLflow's client does
_WORKSPACE = "default"


class SqliteStore(ClientStore):
    def aliases(self, name: str) -> Mapping[str, str] | None:
        def read(database: sqlite3.Connection) -> Mapping[str, str] | None:
            if not _rows(database, "registered_models", "name", name):
                return None
            held = _rows(database, "registered_model_aliases", "alias, version", name)
            return {str(alias): str(number) for alias, number in held}

        return self._read(read, lambda: super(SqliteStore, self).aliases(name), nothing=None)

    def versions(self, name: str) -> list[Stored]:
        return self._read(
            lambda database: _stored(database, name),
            lambda: super(SqliteStore, self).versions(name),
            nothing=[],
        )

    def version(self, name: str, number: str) -> Stored:
        if number.isdigit():
            none: list[Stored] = []
            for found in self._read(
                lambda database: _stored(database, name, number), lambda: none, nothing=none
            ):
                return found
        # which says in its own words that there is none
        return super().version(name, number)

    def run(self, run: str) -> Run:
        def read(database: sqlite3.Connection) -> Run | None:
            found = database.execute(
                "select artifact_uri from runs where run_uuid = ? and lifecycle_stage = 'active'", (run,)
            ).fetchone()
            if found is None or not found[0]:
                return None
            asked = "select key, value from latest_metrics where run_uuid = ? and is_nan = 0"
            metrics = {str(key): float(value) for key, value in database.execute(asked, (run,))}
            return Run(id=run, artifacts=str(found[0]), metrics=metrics)

        return self._read(read, lambda: None, nothing=None) or super().run(run)

    def files(self, run: str, folder: str) -> list[str]:
        root = _local(self.run(run).artifacts)
        if root is None:
            return super().files(run, folder)
        below = [file for file in inside(root, folder).rglob("*") if file.is_file()]
        return sorted(file.relative_to(root).as_posix() for file in below)

    def download(self, run: str, path: str, into: Path, *, folder: bool) -> None:
        root = _local(self.run(run).artifacts)
        source = inside(root, path) if root is not None else None
        if source is None or not source.exists():
            super().download(run, path, into, folder=folder)
        elif folder:
            shutil.copytree(source, into, dirs_exist_ok=True)
        else:
            shutil.copyfile(source, into)

    def _read(self, read: Callable[[sqlite3.Connection], T], otherwise: Callable[[], T], *, nothing: T) -> T:
        path = self.address.path
        if path is None or self.empty:
            return nothing
        try:
            with _opened(path) as database:
                return read(database)
        except sqlite3.Error:
            return otherwise()


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    address = f"{path.as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=WAIT_SECONDS)) as database:
        # one moment for all that is asked: a version and its tags are of one write
        database.execute("begin")
        yield database


def _stored(database: sqlite3.Connection, name: str, number: str = "") -> list[Stored]:
    tags: dict[int, dict[str, str]] = {}
    narrow = f" and version = {int(number)}" if number else ""
    for version, key, value in _rows(database, "model_version_tags", "version, key, value", name, narrow):
        tags.setdefault(version, {})[key] = value or ""
    kept = f" and current_stage != 'Deleted_Internal'{narrow}"
    columns = "version, source, run_id, creation_time"
    return [
        Stored(
            name=name,
            number=str(version),
            source=source or "",
            run=run or "",
            created=int(created or 0),
            tags=tags.get(version, {}),
        )
        for version, source, run, created in _rows(database, "model_versions", columns, name, kept)
    ]


def _rows(database: sqlite3.Connection, table: str, columns: str, name: str, narrow: str = "") -> list[Any]:
    known = {row[1] for row in database.execute(f"pragma table_info({table})")}
    workspace = f" and workspace = '{_WORKSPACE}'" if "workspace" in known else ""
    asked = f"select {columns} from {table} where name = ?{workspace}{narrow}"  # noqa: S608 - all of it is written in this file
    return database.execute(asked, (name,)).fetchall()


def _local(uri: str) -> Path | None:
    parts = urlsplit(uri)
    if parts.scheme == "file" and parts.netloc in ("", "localhost"):
        return Path(unquote(parts.path))
    return Path(uri) if not parts.scheme and uri.startswith("/") else None
