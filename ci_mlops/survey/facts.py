"""What one script does, with what of the repository it imports: reads, splits, fits, saves."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from ci_mlops.survey import value_rules  # gives `Values` its rules
from ci_mlops.survey.estimators import LOOSE, is_learning, is_wrapper, task_of
from ci_mlops.survey.modules import Module, Program
from ci_mlops.survey.splits import Split, splits
from ci_mlops.survey.tree import TABLES, Tree
from ci_mlops.survey.values import HERE, Place, Values, dotted_name, last_name

READERS = frozenset(
    [
        "read_csv",
        "read_table",
        "read_parquet",
        "read_excel",
        "read_feather",
        "read_json",
        "read_pickle",
        "loadtxt",
        "genfromtxt",
        "scan_csv",
        "scan_parquet",
        "read_fwf",
    ]
)
WRITERS = frozenset(("to_csv", "to_parquet", "write_csv", "write_parquet", "savetxt"))
SAVERS = frozenset(("dump", "save_model", "save", "dump_model"))
_MODEL_FILE = re.compile(r"\.(joblib|pkl|pickle|skops|onnx|cbm|ubj|bin|model|txt|json|sav|h5|keras|pt)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """A file that is read or written."""

    path: str
    """Relative to the root; that it exists is not said."""
    where: str
    beside: bool = False
    """Found only from the script's own folder: it is meant to be started there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    path: str | None
    name: str
    """What the script calls the thing that is saved."""
    where: str
    by: Literal["joblib", "pickle", "skops", "library"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """A class or function of a library, where it is called."""

    name: str
    where: str


@dataclass(frozen=True, eq=False)
class Facts:
    tree: Tree
    module: Module
    values: Values

    @cached_property
    def calls(self) -> tuple[tuple[ast.Call, Place], ...]:
        found = [
            (node, self.values.place(module, node))
            for module in self.values.modules
            for node in module.nodes
            if isinstance(node, ast.Call)
        ]
        return tuple(found)

    @cached_property
    def learns(self) -> bool:
        return any(
            is_learning(dotted) for module in self.values.modules for dotted in module.imports.values()
        )

    @cached_property
    def fits(self) -> tuple[str, ...]:
        """Where something is fitted that is not known to be only a preparation."""
        return tuple(
            place.module.where(call)
            for call, place in self.calls
            if last_name(call.func) == "fit"
            or dotted_name(call.func) in ("xgb.train", "lgb.train", "xgboost.train", "lightgbm.train")
        )

    @cached_property
    def models(self) -> tuple[Used, ...]:
        return tuple(
            Used(name=name, where=place.module.where(call))
            for call, place in self.calls
            if task_of(name := last_name(call.func)) and not is_wrapper(name)
        )

    @cached_property
    def used(self) -> frozenset[str]:
        """Every name that is called."""
        return frozenset(last_name(call.func) for call, _ in self.calls)

    @cached_property
    def reads(self) -> tuple[Touched, ...]:
        found = []
        for call, place in self.calls:
            name = last_name(call.func)
            loads = name == "load" and dotted_name(call.func) in ("np.load", "numpy.load")
            if name in READERS or loads or name == "open":
                found += self._paths(call, place, only_tables=name == "open")
        return _once(found)

    @cached_property
    def writes(self) -> tuple[Touched, ...]:
        found = []
        for call, place in self.calls:
            if last_name(call.func) in WRITERS:
                found += self._paths(call, place, only_tables=False)
        return _once(found)

    @cached_property
    def for_windows(self) -> tuple[Used, ...]:
        """Paths of the repository, with the backslashes that only Windows takes."""
        found = []
        for call, place in self.calls:
            if last_name(call.func) in READERS and call.args:
                text = self.values.text(call.args[0], place) or ""
                if "\\" in text and self.tree.holds(text.replace("\\", "/")):
                    found.append(Used(name=text, where=place.module.where(call)))
        return tuple(found)

    @cached_property
    def saves(self) -> tuple[Saved, ...]:
        return tuple(self._saves())

    @cached_property
    def logs(self) -> tuple[str, ...]:
        """Where a model is logged with MLflow."""
        return tuple(
            place.module.where(call)
            for call, place in self.calls
            if (name := dotted_name(call.func)).split(".")[-1] in ("log_model", "autolog")
            and _is_of(place.module, name, "mlflow")
        )

    @cached_property
    def splits(self) -> tuple[Split, ...]:
        return tuple(splits(self.values, self.calls))

    @cached_property
    def loose(self) -> tuple[Used, ...]:
        """Preparations outside of a pipeline."""
        if self.used & {"Pipeline", "make_pipeline"}:
            kinds: frozenset[str] = frozenset()
        else:
            kinds = LOOSE
        return tuple(
            Used(name=name, where=place.module.where(call))
            for call, place in self.calls
            if (name := last_name(call.func)) in kinds | {"get_dummies", "factorize"}
        )

    def _paths(self, call: ast.Call, place: Place, *, only_tables: bool) -> list[Touched]:
        named = ("filepath_or_buffer", "path", "io", "source", "path_or_buf", "fname", "file")
        given = call.args[0] if call.args else None
        given = given or next((one.value for one in call.keywords if one.arg in named), None)
        text = self.values.text(given, place)
        if text is None and isinstance(call.func, ast.Attribute) and last_name(call.func) == "open":
            text = self.values.text(call.func.value, place)
        if not text or "://" in text or (only_tables and not text.lower().endswith(TABLES)):
            return []
        return self.located(text, place.module, place.module.where(call))

    def located(self, text: str, module: Module, where: str) -> list[Touched]:
        if "\\" in text and not self.tree.holds(text):
            text = text.replace("\\", "/")
        paths = value_rules.candidates(text, self.module) + value_rules.candidates(text, module)
        inside = [path for path in dict.fromkeys(paths) if not path.startswith(("..", "/"))]
        there = [path for path in inside if self.tree.holds(path)]
        if not inside:
            return []
        path = (there or inside)[0]
        first = paths[0] if paths else path
        return [Touched(path=path, where=where, beside=path != first and not text.startswith(HERE))]

    def _saves(self) -> Iterator[Saved]:
        for call, place in self.calls:
            name, dotted = last_name(call.func), dotted_name(call.func)
            if name not in SAVERS or _is_of(place.module, dotted, "mlflow"):
                continue
            by: Literal["joblib", "pickle", "skops", "library"]
            if name == "dump" and len(call.args) >= 2:
                text = self.values.known(call.args[1], place)
                path = getattr(text, "path", text)
                by = _saver(place.module, dotted)
                saved = last_name(call.args[0])
                if by == "library":
                    continue  # json.dump, yaml.dump: no model
            elif name in ("save_model", "dump_model") and call.args:
                path, by = self.values.text(call.args[0], place), "library"
                saved = last_name(call.func.value) if isinstance(call.func, ast.Attribute) else ""
            else:
                continue
            located = self.located(path, place.module, "") if isinstance(path, str) else []
            fits = [one.path for one in located if _MODEL_FILE.search(one.path.lower())]
            yield Saved(path=fits[0] if fits else None, name=saved, where=place.module.where(call), by=by)


def facts_of(tree: Tree, program: Program, module: Module, told: Mapping[str, str] | None = None) -> Facts:
    return Facts(tree, module, Values(tree, program, module, told))


def _saver(module: Module, dotted: str) -> Literal["joblib", "pickle", "skops", "library"]:
    if _is_of(module, dotted, "joblib"):
        return "joblib"
    if any(_is_of(module, dotted, name) for name in ("pickle", "cloudpickle", "dill")):
        return "pickle"
    return "skops" if _is_of(module, dotted, "skops") else "library"


def _is_of(module: Module, dotted: str, library: str) -> bool:
    start = dotted.split(".", maxsplit=1)[0]
    return module.imports.get(start, start).split(".")[0] == library


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((word.value for word in call.keywords if word.arg == name), None)


def _once(found: list[Touched]) -> tuple[Touched, ...]:
    return tuple({one.path: one for one in reversed(found)}.values())[::-1]
