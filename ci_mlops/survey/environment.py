"""The file that declares what is installed, and the Python that it is meant for."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from ci_mlops.survey.ci_file import WRITTEN
from ci_mlops.survey.guess import Guess, Notice
from ci_mlops.survey.tree import Tree

_ORDER = (
    "uv.lock",
    "pylock.toml",
    "requirements.txt",
    "requirements-train.txt",
    "requirements/train.txt",
    "requirements/base.txt",
    "requirements/requirements.txt",
    "requirements/prod.txt",
    "requirements.in",
    "environment.yml",
    "environment.yaml",
    "conda.yml",
    "conda.yaml",
    "conda_env.yml",
    "env.yml",
)
_ELSEWHERE = ("poetry.lock", "Pipfile.lock", "Pipfile", "pyproject.toml", "setup.py", "setup.cfg", "pdm.lock")
_ALIKE = r"requirements[\w.-]*\.txt|(conda|environment|env)[\w-]*\.ya?ml|\w*dependencies\.ya?ml"
_ASIDE = r"dev|test|doc|lint|example|(^|/)ci[_-]|scor|serv"
OLDEST_ASKED = "the oldest that it asks for"
OLDEST = 8
NEWEST = 14
_WORKFLOW = re.compile(r"\.github/workflows/|azure-pipelines|\.azure-pipelines/")
_IMAGE = re.compile(r"(?i)^FROM\s+(\S*/)?python:3")
_SET_UP = re.compile(r"(?i)(python-version|versionSpec|python_version)\W+3")
_CONDA = re.compile(r"^\s*-\s*[\"']?python\s*[=<>~ ]+3")
_REQUIRED = re.compile(r"^\s*[\"']?(requires-python|python_requires|python|python_version)[\"']?\s*=\D*3")
_MINOR = re.compile(r"3\.(\d{1,2})")


def environment_of(tree: Tree, script: str) -> tuple[Guess, list[Notice]]:
    for path in [*_ORDER, *_near(tree, script)]:
        if tree.keeps(path) and _declares(tree, path):
            guess = Guess(subject="environment", value=path, why="it declares what is installed", where=path)
            return guess, []
    told = next((path for path in _ELSEWHERE if tree.holds(path)), None)
    if told is None:
        why = "nothing in the repository declares what is installed"
        mend = (
            "Nothing declares what is installed; write requirements.txt, so that a verdict can be repeated."
        )
        return Guess(subject="environment", value="current", why=why), [Notice(text=mend)]
    why = f"`{told}` alone can't be solved here: the step that runs us installs it"
    return Guess(subject="environment", value="current", why=why, where=told), []


def python_of(tree: Tree) -> Guess | None:
    for text, where, why in _witnesses(tree):
        found = _MINOR.search(text)
        if found and OLDEST <= int(found[1]) <= NEWEST:
            return Guess(subject="python", value=found[0], why=why, where=where, sure=why != OLDEST_ASKED)
    return None


def _witnesses(tree: Tree) -> Iterator[tuple[str, str, str]]:
    for path in (".python-version", "runtime.txt"):
        if tree.holds(path):
            yield tree.text(path).strip()[:40], path, "it says so"
    told = tree.document("python_env.yaml") if tree.holds("python_env.yaml") else None
    if isinstance(told, dict) and isinstance(told.get("python"), str | float):
        yield str(told["python"]), "python_env.yaml", "your MLflow project asks for it"
    workflows = [path for path in tree.files if _WORKFLOW.match(path) and not _is_ours(tree, path)]
    conda = [path for path in _ORDER if path.endswith((".yml", ".yaml")) and tree.holds(path)]
    packages = [path for path in ("pyproject.toml", "setup.py", "setup.cfg", "Pipfile") if tree.holds(path)]
    for paths, pattern, why in (
        (list(tree.named("Dockerfile", "Dockerfile.*")), _IMAGE, "the image that it is built on"),
        (workflows, _SET_UP, "your workflow sets it up"),
        (conda, _CONDA, "it asks for it"),
        (packages, _REQUIRED, OLDEST_ASKED),
    ):
        for path in paths:
            for number, line in enumerate(tree.text(path).split("\n"), 1):
                if hit := pattern.search(line):
                    yield line[hit.end() - 1 :], f"{path}:{number}", why


def _is_ours(tree: Tree, path: str) -> bool:
    """What `init` wrote, or a template of ours: it says what we guessed, and is no evidence for it."""
    return "ci-mlops" in PurePosixPath(path).name or WRITTEN in tree.text(path)


def _declares(tree: Tree, path: str) -> bool:
    if not path.endswith((".yml", ".yaml")):
        return bool(tree.text(path).strip())
    told = tree.document(path)
    return isinstance(told, dict) and isinstance(told.get("dependencies"), list)


def _near(tree: Tree, script: str) -> list[str]:
    """Beside the script, else anywhere but for development."""
    beside = [
        (folder / name).as_posix() for folder in PurePosixPath(script or ".").parents for name in _ORDER
    ]
    anywhere = [
        path
        for path in tree.files
        if re.fullmatch(_ALIKE, PurePosixPath(path).name) and not re.search(_ASIDE, path)
    ]
    if "/" in script:
        anywhere.sort(key=lambda path: not path.startswith(f"{script.split('/', maxsplit=1)[0]}/"))
    return [*beside, *anywhere]


def imported_packages(names: set[str]) -> list[str]:
    """What to install for these imports, where nothing declares it."""
    found = {_PACKAGES.get(name, name) for name in names if name in _PACKAGES or name in _SAME}
    return sorted(found)


_PACKAGES = {
    "sklearn": "scikit-learn",
    "yaml": "PyYAML",
    "imblearn": "imbalanced-learn",
    "cv2": "opencv-python",
}
_SAME = frozenset(
    [
        "numpy",
        "pandas",
        "scipy",
        "xgboost",
        "lightgbm",
        "catboost",
        "mlflow",
        "joblib",
        "matplotlib",
        "seaborn",
        "pyarrow",
        "polars",
        "statsmodels",
        "click",
        "typer",
        "tqdm",
        "skops",
        "onnx",
        "onnxruntime",
        "skl2onnx",
    ]
)
