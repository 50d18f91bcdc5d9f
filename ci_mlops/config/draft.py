"""The parts of a config that hold, though others may not: so that every problem is told in one go."""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from ci_mlops.config.cost_settings import CostSettings
from ci_mlops.config.court_settings import Gate
from ci_mlops.config.data_settings import Data, TestData
from ci_mlops.config.document import Document
from ci_mlops.config.marks import Loc
from ci_mlops.config.settings import Config, RegistrySettings
from ci_mlops.config.train_settings import Predict, Train
from ci_mlops.config.waiver_settings import WaiverSettings
from ci_mlops.records.policy import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    task: Task | None
    environment: str | None
    python: str | None
    train_data: tuple[str, ...]
    test: TestData | None
    train: Train | None
    predict: Predict | None
    metrics: Mapping[int, str]
    """By their place in the list; those that hold."""
    cost: CostSettings | None
    gates: Mapping[int, Gate]
    waivers: Mapping[int, WaiverSettings]
    registry: RegistrySettings | None
    compare_with: str | None
    written: frozenset[str]
    """Keys at the top of the file, whether they hold or not."""
    bad: frozenset[Loc]

    def holds(self, *loc: str | int) -> bool:
        """Nothing at or under `loc` was refused: a second problem there would be noise."""
        return not any(bad[: len(loc)] == loc for bad in self.bad)


def whole(document: Document, config: Config) -> Draft:
    broken, unwaived = (_broken(document.told, key) for key in ("gates", "waivers"))
    return Draft(
        task=config.task,
        environment=config.environment,
        python=config.python,
        train_data=config.data.train,
        test=config.data.test,
        train=config.train,
        predict=config.predict,
        metrics=dict(enumerate(config.metrics)) if "metrics" in config.model_fields_set else {},
        cost=config.cost,
        waivers={number: one for number, one in enumerate(config.waivers) if number not in unwaived},
        gates={number: gate for number, gate in enumerate(config.gates) if number not in broken},
        registry=config.registry,
        compare_with=config.compare_with,
        written=document.written,
        bad=document.told,
    )


def what_holds(document: Document, errors: Iterable[ErrorDetails]) -> Draft:
    errors = list(errors)
    bad = document.told | {error["loc"] for error in errors if error["type"] != "extra_forbidden"}
    kept = copy.deepcopy(document.values)
    for error in errors:
        _drop(kept, error["loc"])
    data = kept.get("data")
    return Draft(
        task=_read(_kind("task"), kept.get("task")),
        environment=_read(str, kept.get("environment")),
        python=_read(str, kept.get("python")),
        train_data=_read(Data, data).train if _read(Data, data) is not None else (),
        test=_read(TestData, data.get("test") if isinstance(data, dict) else None),
        train=_read(Train, kept.get("train")),
        predict=_read(Predict, kept.get("predict")),
        metrics=_items(get_args(_kind("metrics"))[0], "metrics", kept, bad),
        cost=_read(CostSettings, kept.get("cost")),
        waivers=_items(WaiverSettings, "waivers", kept, bad),
        gates=_items(Gate, "gates", kept, bad),
        registry=_read(RegistrySettings, kept.get("registry")),
        compare_with=_read(str, kept.get("compare_with")),
        written=document.written,
        bad=bad,
    )


def _kind(name: str) -> Any:
    return Config.model_fields[name].annotation


def _read(kind: Any, value: object) -> Any:
    if value is None:
        return None
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return None


def _items(kind: Any, key: str, values: Mapping[str, Any], bad: frozenset[Loc]) -> dict[int, Any]:
    entries = values.get(key)
    if not isinstance(entries, list):
        return {}
    broken = _broken(bad, key)
    read = {number: _read(kind, entry) for number, entry in enumerate(entries) if number not in broken}
    return {number: entry for number, entry in read.items() if entry is not None}


def _broken(bad: frozenset[Loc], key: str) -> set[str | int]:
    return {loc[1] for loc in bad if loc[:1] == (key,) and len(loc) > 1}


def _drop(values: dict[str, Any], loc: Loc) -> None:
    """Remove the innermost key around `loc`; `gates`, `metrics` and `waivers` stay, their items keep their numbers."""
    inner: Any = values
    holder: dict[Any, Any] = values
    key = loc[0]
    for part in loc:
        if isinstance(inner, dict):
            holder, key = inner, part
            inner = inner.get(part)
        elif isinstance(inner, list) and isinstance(part, int) and part < len(inner):
            inner = inner[part]
        else:
            break
    if holder is not values or key not in ("gates", "metrics", "waivers"):
        holder.pop(key, None)
