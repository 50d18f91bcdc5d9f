"""
Compile time: a pipeline file and its templates become one document without expressions, as the service does it.

    expand(Repositories({"self": folder, "mlops": other}), "azure-pipelines.yml", parameters, variables)
"""

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from tests.azure.directives import Directive, Scope, directive_of, inserted, scope_of, with_name
from tests.azure.errors import PipelineRefused
from tests.azure.parameters import bind
from tests.azure.shapes import check_pipeline
from tests.azure.values import Names, is_list, to_bool
from tests.azure.yaml_file import load_yaml

MOST_FILES = 100
MOST_LEVELS = 20
INCLUDING = ("steps", "jobs", "stages", "variables")
EXTENDED = {"steps", "jobs", "stages", "variables", "resources"}


def expand(
    repositories: Mapping[str, Path],
    path: str,
    parameters: Mapping[str, Any] | None = None,
    variables: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """
    Args:
        repositories: Alias -> checkout; `self` holds the pipeline.
        path: The pipeline file in `self`.
        parameters: What somebody who runs it by hand fills in.
        variables: What is known when a run is queued, such as Build.Reason.
    """
    return _Expansion(repositories, Names(variables)).pipeline(path, parameters or {})


class _Expansion:
    def __init__(self, repositories: Mapping[str, Path], variables: Names) -> None:
        self._folders = dict(repositories)
        self._known = {"self"}
        self._variables = variables
        self._files = 0

    def pipeline(self, path: str, given: Mapping[str, Any]) -> dict[str, Any]:
        document, scope = self._open("self", path, 1, given)
        document.pop("parameters", None)
        self._name_repositories(self._node(document.get("resources", {}), scope), scope)
        if isinstance(written := document.get("variables"), dict):
            self._variables.update(
                Names({name: str(inserted(text, scope)) for name, text in written.items()})
            )
        extends = document.pop("extends", None)
        expanded = self._mapping(document, scope)
        if extends is not None:
            expanded |= self._extended(self._node(extends, scope), scope)
        check_pipeline(expanded, path)
        return expanded

    def _name_repositories(self, resources: Any, scope: Scope) -> None:
        for one in resources.get("repositories", ()):
            alias = one.get("repository")
            if alias not in self._folders:
                raise scope.refuse(f"the repository '{alias}' is not to be had")
            for needed in ("type", "name"):
                if needed not in one:
                    raise scope.refuse(f"the repository '{alias}' needs '{needed}'")
            if one["type"] != "git" and "endpoint" not in one:
                raise scope.refuse(f"the repository '{alias}' of type {one['type']} needs an 'endpoint'")
            self._known.add(alias)

    def _extended(self, extends: Any, scope: Scope) -> dict[str, Any]:
        if not isinstance(extends, dict) or not {"template"} <= set(extends) <= {"template", "parameters"}:
            raise scope.refuse("'extends' takes a template and its parameters")
        document, inner = self._included(extends["template"], extends.get("parameters", {}), scope)
        if unknown := set(document) - EXTENDED:
            raise inner.refuse(f"unexpected value {sorted(unknown)} in a template that is extended")
        return self._mapping(document, inner)

    def _included(self, reference: Any, given: Any, scope: Scope) -> tuple[dict[str, Any], Scope]:
        name, _, alias = str(reference).partition("@")
        if alias and alias not in self._known:
            raise scope.refuse(f"'{reference}': no repository resource is called '{alias}'")
        start = PurePosixPath("/") if alias else PurePosixPath("/", scope.path).parent
        document, inner = self._open(
            alias or scope.alias, _normal(start / name, scope), scope.depth + 1, given or {}
        )
        document.pop("parameters", None)
        return document, inner

    def _open(
        self, alias: str, path: str, depth: int, given: Mapping[str, Any]
    ) -> tuple[dict[str, Any], Scope]:
        self._files += 1
        if self._files > MOST_FILES:
            raise PipelineRefused(f"no more than {MOST_FILES} files may be included", path)
        if depth > MOST_LEVELS:
            raise PipelineRefused(f"no more than {MOST_LEVELS} levels of templates", path)
        document = load_yaml(self._folders[alias] / path)
        parameters = bind(document.get("parameters", []), given, path)
        return document, scope_of(alias, path, depth, parameters, self._variables)

    def _node(self, node: Any, scope: Scope, kind: str = "") -> Any:
        if isinstance(node, dict):
            return self._mapping(node, scope)
        if is_list(node):
            return list(self._sequence(node, scope, kind))
        return inserted(node, scope)

    def _mapping(self, node: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
        made: dict[str, Any] = {}
        chain = _Chain()
        for key, value in node.items():
            directive = directive_of(key, scope)
            if directive is None:
                chain.end()
                name = str(inserted(key, scope))
                added = {name: self._node(value, scope, name if name in INCLUDING else "")}
                _merge(made, added, scope)
                continue
            for inner in chain.scopes(directive, scope):
                body = self._node(value, inner)
                if not isinstance(body, dict):
                    raise scope.refuse(f"'{key}' stands in a mapping and needs a mapping")
                _merge(made, body, scope)
        return made

    def _sequence(self, node: list[Any], scope: Scope, kind: str) -> Iterator[Any]:
        chain = _Chain()
        for item in node:
            key = next(iter(item)) if isinstance(item, dict) and len(item) == 1 else ""
            directive = directive_of(key, scope)
            # above a mapping it makes the keys of one item, above a list it makes items
            if directive is None or isinstance(item[key], dict):
                chain.end()
                yield from self._item(item, scope, kind)
                continue
            for inner in chain.scopes(directive, scope):
                body = self._node(item[key], inner, kind)
                if not is_list(body):
                    raise scope.refuse(f"'{key}' stands in a list and needs a list")
                yield from body

    def _item(self, item: Any, scope: Scope, kind: str) -> Iterator[Any]:
        if kind and isinstance(item, dict) and "template" in item:
            yield from self._template(item, scope, kind)
            return
        value = self._node(item, scope)
        # a list that is put where an item stands becomes items
        yield from value if is_list(value) and not is_list(item) else [value]

    def _template(self, item: dict[str, Any], scope: Scope, kind: str) -> Iterator[Any]:
        asked = self._mapping(item, scope)
        if unknown := set(asked) - {"template", "parameters"}:
            raise scope.refuse(f"unexpected value {sorted(unknown)} beside 'template'")
        document, inner = self._included(asked["template"], asked.get("parameters", {}), scope)
        if set(document) != {kind}:
            raise inner.refuse(f"it is included under '{kind}' and holds {sorted(document)}")
        body = self._node(document[kind], inner, kind)
        if kind == "variables" and isinstance(body, dict):
            body = [{"name": name, "value": value} for name, value in body.items()]
        yield from body


class _Chain:
    """`if`, `elseif` and `else` that follow each other: the first that holds is taken."""

    def __init__(self) -> None:
        self._open = False
        self._taken = False

    def end(self) -> None:
        self._open = False

    def scopes(self, directive: Directive, scope: Scope) -> Iterator[Scope]:
        """The body is taken once for each scope that is given here."""
        if directive.kind in ("elseif", "else") and not self._open:
            raise scope.refuse(f"'{directive.kind}' follows no 'if'")
        if directive.kind in ("each", "insert"):
            self.end()
            yield from _each(directive, scope) if directive.kind == "each" else [scope]
            return
        if directive.kind == "if":
            self._open, self._taken = True, False
        holds = directive.kind == "else" or to_bool(scope.evaluate(directive.expression))
        taken = holds and not self._taken
        self._taken |= holds
        if directive.kind == "else":
            self.end()
        if taken:
            yield scope


def _each(directive: Directive, scope: Scope) -> Iterator[Scope]:
    values = scope.evaluate(directive.expression)
    if isinstance(values, Mapping):
        values = [{"key": key, "value": value} for key, value in values.items()]
    if not is_list(values):
        raise scope.refuse(f"'each {directive.name}': a list or an object is needed")
    for value in values:
        yield with_name(scope, directive.name, value)


def _merge(made: dict[str, Any], added: Mapping[str, Any], scope: Scope) -> None:
    for name, value in added.items():
        if name in made:
            raise scope.refuse(f"'{name}' is already defined")
        made[name] = value


def _normal(path: PurePosixPath, scope: Scope) -> str:
    parts: list[str] = []
    for part in path.parts[1:]:
        if part != "..":
            parts.append(part)
        elif parts:
            parts.pop()
        else:
            raise scope.refuse(f"'{path}' leads out of the repository")
    return "/".join(parts)
