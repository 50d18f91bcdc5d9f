"""What a job needs to know of a config that judges nothing: read without pydantic, and lenient, for whoever judges says what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ci_mlops.config.document import read_document
from ci_mlops.errors import BadConfig
from ci_mlops.records.verdict import Commenting


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    model: str = ""
    """Empty: the text does not say."""
    comment: Commenting = "each"
    drafts: Literal["judge", "wait"] = "judge"
    skip_label: Literal["refuse", "allow"] = "refuse"


def glance(text: str) -> Glance:
    """Whatever can't be read is what holds without it."""
    try:
        values = read_document(text, "ci-mlops.yml").values
    except BadConfig:
        return Glance()
    model, section = values.get("model"), values.get("pull_request")
    said: Mapping[str, Any] = section if isinstance(section, dict) else {}
    comment = said.get("comment")
    return Glance(
        model=model if isinstance(model, str) else "",
        comment=comment if comment in ("one", "none") else "each",
        drafts="wait" if said.get("drafts") == "wait" else "judge",
        skip_label="allow" if said.get("skip_label") == "allow" else "refuse",
    )
