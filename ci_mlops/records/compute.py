"""Where the court counts. It changes no result: what is counted merges by `+`, in any order."""

from dataclasses import dataclass
from typing import Literal

Backend = Literal["local", "processes", "dask", "ray", "spark"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compute:
    backend: Backend = "local"
    workers: int | None = None
    """None: as many as there are cores here, or as the engine has."""
    address: str | None = None
    """Of the engine's scheduler; None: what its own settings say, else workers on this machine."""
