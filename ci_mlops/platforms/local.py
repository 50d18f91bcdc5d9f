"""No CI around us: a laptop. The report goes to the terminal, and nothing is posted anywhere."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ci_mlops.errors import PlatformFailed
from ci_mlops.records import Annotation, Change, Publication, Published


class Local:
    name = "local"

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        """Takes the environment like every platform, and needs nothing from it."""

    def change(self) -> Change:
        return Change(platform=self.name, event="local")

    def announce(self, publication: Publication) -> None:
        """A laptop has no summary page and no outputs; the door has printed the report."""

    def annotate(self, annotations: Sequence[Annotation]) -> None:
        """A laptop has no page to annotate."""

    def publish(self, publication: Publication) -> Published:
        raise PlatformFailed(
            "There is no CI to publish to",
            where="neither GITHUB_ACTIONS is `true` nor TF_BUILD is `True` in the environment",
            mend="Run `ci-mlops publish` in a job of GitHub Actions or Azure Pipelines, or read the report with `ci-mlops report FILE`.",
        )

    def artifact(self, name: str, into: Path) -> Path | None:
        return None
