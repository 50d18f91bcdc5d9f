"""
Hooks that note where a training command draws random numbers without a seed, and that give it one where that is tried.

`CI_MLOPS_SEEDS` names what is seeded: `split` (scikit-learn's splits, pandas' samples), `estimator` (everything else of
scikit-learn), `draws` (the generators of numpy and of Python that all share); any other word only starts the hooks. A seed
that the script gives is left alone, but for `CI_MLOPS_OTHER_SEED`, a number above 0 by which each becomes another one.
What was drawn without a seed, and on which line of the script, goes to `CI_MLOPS_DRAWS` as lines of JSON.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import json
import operator
import os
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

SEED = 20_260
OTHER = int(os.environ.get("CI_MLOPS_OTHER_SEED", "0"))
MOST = 8
SPLITS = ("sklearn.model_selection._split", "sklearn.utils._indexing")
# these define it for all the others, which take it from there by name
DEFINING = ("sklearn.utils", "sklearn.utils.validation")
OF_NUMPY = ("choice", "normal", "permutation", "rand", "randint", "randn", "random", "shuffle", "uniform")
OF_PYTHON = ("choice", "gauss", "randint", "random", "randrange", "sample", "shuffle", "uniform")
WRAPPERS = ("wrapper", "inner", "inner_f")

noted: dict[str, set[str]] = {}
seeded: set[str] = set()
seeded_by_script: set[str] = set()


def begin(wanted: list[str]) -> None:
    import random

    seeded.update(wanted)
    if "draws" in seeded:
        random.seed(SEED)
    watch(random, OF_PYTHON)
    sys.meta_path.insert(0, Finder())


class Finder:
    """Finds nothing by itself: a module that it watches is patched right after the others' loader has run it."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if not is_watched(name) or name in self.asked:
            return None
        self.asked.add(name)
        try:
            spec = found_by_the_others(self, name, path, target)
        finally:
            self.asked.discard(name)
        if spec is not None and hasattr(spec.loader, "exec_module"):
            loader: Any = Loader(spec.loader)
            spec.loader = loader
        return spec


def is_watched(name: str) -> bool:
    if name in ("numpy.random", "pandas.core.common"):
        return True
    return name.startswith("sklearn.") and name not in DEFINING


def found_by_the_others(ours: Finder, name: str, path: Any, target: Any) -> ModuleSpec | None:
    for finder in list(sys.meta_path):
        if finder is not ours and hasattr(finder, "find_spec"):
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                return spec
    return None


class Loader:
    """The module's own loader, and then the patch; it is gone from the module before its code runs."""

    def __init__(self, own: Any) -> None:
        self.own = own

    def __getattr__(self, name: str) -> Any:
        return getattr(self.own, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        made: ModuleType | None = self.own.create_module(spec)
        return made

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self.own
        if module.__spec__ is not None:
            module.__spec__.loader = self.own
        self.own.exec_module(module)
        patch(module)


def patch(module: Any) -> None:
    if module.__name__ == "numpy.random":
        if "draws" in seeded:
            module.seed(SEED)
        watch(module, OF_NUMPY)
        module.default_rng = generator(module.default_rng)
    elif module.__name__ == "pandas.core.common":
        if hasattr(module, "random_state"):
            module.random_state = state(module.random_state, "split")
    elif callable(getattr(module, "check_random_state", None)):
        kind = "split" if module.__name__ in SPLITS else "estimator"
        module.check_random_state = state(module.check_random_state, kind)


def state(own: Any, kind: str) -> Any:
    """Of what turns None into the generator that all share."""

    def check_random_state(seed: Any = None) -> Any:
        is_shared = seed is None or seed is sys.modules.get("numpy.random")
        if OTHER and not is_shared:
            return own(another(seed))
        if not is_shared or "numpy.random" in seeded_by_script:
            return own(seed)
        if is_wanted(kind):
            frames = callers()
            note(kind, drawn_by(frames), line_of_team(frames))
        # always the same, as threads may ask in any order
        return own(SEED if kind in seeded else seed)

    return check_random_state


def generator(own: Any) -> Any:
    def default_rng(seed: Any = None) -> Any:
        if seed is not None:
            return own(another(seed))
        note_direct("numpy.random.default_rng", callers(1))
        return own(SEED if "draws" in seeded else None)

    return default_rng


def watch(module: Any, names: tuple[str, ...]) -> None:
    """Note which lines of the team's own draw from the generator that all share."""
    for name in names:
        own = getattr(module, name, None)
        if callable(own):
            setattr(module, name, watched(own, module.__name__, name))
    module.seed = seed_of(module.seed, module.__name__)


def seed_of(own: Any, module: str) -> Any:
    def seed(*arguments: Any, **named: Any) -> Any:
        if any(one is not None for one in (*arguments, *named.values())):
            seeded_by_script.add(module)
        return own(*map(another, arguments), **{name: another(one) for name, one in named.items()})

    return seed


def another(seed: Any) -> Any:
    """Far from the seeds of the trainings beside it; what is no whole number stays as it is."""
    if not OTHER or isinstance(seed, bool):
        return seed
    try:
        number = operator.index(seed)
    except TypeError:
        # None, a generator, or an array, which has an index only where it holds a single number
        return seed
    return (number + 7919 * OTHER) % 2**32


def watched(own: Any, module: str, name: str) -> Any:
    def draw(*arguments: Any, **named: Any) -> Any:
        if module not in seeded_by_script and is_wanted("draws"):
            note_direct(module + "." + name, callers(1))
        return own(*arguments, **named)

    draw.__name__ = name
    return draw


def callers(most: int = 100) -> list[Any]:
    """From whoever called a hook of ours outwards."""
    frame: Any = sys._getframe(2)  # noqa: SLF001 - `inspect` would be one more import of the script's
    found: list[Any] = []
    while frame is not None and len(found) < most:
        found.append(frame)
        frame = frame.f_back
    return found


def drawn_by(frames: list[Any]) -> str:
    """`train_test_split`, `RandomForestClassifier`, `DataFrame.sample`: what the team's own line has called."""
    function = own = ""
    for frame in frames:
        if is_of_team(frame):
            break
        name, of = frame.f_code.co_name, frame.f_locals.get("self")
        if of is not None and not own:
            own = type(of).__name__ + ("." + name if type(of).__module__.startswith("pandas") else "")
        if of is None and not name.startswith(("_", "<")) and name not in WRAPPERS:
            function = name
    in_split = frames[0].f_globals.get("__name__") in SPLITS
    return (function or own) if in_split else (own or function)


def line_of_team(frames: list[Any]) -> str:
    for frame in frames:
        if is_of_team(frame):
            path: str = os.path.relpath(frame.f_code.co_filename)
            return (os.path.basename(path) if path.startswith("..") else path) + ":" + str(frame.f_lineno)
    return ""


def is_of_team(frame: Any) -> bool:
    path = frame.f_code.co_filename
    if path.startswith("<") or "site-packages" in path or "dist-packages" in path or path == __file__:
        return False
    return not path.startswith(os.path.dirname(os.__file__) + os.sep)


def note_direct(what: str, frames: list[Any]) -> None:
    """What a library draws for itself is its own affair."""
    if is_of_team(frames[0]):
        note("draws", what, line_of_team(frames))


def is_wanted(kind: str) -> bool:
    """A training may draw a million times: a few places of each kind are enough."""
    return len(noted.get(kind, ())) < MOST


def note(kind: str, what: str, where: str) -> None:
    line = json.dumps({"kind": kind, "what": what, "where": where})
    place = os.environ.get("CI_MLOPS_DRAWS")
    lines = noted.setdefault(kind, set())
    if not place or not where or line in lines:
        return
    lines.add(line)
    try:
        with open(place, "a", encoding="utf-8") as file:
            file.write(line + "\n")
    except OSError:
        pass  # nothing of ours may reach the script


def hand_over(name: str, folder: str) -> None:
    """Let the sitecustomize that ours hides have its turn; where there is none, there is none."""
    sys.path[:] = [path for path in sys.path if os.path.abspath(path or os.curdir) != folder]
    spec = importlib.machinery.PathFinder.find_spec(name)
    if spec is None or spec.loader is None:
        # what `import sitecustomize` says in a python without one; site expects it
        raise ImportError("No module named {!r}".format(name), name=name)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
