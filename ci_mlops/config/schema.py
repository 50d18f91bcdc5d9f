"""The JSON Schema of `ci-mlops.yml`, for editors and for the reference."""

from typing import Any

from ci_mlops.config.settings import Config


def json_schema() -> dict[str, Any]:
    """Draft 2020-12; describes the file as it is written, not as it is read."""
    schema = _plain(Config.model_json_schema(by_alias=True, mode="validation"))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "ci-mlops.yml"}


def _plain(part: Any) -> Any:
    """Without `null`, which a config never holds, and without the titles that pydantic makes of the keys."""
    if isinstance(part, list):
        return [_plain(item) for item in part]
    if not isinstance(part, dict):
        return part
    kept = {
        # keys of `properties` are ours: a key called `title` or `default` would be one of them
        key: {name: _plain(inner) for name, inner in value.items()}
        if key in ("properties", "$defs")
        else _plain(value)
        for key, value in part.items()
        if not (key == "title" and isinstance(value, str))
        and not (key == "default" and value in (None, {}, []))
    }
    options = [option for option in kept.get("anyOf", ()) if option != {"type": "null"}]
    if len(options) == 1:
        del kept["anyOf"]
        return {**options[0], **kept}
    return {**kept, "anyOf": options} if options else kept
