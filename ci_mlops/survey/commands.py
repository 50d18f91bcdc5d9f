"""Witnesses of the command that trains: Makefile, MLproject, dvc.yaml, Azure ML, workflows, scripts, README."""

import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from ci_mlops.survey.tree import Tree

_RUNNERS = (
    "uv run",
    "poetry run",
    "pipenv run",
    "pdm run",
    "hatch run",
    "rye run",
    "conda run",
    "time",
    "exec",
    "sudo",
)
_PYTHON = re.compile(r"python(3(\.\d+)?)?$|py$")
_UNTOLD = re.compile(r"\$[\w({]|<[^>]*>|\.\.\.|[|;&`]|\\$|\{[a-z_]+\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command line that starts a Python script of the repository."""

    line: str
    script: str
    """Path, or dotted name where it is started by `-m`."""
    is_module: bool
    folder: str
    """That it is started in."""
    whole: bool
    """False where a part of it is known only when it is run: then it is a witness of the script alone."""
    where: str


def commands(tree: Tree) -> tuple[Command, ...]:
    """The most binding witness first."""
    found = [
        command
        for lines in (_mlprojects, _make, _azure, _shell, _workflows, _read_me)
        for text, folder, where in lines(tree)
        for command in parsed(text, folder, where)
    ]
    return tuple(found)


def parsed(text: str, folder: str, where: str) -> Iterator[Command]:
    """`cd src && python train.py --rows 10` as one command, whatever stands before it."""
    for part in re.split(r"&&|;", text):
        line = part.strip().removeprefix("$ ").lstrip("@-").strip().strip("`")
        while runner := next((word for word in _RUNNERS if line.startswith(word + " ")), None):
            line = line.removeprefix(runner).strip()
        try:
            words = shlex.split(line)
        except ValueError:
            continue
        if words[:1] == ["cd"] and len(words) == 2 and not _UNTOLD.search(words[1]):
            folder = str(PurePosixPath(folder) / words[1]) if folder else words[1]
            continue
        while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
            words = words[1:]
        if len(words) < 2 or not _PYTHON.search(words[0].split("/")[-1]):
            continue
        rest = words[1:]
        while rest and rest[0] in ("-u", "-B", "-O"):
            rest = rest[1:]
        is_module = rest[:1] == ["-m"]
        script = rest[1] if is_module and len(rest) > 1 else rest[0] if rest else ""
        if not script or (not is_module and not script.endswith(".py")):
            continue
        arguments = rest[2 if is_module else 1 :]
        told = " ".join(shlex.quote(word) for word in arguments)
        start = f"python -m {script}" if is_module else f"python {script.removeprefix('./')}"
        yield Command(
            line=f"{start} {told}".strip(),
            script=script.removeprefix("./"),
            is_module=is_module,
            folder=folder,
            whole=not _UNTOLD.search(" ".join(arguments)),
            where=where,
        )


def _make(tree: Tree) -> Iterator[tuple[str, str, str]]:
    for path in tree.named("Makefile", "makefile", "*.mk", "justfile", "Taskfile.yml"):
        text = tree.text(path)
        variables = dict(re.findall(r"(?m)^([A-Za-z_]\w*)\s*[:?]?=\s*(.*?)\s*$", text))
        variables.setdefault("PYTHON", "python")
        for number, line in _lines(text):
            for _ in range(3):
                line = _put(line, variables)  # noqa: PLW2901 - variables may hold variables
            yield line, _folder(path), f"{path}:{number}"


def _mlprojects(tree: Tree) -> Iterator[tuple[str, str, str]]:
    for path in tree.named("MLproject"):
        from_yaml = mapping(_yaml(tree, path))
        for point in mapping(from_yaml.get("entry_points")).values():
            line = mapping(point).get("command")
            if not isinstance(line, str):
                continue
            for name, told in mapping(mapping(point).get("parameters")).items():
                default = mapping(told).get("default") if isinstance(told, dict) else None
                if isinstance(default, str | int | float):
                    line = line.replace(f"{{{name}}}", str(default))
            yield " ".join(line.split()), _folder(path), f"{path}:{line_of(tree.text(path), 'command:')}"


def _azure(tree: Tree) -> Iterator[tuple[str, str, str]]:
    """Jobs, components and pipelines of Azure ML: `command:` with `${{inputs.x}}`, started in `code:`."""
    for path in tree.named("*.yml", "*.yaml"):
        text = tree.text(path)
        if "command:" not in text or ("inputs." not in text and "azureml" not in text):
            continue
        for part in _mappings(_yaml(tree, path), 0):
            line = part.get("command")
            if not isinstance(line, str) or "python" not in line:
                continue
            inputs = mapping(part.get("inputs")).items()
            values = {str(name): _given(tree, told, _folder(path)) for name, told in inputs}
            line = _from_code(_with_inputs(line, values), part.get("code"), _folder(path))
            yield " ".join(line.split()), "", f"{path}:{line_of(text, 'command:')}"


def _from_code(line: str, code: Any, folder: str) -> str:
    """Azure ML starts it in `code`, with the inputs elsewhere; here it is started where its data is: at the root."""
    inside = (
        posixpath.normpath(posixpath.join(folder, code))
        if isinstance(code, str) and "://" not in code
        else ""
    )
    if inside in ("", "."):
        return line
    return re.sub(r"(python3?\s+)([\w./-]+\.py)", lambda hit: f"{hit[1]}{inside}/{hit[2]}", line)


def _given(tree: Tree, told: Any, folder: str) -> str | None:
    value = told.get("path", told.get("default")) if isinstance(told, dict) else told
    if not isinstance(value, str | int | float) or str(value).startswith("azureml:"):
        return None
    beside = posixpath.normpath(posixpath.join(folder, str(value)))
    return beside if tree.holds(beside) else str(value)


def _with_inputs(line: str, values: Mapping[str, str | None]) -> str:
    return re.sub(r"\$\{\{\s*inputs\.(\w+)\s*\}\}", lambda hit: values.get(hit[1]) or hit[0], line)


def _workflows(tree: Tree) -> Iterator[tuple[str, str, str]]:
    for path in tree.files:
        if not re.match(
            r"(\.github/workflows/|\.gitlab-ci|azure-pipelines|\.azure-pipelines/|\.pipelines/)", path
        ):
            continue
        for number, line in _lines(tree.text(path)):
            stripped = (
                re.sub(r"^\s*(- )?(run|script|bash):\s*[|>]?-?\s*", "", line).strip().removeprefix("- ")
            )
            yield stripped, "", f"{path}:{number}"


def _shell(tree: Tree) -> Iterator[tuple[str, str, str]]:
    for path in tree.named("*.sh", "Dockerfile", "Procfile"):
        for number, line in _lines(tree.text(path)):
            yield re.sub(r"^(RUN|CMD|ENTRYPOINT)\s+", "", line), "", f"{path}:{number}"


def _read_me(tree: Tree) -> Iterator[tuple[str, str, str]]:
    for path in tree.named("README*", "readme*", "CONTRIBUTING.md", "docs/*.md"):
        for number, line in _lines(tree.text(path)):
            for inline in re.findall(r"`([^`]+)`", line):
                yield inline, "", f"{path}:{number}"
            yield line.strip().removeprefix("> "), "", f"{path}:{number}"


def _put(line: str, variables: Mapping[str, str]) -> str:
    return re.sub(r"\$[({](\w+)[)}]", lambda hit: variables.get(hit[1], hit[0]), line)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    number = 1
    for line in text.replace("\\\n", " \x00").split("\n"):
        yield number, line.replace("\x00", "")
        number += 1 + line.count("\x00")


def _mappings(part: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    if depth > 8:
        return
    if isinstance(part, dict):
        yield part
        for inner in part.values():
            yield from _mappings(inner, depth + 1)
    elif isinstance(part, list):
        for inner in part:
            yield from _mappings(inner, depth + 1)


def _yaml(tree: Tree, path: str) -> Any:
    return tree.document(path)


def mapping(part: Any) -> dict[Any, Any]:
    return part if isinstance(part, dict) else {}


def _folder(path: str) -> str:
    return plain_path(PurePosixPath(path).parent.as_posix())


def plain_path(path: str) -> str:
    path = PurePosixPath(path).as_posix()
    return "" if path == "." else path


def line_of(text: str, word: str) -> int:
    place = text.find(word)
    return text.count("\n", 0, place) + 1 if place >= 0 else 1
