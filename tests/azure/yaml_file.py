"""A pipeline's YAML as the service reads it: every scalar is text, and anchors, merges and twin keys are errors."""

from pathlib import Path
from typing import Any

import yaml

from tests.azure.errors import PipelineRefused


class _Loader(yaml.BaseLoader):
    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()
        if getattr(event, "anchor", None):
            raise PipelineRefused("anchors and aliases are not supported", _place(event))
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[str, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            name = self.construct_object(key, deep=deep)
            if name in seen:
                raise PipelineRefused(f"'{name}' is already defined", _place(key))
            seen.add(name)
        return super().construct_mapping(node, deep=True)


def load_yaml(file: Path) -> dict[str, Any]:
    if not file.is_file():
        raise PipelineRefused("file not found in the repository", str(file))
    loader = _Loader(file.read_text(encoding="utf-8"))
    try:
        document = loader.get_single_data()
    except yaml.YAMLError as error:
        raise PipelineRefused(f"not YAML: {error}", file.name) from error
    except PipelineRefused as refused:
        raise PipelineRefused(refused.what, f"{file.name} {refused.where}") from refused
    finally:
        loader.dispose()
    if not isinstance(document, dict):
        raise PipelineRefused("a mapping was expected", file.name)
    return document


def _place(marked: Any) -> str:
    return f"line {marked.start_mark.line + 1}"
