"""`##vso[area.action name=value;]data`, as the agent reads it anywhere in a line."""

import re
from dataclasses import dataclass, field

LINE = re.compile(r"##vso\[(?P<name>[\w.]+)(?:\s+(?P<properties>[^\]]*))?\](?P<data>.*)", re.IGNORECASE)
ESCAPES = {"%3B": ";", "%0D": "\r", "%0A": "\n", "%5D": "]", "%AZP25": "%"}

# the agent's `AllowedInRestrictedMode`
RESTRICTED = {
    "task.logdetail",
    "task.logissue",
    "task.complete",
    "task.setprogress",
    "task.setsecret",
    "task.setvariable",
    "task.settaskvariable",
    "task.debug",
    "task.prependpath",
    "telemetry.publish",
}


@dataclass(frozen=True, kw_only=True)
class LoggingCommand:
    name: str
    data: str
    properties: dict[str, str] = field(default_factory=dict)

    def flag(self, name: str) -> bool:
        return self.properties.get(name, "").lower() == "true"


def command_in(line: str) -> LoggingCommand | None:
    hit = LINE.search(line)
    if hit is None:
        return None
    pairs = [one.partition("=") for one in (hit["properties"] or "").split(";") if "=" in one]
    return LoggingCommand(
        name=hit["name"].lower(),
        properties={name.strip().lower(): unescaped(value) for name, _, value in pairs},
        data=unescaped(hit["data"]),
    )


def unescaped(text: str) -> str:
    for escape, character in ESCAPES.items():
        text = text.replace(escape, character)
    return text
