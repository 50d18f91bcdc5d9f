"""MLflow as the registry. Reads go over REST where there is a server; its client is for writing and for files."""

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from ci_mlops.errors import BadConfig, RegistryFailed
from ci_mlops.records import Entry, Registration, Version
from ci_mlops.records.tags import DIGEST, STORED
from ci_mlops.registries import tags
from ci_mlops.registries.adding import while_crowded
from ci_mlops.registries.address import read_address, refuse_throwaway_disk
from ci_mlops.registries.client_store import ClientStore
from ci_mlops.registries.files import check_fetched, check_model, inside
from ci_mlops.registries.rest_store import RestStore
from ci_mlops.registries.sqlite_store import SqliteStore
from ci_mlops.registries.store import Refused, Store, Stored
from ci_mlops.registries.trail import MlflowTrail


class MlflowRegistry:
    """Implements ports.Registry; opening it reads nothing."""

    def __init__(
        self,
        uri: str,
        stages: tuple[str, ...],
        *,
        environ: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        """`folder` anchors a local path; without it the folder that the command was started in does."""
        self.stages = tuple(_good_stage(stage) for stage in stages)
        self._environ = os.environ if environ is None else environ
        self._address = read_address(uri, folder or Path.cwd())
        local = (SqliteStore if self._address.kind == "sqlite" else ClientStore)(self._address)
        served = self._address.kind == "server"
        self.store: Store = RestStore(self._address.uri, self._environ, local) if served else local

    def pointer(self, name: str, stage: str) -> Version | None:
        self._allow(writing=False)
        aliases = self.store.aliases(name)
        if aliases is None:
            return None
        if stage in aliases:
            return self._told(self.store.version(name, aliases[stage]), aliases)
        found = self.store.versions(name)
        number = _tagged(found, stage)
        return next((self._told(one, aliases, found) for one in found if one.number == number), None)

    def versions(self, name: str) -> list[Version]:
        self._allow(writing=False)
        found = sorted(self.store.versions(name), key=lambda one: int(one.number), reverse=True)
        aliases = (self.store.aliases(name) or {}) if found else {}
        return [self._told(one, aliases, found) for one in found]

    def register(self, registration: Registration) -> Version:
        from ci_mlops.registries.writer import remove_version, write_version

        self._allow(writing=True)
        if not (there := self._same(registration)):
            check_model(registration)
            experiment = self._environ.get("MLFLOW_EXPERIMENT_NAME") or f"ci-mlops/{registration.name}"
            number = write_version(self._address, registration, experiment)
            # a search may lag behind what was written
            there = self._same(registration) or [self.store.version(registration.name, number)]
        aliases = self.store.aliases(registration.name) or {}
        first, *doubled = there
        # MLflow's client asks again after a lost answer, and a server may have heard both; what somebody
        # points to stays, for a deleted version takes its aliases with it
        for one in doubled:
            if one.number not in aliases.values():
                remove_version(self._address, one.name, one.number)
        return self._told(first, aliases)

    def pointers(self, name: str) -> Mapping[str, str]:
        self._allow(writing=False)
        aliases = self.store.aliases(name)
        if aliases is None:
            return {}
        missing = any(stage not in aliases for stage in self.stages)
        found = self.store.versions(name) if missing else []
        held = {stage: aliases.get(stage) or _tagged(found, stage) for stage in self.stages}
        return {stage: number for stage, number in held.items() if number}

    def move(self, name: str, stage: str, version: str) -> None:
        self._allow(writing=True)
        alias = _good_stage(stage)
        try:
            while_crowded(lambda: self.store.set_alias(name, alias, version))
        except Refused as refused:
            if not refused.unknown_endpoint:
                raise
            self._move_tag(name, stage, version)

    def entries(self, name: str) -> list[Entry]:
        self._allow(writing=False)
        return MlflowTrail(self.store).entries(name)

    def add_entry(self, about: Version, text: str, digest: str) -> int:
        self._allow(writing=True)
        return MlflowTrail(self.store).add(about, text, digest)

    def settle(self, about: Version, number: int, digest: str) -> None:
        self._allow(writing=True)
        MlflowTrail(self.store).settle(about, number, digest)

    def fetch(self, version: Version, into: Path) -> Path:
        self._allow(writing=False)
        run, path, name, folder = _judged_files(version)
        into.mkdir(parents=True, exist_ok=True)
        place = inside(into, name)
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=into) as room:
            if STORED in version.tags:
                stored = Path(room) / "stored"
                got = inside(stored, version.tags[tags.FILES])
                self._download(run, _placed(version)[1], stored, folder=True)
            else:
                stored, got = None, Path(room) / "model"
                self._download(run, path, got, folder=folder)
            check_fetched(version, got, stored)
            if place.is_dir():
                shutil.rmtree(place)
            got.replace(place)
        return place

    def evidence(self, version: Version, name: str) -> bytes | None:
        self._allow(writing=False)
        run, path = _placed(version)[0], f"{tags.EVIDENCE}/{name}"
        if not run or path not in self.store.files(run, tags.EVIDENCE):
            return None
        with tempfile.TemporaryDirectory(prefix="ci-mlops-") as room:
            place = Path(room) / "evidence"
            self.store.download(run, path, place, folder=False)
            return place.read_bytes()

    def download(self, version: Version, into: Path) -> Path:
        from ci_mlops.registries.foreign import download_version

        self._allow(writing=False)
        return download_version(self._address, version, into)

    def keep(self, version: Version, name: str, content: bytes) -> None:
        from ci_mlops.registries.writer import write_evidence

        self._allow(writing=True)
        run = _placed(version)[0]
        if not run:
            raise RegistryFailed(
                f"Version {version.number} of {version.name} was not registered by ci-mlops: nothing can be kept beside it",
                where=version.uri,
                mend="Name a version that `ci-mlops register` made.",
            )
        write_evidence(self._address, run, name, content)

    def _download(self, run: str, path: str, into: Path, *, folder: bool) -> None:
        if folder:
            into.mkdir()
        self.store.download(run, path, into, folder=folder)

    def _same(self, registration: Registration) -> list[Stored]:
        """Versions that already are this registration, oldest first."""
        found = self.store.versions(registration.name)
        return sorted(
            (one for one in found if tags.same(one.tags, registration)), key=lambda one: int(one.number)
        )

    def _move_tag(self, name: str, stage: str, version: str) -> None:
        tag = tags.STAGE + stage
        holders = {one.number: int(one.tags[tag]) for one in self.store.versions(name) if tag in one.tags}
        self.store.set_tag(name, version, tag, str(max(holders.values(), default=0) + 1))
        for number in holders.keys() - {version}:
            self.store.delete_tag(name, number, tag)

    def _allow(self, *, writing: bool) -> None:
        refuse_throwaway_disk(self._address, self._environ, writing=writing)

    def _told(self, one: Stored, aliases: Mapping[str, str], others: Iterable[Stored] = ()) -> Version:
        held = [
            stage for stage in self.stages if (aliases.get(stage) or _tagged(others, stage)) == one.number
        ]
        return Version(
            name=one.name,
            number=one.number,
            digest=one.tags.get(DIGEST, ""),
            stages=tuple(held),
            tags=one.tags,
            registered_at=datetime.fromtimestamp(one.created / 1000, UTC).isoformat(timespec="seconds"),
            uri=one.source,
        )


def _tagged(found: Iterable[Stored], stage: str) -> str | None:
    """The number that holds a stage on a server without aliases."""
    tag = tags.STAGE + stage
    holders = [(int(one.tags[tag]), one.number) for one in found if one.tags.get(tag, "").isdigit()]
    return max(holders)[1] if holders else None


def _judged_files(version: Version) -> tuple[str, str, str, bool]:
    """(run, path among its artifacts, name to give it here, whether it is a folder)."""
    files = version.tags.get(tags.FILES, "")
    run, place = _placed(version)
    if not (version.digest and files and run):
        raise RegistryFailed(
            f"Version {version.number} of {version.name} was not registered by ci-mlops: what was judged is unknown",
            where=version.uri,
            mend="Move the stage to a version that `ci-mlops register` made. Where there is none yet: `compare_with: base` on "
            "the base branch, until one stands there.",
        )
    folder = version.tags.get(tags.KIND) == "folder"
    if files == tags.WHOLE:
        return run, place, tags.PLACE, folder
    return run, f"{place}/{files}", files.rpartition("/")[2], folder


def _placed(version: Version) -> tuple[str, str]:
    """(run, path among its artifacts); no run where it was not registered by us."""
    scheme, _, rest = version.uri.partition(":/")
    run, _, place = rest.strip("/").partition("/")
    return (run, place) if scheme == "runs" else ("", "")


def _good_stage(stage: str) -> str:
    # MLflow keeps these words for itself, and a slash would end the alias's address
    reserved = stage == "latest" or (stage[:1] in ("v", "V") and stage[1:].isdigit())
    if reserved or not stage or not all(letter.isalnum() or letter in "-_" for letter in stage):
        raise BadConfig(
            f"`{stage}` can't be a stage: MLflow does not take it as an alias",
            where="ci-mlops.yml registry.stages",
            mend="Use letters, digits, `-` and `_`; not `latest`, nor `v` and a number.",
        )
    return stage
