"""The token of the run, or a person's."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Token:
    value: str = field(repr=False)
    personal: bool = False

    def __bool__(self) -> bool:
        return bool(self.value)


def read_token(environ: Mapping[str, str]) -> Token:
    """SYSTEM_ACCESSTOKEN, which a step must map into its `env:`; on a person's machine AZURE_DEVOPS_EXT_PAT."""
    run = environ.get("SYSTEM_ACCESSTOKEN", "")
    # a macro that nobody replaced is no token
    if run and not run.startswith("$("):
        return Token(run)
    return Token(environ.get("AZURE_DEVOPS_EXT_PAT", ""), personal=True)
