"""What a version is made of, link by link, and where the chain breaks."""

from dataclasses import dataclass
from typing import Literal

Part = Literal["data", "code", "environment", "parameters", "model", "verdict", "version"]
LinkStanding = Literal["holds", "broken", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainLink:
    part: Part
    standing: LinkStanding
    """`unknown`: what it would be held against can't be reached from here, or was never kept."""
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Data -> code -> environment -> parameters -> model -> verdict -> version."""

    version: str
    stages: tuple[str, ...] = ()
    """That it holds."""
    links: tuple[ChainLink, ...] = ()

    @property
    def broken(self) -> tuple[ChainLink, ...]:
        return tuple(link for link in self.links if link.standing == "broken")

    @property
    def unknown(self) -> tuple[ChainLink, ...]:
        return tuple(link for link in self.links if link.standing == "unknown")
