"""What a model depends on, as one digest. Equal fingerprints: training again would be wasted."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

Parts = tuple[tuple[str, str], ...]
"""(code, digest), (data.train, digest), (environment, digest), (run, command), (parameters, JSON)."""


def fingerprint_parts(
    *,
    code: str,
    train_data: str,
    environment: str,
    run: str | tuple[str, ...] | None,
    source: Mapping[str, str],
    parameters: Mapping[str, Any],
    predict: str | tuple[str, ...] | None = None,
) -> Parts:
    """
    `source`: how the model is obtained, `{path: ...}` or `{callable: ...}`. `predict`, the team's own command, is part
    of what a verdict is about, as another command makes another model of the same bytes.
    """
    scored = {"predict": predict} if predict is not None else {}
    return (
        ("code", code),
        ("data.train", train_data),
        ("environment", environment),
        ("run", _canonical({"run": run, **source, **scored})),
        ("parameters", _canonical(dict(parameters))),
    )


def fingerprint(parts: Parts) -> str:
    """64 hex digits, so that it can name a folder and an artifact."""
    return hashlib.sha256(_canonical(parts).encode()).hexdigest()


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
