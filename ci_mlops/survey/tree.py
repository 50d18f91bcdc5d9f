"""The files of a repository, read with bounds: anything may lie there."""

import json
import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

MOST_FILES = 20_000
LARGEST_TEXT = 1 << 20
SKIPPED = frozenset(
    [
        "venv",
        "env",
        "node_modules",
        "__pycache__",
        "site-packages",
        "dist",
        "build",
        "mlruns",
        "wandb",
        "catboost_info",
        "htmlcov",
    ]
)
KEPT_HIDDEN = (".github", ".azure-pipelines", ".azure", ".azureml", ".pipelines")
TABLES = (".csv", ".tsv", ".csv.gz", ".tsv.gz", ".parquet", ".pq")


@dataclass(frozen=True)
class Tree:
    root: Path
    tracked: frozenset[str] | None = None
    """What git keeps; None where there is no git, and then every file counts as kept."""

    @cached_property
    def files(self) -> tuple[str, ...]:
        """Paths relative to the root, nearest first."""
        found = []
        for path in _walk(self.root):
            found.append(path)
            if len(found) >= MOST_FILES:
                break
        return tuple(sorted(found, key=lambda path: (path.count("/"), path)))

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.files)

    @property
    def tables(self) -> tuple[str, ...]:
        return tuple(path for path in self.files if path.lower().endswith(TABLES))

    def holds(self, path: str) -> bool:
        return path in self._known

    def keeps(self, path: str) -> bool:
        """A file that a clone has too."""
        return self.holds(path) and (self.tracked is None or path in self.tracked)

    def named(self, *names: str) -> Iterator[str]:
        for path in self.files:
            if PurePosixPath(path).match(names[0]) or any(PurePosixPath(path).match(name) for name in names):
                yield path

    def text(self, path: str) -> str:
        """Empty where there is no text to be read."""
        try:
            with (self.root / path).open("rb") as file:
                data = file.read(LARGEST_TEXT + 1)
        except (OSError, ValueError):
            return ""
        if len(data) > LARGEST_TEXT or b"\0" in data[:4096]:
            return ""
        return data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n")

    def document(self, path: str) -> Any:
        """A YAML, JSON or TOML file as plain values; None where it is none."""
        return parse_document(path, self.text(path))


def parse_document(path: str, text: str) -> Any:
    if not text or len(text) > LARGEST_TEXT // 2:
        return None
    try:
        if path.endswith(".json"):
            return json.loads(text)
        if path.endswith((".toml", ".lock")):
            return tomllib.loads(text)
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader, told below to refuse aliases
    except (ValueError, yaml.YAMLError, RecursionError, TypeError, OverflowError):
        # a date that does not exist is a ValueError, an unhashable key a TypeError: whatever it is, it tells nothing
        return None


class _Loader(yaml.SafeLoader):
    """Aliases of aliases could fill the memory; who writes those in a settings file goes unread."""

    aliases = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            self.aliases += 1
            if self.aliases > 50:
                raise yaml.YAMLError("too many aliases")
        return super().compose_node(parent, index)


def _walk(root: Path) -> Iterator[str]:
    for folder, inner, files in os.walk(root):
        at = Path(folder).relative_to(root)
        inner[:] = sorted(name for name in inner if _entered(Path(folder), name))
        for name in sorted(files):
            if (Path(folder) / name).is_file() and _speakable(name):
                yield (at / name).as_posix()


def _entered(folder: Path, name: str) -> bool:
    if name in SKIPPED or (name.startswith(".") and name not in KEPT_HIDDEN) or not _speakable(name):
        return False
    # a virtual environment, whatever it is called
    return not (folder / name / "pyvenv.cfg").exists()


def _speakable(name: str) -> bool:
    """Names that a config can hold: one line of UTF-8."""
    return name.isprintable() and "\\" not in name
