"""The text of metrics of the team's own, on its way to the court."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from ci_mlops.records.custom_metric import CustomMetric, custom_name

TIME_LIMIT = 300.0
"""Seconds for all calls of one function."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomFiles:
    """The files that the metrics are in, as the tree that decides has them."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    refused: str = ""
    """Why they are not run, for a reader."""
    logs: Path | None = None
    """Where what they print is kept; None: nowhere."""
    time_limit: float = TIME_LIMIT

    def used(self, metrics: Sequence[str]) -> tuple[CustomMetric, ...]:
        """For the verdict: of which text each metric is."""
        named = [(metric, name) for metric in metrics if (name := custom_name(metric)) is not None]
        return tuple(
            CustomMetric(
                metric=metric, path=name.path, digest=f"sha256:{sha256(self.files[name.path]).hexdigest()}"
            )
            for metric, name in named
            if name.path in self.files and not self.refused
        )


NOT_GIVEN = CustomFiles(refused="it is read from the folder of a config, and there is none")
