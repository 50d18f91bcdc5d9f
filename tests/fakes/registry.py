"""A registry in memory, for the stories' tests. It passes the same contract as MLflow's."""

import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

from ci_mlops.errors import RegistryFailed
from ci_mlops.files.digest import tree_digest
from ci_mlops.records import Entry, Registration, Version
from ci_mlops.records.tags import DIGEST, LAST_EVENT
from ci_mlops.registries import tags
from ci_mlops.registries.trail import names_later


@dataclass
class FakeRegistry:
    room: Path
    """Where it keeps the models' files."""
    stages: tuple[str, ...] = ("staging", "production")
    stored: dict[str, list[Version]] = field(default_factory=dict)
    pointing: dict[tuple[str, str], str] = field(default_factory=dict)
    trail: dict[str, list[Entry]] = field(default_factory=dict)
    beside: dict[tuple[str, str], dict[str, bytes]] = field(default_factory=dict)

    def pointer(self, name: str, stage: str) -> Version | None:
        number = self.pointing.get((name, stage))
        return next((one for one in self.versions(name) if one.number == number), None)

    def versions(self, name: str) -> list[Version]:
        return [replace(one, stages=self._held(one)) for one in reversed(self.stored.get(name, []))]

    def register(self, registration: Registration) -> Version:
        known = self.stored.setdefault(registration.name, [])
        there = next((one for one in known if tags.same(one.tags, registration)), None)
        if there is not None:
            return replace(there, stages=self._held(there))
        if tree_digest(registration.model) != registration.digest:
            raise RegistryFailed(f"{registration.model} is not what was judged")
        number = str(len(known) + 1)
        place = self.room / registration.name / number / registration.model.name
        place.parent.mkdir(parents=True)
        if registration.model.is_dir():
            shutil.copytree(registration.model, place)
        else:
            shutil.copyfile(registration.model, place)
        self.beside[registration.name, number] = {one.name: one.read_bytes() for one in registration.evidence}
        told = {**registration.tags, DIGEST: registration.digest, tags.KEY: tags.key(registration)}
        made = Version(
            name=registration.name,
            number=number,
            digest=registration.digest,
            tags=told,
            registered_at="2026-01-01T00:00:00+00:00",
            uri=str(place),
        )
        known.append(made)
        return made

    def move(self, name: str, stage: str, version: str) -> None:
        if not any(one.number == version for one in self.stored.get(name, [])):
            raise RegistryFailed(f"{name} has no version {version}")
        self.pointing[name, stage] = version

    def pointers(self, name: str) -> dict[str, str]:
        return {stage: number for (model, stage), number in self.pointing.items() if model == name}

    def entries(self, name: str) -> list[Entry]:
        return list(self.trail.get(name, []))

    def add_entry(self, about: Version, text: str, digest: str) -> int:
        kept = self.trail.setdefault(about.name, [])
        kept.append(Entry(number=len(kept) + 1, text=text, digest=digest, settled=False))
        return len(kept)

    def settle(self, about: Version, number: int, digest: str) -> None:
        kept = self.trail[about.name]
        kept[number - 1] = replace(kept[number - 1], settled=True)
        if names_later(about, number):
            return
        known = self.stored[about.name]
        place = next(at for at, one in enumerate(known) if one.number == about.number)
        known[place] = replace(known[place], tags={**known[place].tags, LAST_EVENT: f"{number} {digest}"})

    def fetch(self, version: Version, into: Path) -> Path:
        kept = Path(version.uri)
        if tree_digest(kept) != version.digest:
            raise RegistryFailed(f"version {version.number} is not what was judged")
        into.mkdir(parents=True, exist_ok=True)
        place = into / kept.name
        if kept.is_dir():
            shutil.copytree(kept, place, dirs_exist_ok=True)
        else:
            shutil.copyfile(kept, place)
        return place

    def download(self, version: Version, into: Path) -> Path:
        kept = Path(version.uri)
        return Path(shutil.copytree(kept, into / "model")) if kept.is_dir() else self._copied(kept, into)

    def _copied(self, kept: Path, into: Path) -> Path:
        into.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copyfile(kept, into / kept.name))

    def evidence(self, version: Version, name: str) -> bytes | None:
        return self.beside.get((version.name, version.number), {}).get(name)

    def keep(self, version: Version, name: str, content: bytes) -> None:
        self.beside[version.name, version.number][name] = content

    def _held(self, version: Version) -> tuple[str, ...]:
        return tuple(one for one in self.stages if self.pointing.get((version.name, one)) == version.number)
