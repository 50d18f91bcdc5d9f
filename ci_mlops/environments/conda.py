"""conda's environment.yml, as far as PyPI can tell it: what was translated, and what was left out, are said."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ci_mlops.environments.requirement_lines import Requirement, normalized, read_requirements, requirement_of
from ci_mlops.errors import BadConfig

# conda's name -> PyPI's, where they differ
PYPI_NAMES = {
    "pytorch": "torch",
    "pytorch-cpu": "torch",
    "pytorch-gpu": "torch",
    "tensorflow-base": "tensorflow",
    "tensorflow-gpu": "tensorflow",
    "matplotlib-base": "matplotlib",
    "seaborn-base": "seaborn",
    "dask-core": "dask",
    "py-xgboost": "xgboost",
    "py-xgboost-cpu": "xgboost",
    "opencv": "opencv-python-headless",
    "py-opencv": "opencv-python-headless",
    "pytables": "tables",
    "msgpack-python": "msgpack",
    "python-graphviz": "graphviz",
    "ruamel-yaml": "ruamel.yaml",
    "faiss": "faiss-cpu",
    "pyarrow-core": "pyarrow",
    "umap": "umap-learn",
    "mlflow-skinny": "mlflow-skinny",
    "dlib-python": "dlib",
}
# what conda brings and a Python environment has by itself, or wheels carry within
_SYSTEM = re.compile(
    r"_.*|pip|setuptools|wheel|lib.*|blas|mkl|mkl-service|intel-openmp|openblas|openssl|ca-certificates|certifi-win32|zlib|xz|bzip2"
    r"|tk|readline|ncurses|sqlite|ld_impl.*|vs20.*|vc\d*_runtime|cudatoolkit|cudnn|cuda-.*|pytorch-cuda|cpuonly|gcc.*|gxx.*"
    r"|binutils.*|cmake|make|git|nodejs|jupyterlab-server-conda|r-.*|python-abi|python_abi|conda.*|nccl|llvm-openmp|tzdata"
)
_SPEC = re.compile(r"(?:[\w./-]+::)?(?P<name>[\w.-]+)\s*(?P<bound>[^\[]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class CondaFile:
    requirements: tuple[Requirement, ...]
    python: str | None
    """`3.10`; what the file asks for."""
    translated: tuple[str, ...]
    """`pytorch -> torch`"""
    left_out: tuple[str, ...]


def read_conda(path: Path, shown: str) -> CondaFile:
    """
    Raises:
        BadConfig: no YAML, or no list of dependencies.
    """
    entries = _entries(path, shown)
    requirements: list[Requirement] = []
    translated: list[str] = []
    left_out: list[str] = []
    python = None
    for line, entry, is_pip in entries:
        where = f"{shown}:{line}"
        if is_pip:
            requirements += _of_pip(entry, where, path.parent, left_out)
            continue
        match = _SPEC.match(entry.strip())
        name = normalized(match["name"]) if match else ""
        if match is None:
            raise BadConfig(f"`{entry[:200]}` is no dependency of conda's", where=where)
        if name == "python":
            found = re.search(r"3\.\d+", match["bound"])
            python = found[0] if found else None
        elif _SYSTEM.fullmatch(name):
            left_out.append(name)
        else:
            wanted = PYPI_NAMES.get(name, name)
            if wanted != name:
                translated.append(f"{name} -> {wanted}")
            requirements.append(requirement_of(wanted + _bound(match["bound"]), where, path.parent))
    return CondaFile(
        requirements=tuple(requirements),
        python=python,
        translated=tuple(translated),
        left_out=tuple(left_out),
    )


def _of_pip(entry: str, where: str, folder: Path, left_out: list[str]) -> list[Requirement]:
    words = entry.split()
    if words[0] in ("-r", "--requirement") and len(words) == 2:
        return list(read_requirements(folder / words[1], folder).requirements)
    if entry.startswith("-") and words[0] not in ("-e", "--editable"):
        left_out.append(words[0])
        return []
    return [requirement_of(entry, where, folder)]


def _bound(text: str) -> str:
    """
    What pip says for it.

    >>> _bound("=1.24=py310h0"), _bound("==1.24.1"), _bound(" >=1.2,<2"), _bound("=1.24.*"), _bound(" 1.26")
    ('==1.24', '==1.24.1', '>=1.2,<2', '==1.24.*', '==1.26.*')
    """
    text = text.strip()
    if not text or text == "*":
        return ""
    if re.match(r"\d", text):
        # a bare version is the beginning of one, as after a single `=`
        text = "=" + "=".join(text.split())
    if text.startswith("=") and not text.startswith("=="):
        version, _, build = text[1:].partition("=")
        fuzzy = "" if build or version.endswith("*") else ".*"
        return f"=={version.strip()}{fuzzy}"
    if text.startswith("=="):
        return f"=={text[2:].partition('=')[0].strip()}"
    return text.partition("|")[0].replace(
        " ", ""
    )  # the first alternative stands for all: there is no translation


def _entries(path: Path, shown: str) -> list[tuple[int, str, bool]]:
    """(line, text, whether it is of the pip part)."""
    import yaml

    try:
        root: Any = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise BadConfig(
            f"{shown} can't be read: {str(error).splitlines()[0]}", where=shown, mend="Is it YAML?"
        ) from error
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    listed = next((value for key, value in pairs if key.value == "dependencies"), None)
    if not isinstance(listed, yaml.SequenceNode):
        mend = "Is it conda's environment.yml?"
        raise BadConfig(f"{shown} has no list of `dependencies`", where=shown, mend=mend)
    found = []
    for node in listed.value:
        if isinstance(node, yaml.ScalarNode):
            found.append((node.start_mark.line + 1, str(node.value), False))
        elif isinstance(node, yaml.MappingNode):
            found += [
                (one.start_mark.line + 1, str(one.value), True)
                for _, value in node.value
                if isinstance(value, yaml.SequenceNode)
                for one in value.value
                if isinstance(one, yaml.ScalarNode)
            ]
    return found
