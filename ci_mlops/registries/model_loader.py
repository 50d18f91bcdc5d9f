"""
Loads the judged files for MLflow's `python_function`; stored beside every model that ci-mlops registers.

It needs what the model needs and the standard library, for it runs wherever the model is served.
"""

from pathlib import Path
from typing import Any

SUFFIXES = (".joblib", ".pkl", ".pickle", ".skops")
# as in workers/score.py, which loads the model when it is judged: what loads there is to load here
TRUSTED = ("sklearn.", "numpy.", "scipy.", "lightgbm.", "xgboost.")
# rooms in these packages that run what they are given
UNTRUSTED = ("numpy.testing", "numpy.f2py", "numpy.distutils", "numpy.ctypeslib", "scipy._lib._ccallback")


def _load_pyfunc(path: str) -> Any:  # MLflow looks for this name
    return load(find_model(Path(path)))


def find_model(path: Path) -> Path:
    """The one loadable file; in a folder `model.*` wins where there are several."""
    if path.is_file():
        return path
    found = sorted(file for file in path.rglob("*") if file.suffix in SUFFIXES)
    named = [file for file in found if file.stem == "model"]
    if len(named) == 1:
        return named[0]
    if len(found) == 1:
        return found[0]
    seen = ", ".join(file.name for file in found) or "none"
    raise RuntimeError(f"One file of {', '.join(SUFFIXES)} is needed to load this model; found: {seen}")


def load(file: Path) -> Any:
    if file.suffix == ".skops":
        from skops.io import get_untrusted_types, load as load_skops

        # the file's own list of types is the file's own word: those of known libraries are trusted, others refused
        wanted = get_untrusted_types(file=file)
        return load_skops(file, trusted=[name for name in wanted if trusts(name)])
    if file.suffix == ".joblib":
        from joblib import load as load_joblib

        return load_joblib(file)
    if file.suffix in SUFFIXES:
        import pickle

        with file.open("rb") as stream:
            return pickle.load(stream)  # noqa: S301 - whoever serves a pickled model runs it; the registry pins its digest
    raise RuntimeError(f"{file.name} is none of {', '.join(SUFFIXES)}: load it with the tool that wrote it")


def trusts(name: str) -> bool:
    return name.startswith(TRUSTED) and not name.startswith(UNTRUSTED)
