"""The stages of dvc.yaml: the commands, what each reads and what it writes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ci_mlops.survey.commands import line_of, mapping, plain_path
from ci_mlops.survey.tree import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A stage of dvc.yaml."""

    name: str
    line: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    where: str


def stages(tree: Tree) -> tuple[Stage, ...]:
    """In the file's order, `${...}` put in from params.yaml."""
    if not tree.holds("dvc.yaml"):
        return ()
    document = tree.document("dvc.yaml")
    listed = mapping(mapping(document).get("stages"))
    parameters = mapping(tree.document("params.yaml")) | mapping(_vars(document))
    found = []
    for name, stage in listed.items():
        command = mapping(stage).get("cmd")
        lines = [command] if isinstance(command, str) else command if isinstance(command, list) else []
        line = " && ".join(" ".join(one.split()) for one in lines if isinstance(one, str))
        if line:
            found.append(
                Stage(
                    name=str(name),
                    line=_filled(line, parameters),
                    inputs=_paths(mapping(stage).get("deps"), parameters),
                    outputs=_paths(mapping(stage).get("outs"), parameters),
                    where=f"dvc.yaml:{line_of(tree.text('dvc.yaml'), f'{name}:')}",
                )
            )
    return tuple(found)


def _filled(line: str, parameters: Mapping[str, Any]) -> str:
    def put(hit: re.Match[str]) -> str:
        value: Any = parameters
        for key in hit[1].strip().split("."):
            value = mapping(value).get(key)
        return str(value) if isinstance(value, str | int | float) else hit[0]

    return re.sub(r"\$\{([^}]+)\}", put, line)


def _paths(listed: Any, parameters: Mapping[str, Any]) -> tuple[str, ...]:
    found = []
    for one in listed if isinstance(listed, list) else ():
        path = next(iter(one), None) if isinstance(one, dict) else one
        if isinstance(path, str):
            found.append(plain_path(_filled(path, parameters)))
    return tuple(found)


def _vars(document: Any) -> dict[str, Any]:
    listed = mapping(document).get("vars")
    found: dict[str, Any] = {}
    for one in listed if isinstance(listed, list) else ():
        found |= mapping(one)
    return found
