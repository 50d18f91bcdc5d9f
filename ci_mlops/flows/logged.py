"""What a script logged with MLflow into a store of files, read without MLflow: models, and how many runs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_MODEL = "MLmodel"
# lines of an MLmodel that name the run and the store, which is gone when the run has ended; they differ in every run
_OF_THE_RUN = ("run_id", "model_id", "model_uuid", "utc_time_created", "artifact_path")
_LINE = re.compile(r"(?m)^(\w+): *'?([^'\n]*)'?$")
_FAILED = "3"  # LoggedModelStatus of MLflow


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedModel:
    folder: Path
    name: str
    """What it was logged under: the name of MLflow 3, the artifact path of MLflow 2."""
    run: str
    """Name of the run, or its id."""
    registered: tuple[str, ...] = field(default=())
    """Names that the script registered it under."""

    @property
    def names(self) -> frozenset[str]:
        return frozenset((self.name, self.run, *self.registered))


def logged_models(store: Path) -> tuple[LoggedModel, ...]:
    """Sorted by run and name."""
    registered = _registered(store)
    found = [_told(folder, store, registered) for folder in _model_folders(store)]
    return tuple(sorted((model for model in found if model), key=lambda model: (model.run, model.name)))


def run_count(store: Path) -> int:
    return sum(1 for meta in store.glob("*/*/meta.yaml") if (meta.parent / "artifacts").is_dir())


def elsewhere(store: Path) -> bool:
    """A model was logged, and its files are not in the store: its experiment has a place of its own for them."""
    return any(not (meta.parent / "artifacts").is_dir() for meta in store.glob("*/models/*/meta.yaml"))


def _model_folders(store: Path) -> Iterator[Path]:
    for experiment in sorted(path for path in store.iterdir() if path.is_dir()) if store.is_dir() else ():
        for artifacts in (*experiment.glob("models/*/artifacts"), *experiment.glob("*/artifacts")):
            outer: Path | None = None
            for file in sorted(artifacts.rglob(_MODEL), key=lambda path: (len(path.parts), path)):
                # a model that carries others among its artifacts is one model
                if outer is None or not file.is_relative_to(outer):
                    outer = file.parent
                    yield outer


def _told(folder: Path, store: Path, registered: dict[str, tuple[str, ...]]) -> LoggedModel | None:
    parts = folder.relative_to(store).parts
    if parts[1] == "models":
        meta = _meta(folder.parent)
        if meta.get("status") == _FAILED:
            return None
        run = meta.get("source_run_id", "")
        name = meta.get("name", "") or "model"
        marks: tuple[str, ...] = (parts[2], run)
    else:
        run, name = parts[1], "/".join(parts[3:]) or "."
        marks = (run,)
    run_folder = store / parts[0] / run
    run_name = _text(run_folder / "tags" / "mlflow.runName") if run else ""
    known = (registered.get(mark, ()) for mark in marks if mark)
    return LoggedModel(
        folder=folder,
        name=name,
        run=run_name or run[:8] or "none",
        registered=next((k for k in known if k), ()),
    )


def _registered(store: Path) -> dict[str, tuple[str, ...]]:
    """Model or run id -> the names that it was registered under."""
    found: dict[str, tuple[str, ...]] = {}
    for version in sorted(store.glob("models/*/version-*")):
        meta = _meta(version)
        mark = meta.get("model_id") or meta.get("run_id") or ""
        if mark:
            found[mark] = (*found.get(mark, ()), version.parent.name)
    return found


def _meta(folder: Path) -> dict[str, str]:
    """The plain lines `key: value`; what the team's code may have written there instead is no line of ours."""
    return dict(_LINE.findall(_text(folder / "meta.yaml")))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return ""


def without_run(text: str) -> str:
    r"""
    An MLmodel without the lines that name the run, so that an equal model keeps an equal digest.

    >>> without_run("flavors:\n  sklearn: {}\nrun_id: abc\nsignature:\n  inputs: '[]'\n")
    "flavors:\n  sklearn: {}\nsignature:\n  inputs: '[]'\n"
    """
    kept: list[str] = []
    dropping = False
    for line in text.splitlines(keepends=True):
        if not line[:1].isspace():
            dropping = line.partition(":")[0] in _OF_THE_RUN
        if not dropping:
            kept.append(line)
    return "".join(kept)


def addresses_of(code: str) -> Iterator[tuple[int, str]]:
    r"""
    (line, address) of every plain `set_tracking_uri("...")`.

    >>> list(addresses_of('import mlflow\nmlflow.set_tracking_uri("sqlite:///mlflow.db")\n'))
    [(2, 'sqlite:///mlflow.db')]
    """
    for number, line in enumerate(code.splitlines(), start=1):
        before, call, after = line.partition("set_tracking_uri(")
        if call and "#" not in before:
            text = re.match(r"""\s*(?:uri\s*=\s*)?[rf]?["']([^"']*)["']""", after)
            yield number, text[1] if text else ""
