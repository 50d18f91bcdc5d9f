"""The command that trains, word by word, and what it tells the script."""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from ci_mlops.survey.choice import Candidate, dotted_parts, starts
from ci_mlops.survey.commands import Command, parsed
from ci_mlops.survey.facts import Facts, facts_of
from ci_mlops.survey.modules import Module, Program
from ci_mlops.survey.stages import Stage
from ci_mlops.survey.tree import TABLES, Tree

_DATA = re.compile(r"(?i)data|input|train|csv|file|source|dataset|raw")
_TEST = re.compile(r"(?i)test|valid|holdout|eval")
_OUT = re.compile(r"(?i)out|model|save|dest|artifact|export")
_FOLDER = re.compile(r"(?i)dir|folder")
OUTPUT = "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """How the script is started."""

    line: str
    told: Mapping[str, str]
    """Option -> value."""
    why: str
    where: str
    sure: bool = True
    untold: tuple[str, ...] = ()
    """Options that must be told, and nobody knows what."""


def start_of(
    tree: Tree, program: Program, chosen: Candidate, stages: Sequence[Stage], data: str | None
) -> Start:
    module = chosen.facts.module
    for stage in stages:
        if any(starts(command, module.path) for command in parsed(stage.line, "", stage.where)):
            lines = [*(one.line for one in _before(stage, stages)), stage.line]
            return Start(
                line=" && ".join(lines),
                told=told_by(stage.line.split(".py", 1)[-1], chosen.facts),
                why=f"stage `{stage.name}`" + (" and those before it" if len(lines) > 1 else ""),
                where=stage.where,
            )
    for command in chosen.witnesses:
        if command.whole and _holds(tree, command):
            line = command.line
            if command.folder and not _from_root(module, command):
                line = f"cd {shlex.quote(command.folder)} && {line}"
            return Start(
                line=line,
                told=told_by(line.split(command.script, 1)[-1], chosen.facts),
                why="it is written so",
                where=command.where,
            )
    return _built(tree, program, chosen, data)


def bare(program: Program, facts: Facts) -> str:
    """How the interpreter is given the script: by its file, or as a module where its imports ask for that."""
    module = facts.module
    path = PurePosixPath(module.path)
    dotted = dotted_parts(module.path)
    if any(dotted_name.startswith(".") for dotted_name in module.imports.values()):
        return _as_module(dotted, module)
    for name in module.imports.values():
        hit = program.imported(module, name)
        beside = path.parent.as_posix().removeprefix(".")
        if hit and not name.startswith("."):
            first = name.split(".")[0]
            own = {f"{beside}/{first}.py".lstrip("/"), f"{beside}/{first}/".lstrip("/")}
            if beside and not any(hit[0].path == one or hit[0].path.startswith(one) for one in own):
                return _as_module(dotted, module)
    if any(touched.beside for touched in facts.reads) and path.parent.as_posix() != ".":
        return f"cd {shlex.quote(path.parent.as_posix())} && python {shlex.quote(path.name)}"
    return f"python {shlex.quote(module.path)}"


def _as_module(dotted: str, module: Module) -> str:
    # where `src` itself is the package that is imported, it is started from the root
    is_package = any(name == "src" or name.startswith("src.") for name in module.imports.values())
    if dotted.startswith("src.") and dotted.count(".") > 1 and not is_package:
        # kept before ours: the launcher of `capture` comes by the same variable
        return f"PYTHONPATH=src:$PYTHONPATH python -m {dotted.removeprefix('src.')}"
    return f"python -m {dotted}"


def _built(tree: Tree, program: Program, chosen: Candidate, data: str | None) -> Start:
    facts = chosen.facts
    words, told, untold = [], {}, []
    tables = [path for path in tree.tables if tree.keeps(path)]
    for option, _ in facts.values.options.values():
        if not option.required or option.is_switch:
            continue
        value = _value(option.name, tables, data)
        if value is None:
            untold.append(option.flag or option.name)
            continue
        told[option.name] = value
        words += [option.flag, value] if option.flag else [value]
    if OUTPUT in told.values():
        again = facts_of(tree, program, facts.module, told)
        if any(saved.path == OUTPUT for saved in again.saves):
            told = {name: f"{OUTPUT}.joblib" if value == OUTPUT else value for name, value in told.items()}
            words = [f"{OUTPUT}.joblib" if word == OUTPUT else word for word in words]
    line = " ".join([bare(program, facts), *(shlex.quote(word) for word in words)])
    none = "its options need not be given" if facts.values.options else "it asks for no options"
    why = "the options that it must be told are filled in" if words else none
    return Start(
        line=line, told=told, why=why, where=f"{facts.module.path}:1", sure=not words, untold=tuple(untold)
    )


def _value(name: str, tables: Sequence[str], data: str | None) -> str | None:
    if _OUT.search(name):
        return OUTPUT
    named = [path for path in tables if re.search(r"(?i)test|valid|holdout", PurePosixPath(path).name)]
    others = [path for path in tables if path not in named]
    fitting = named if _TEST.search(name) else [data] if data else others if _DATA.search(name) else []
    if _FOLDER.search(name) and fitting:
        return PurePosixPath(fitting[0]).parent.as_posix()
    return fitting[0] if len(fitting) == 1 else None


def _before(stage: Stage, stages: Sequence[Stage]) -> list[Stage]:
    """The stages that make what this one reads, first things first."""
    found: list[Stage] = []
    waiting = [stage]
    while waiting:
        here = waiting.pop(0)
        for other in stages:
            makes = any(_within(path, made) for path in here.inputs for made in other.outputs)
            if makes and other is not stage and other not in found:
                found.append(other)
                waiting.append(other)
    return [one for one in stages if one in found]


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/") or folder.startswith(f"{path}/")


def _holds(tree: Tree, command: Command) -> bool:
    """Its data files are there: a README likes to say `--data path/to/data.csv`."""
    words = [word for word in shlex.split(command.line) if word.lower().endswith(TABLES)]
    return all(
        tree.holds(PurePosixPath(folder, word).as_posix())
        or (folder == "" and "/" not in word and "out" in word)
        for word in words
        for folder in ([command.folder] if command.folder else [""])
    )


def _from_root(module: Module, command: Command) -> bool:
    return not command.is_module and module.path == command.script


def told_by(rest: str, facts: Facts) -> dict[str, str]:
    """`--rows 10 data.csv` -> what each option is."""
    try:
        words = shlex.split(rest)
    except ValueError:
        return {}
    every = [option for option, _ in facts.values.options.values()]
    by_flag = {option.flag: option for option in every if option.flag}
    placed = [option for option in every if not option.flag]
    found: dict[str, str] = {}
    while words:
        word = words.pop(0)
        flag, equals, value = word.partition("=")
        if flag in by_flag:
            option = by_flag[flag]
            if equals:
                found[option.name] = value
            elif not option.is_switch and words:
                found[option.name] = words.pop(0)
        elif not word.startswith("-") and placed:
            found[placed.pop(0).name] = word
    return found


def with_steps(start: Start, lines: Sequence[str], where: str) -> Start:
    """The same, after the scripts that make its data."""
    if not lines:
        return start
    return replace(
        start, line=" && ".join([*lines, start.line]), why=f"{start.why}; `{where}` makes its data"
    )
