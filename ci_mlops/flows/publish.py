"""Say a verdict where the CI around us shows it: summary and outputs first, status and comment after them."""

from dataclasses import replace
from pathlib import Path

from ci_mlops.flows.artifact import artifact_name
from ci_mlops.ports import Platform
from ci_mlops.records import Annotation, Published, Verdict
from ci_mlops.report.publication import publication


def publish(platform: Platform, verdict: Verdict, file: Path) -> Published:
    """
    `file` is where the verdict lies; its folder holds the report.

    Raises:
        PlatformFailed: the platform can't be reached, or there is none; what could be announced was.
    """
    decided = publication(verdict, change=platform.change())
    platform.announce(replace(decided, outputs={**decided.outputs, **files(verdict, file)}))
    published = platform.publish(decided)
    platform.announce(
        replace(
            decided,
            summary="",
            outputs={"comment-url": published.comment_url},
            annotations=warnings(published),
            tags=(),
        )
    )
    return published


def files(verdict: Verdict, file: Path) -> dict[str, str]:
    """Outputs that say where things lie, and what the artifact with the judged model is called."""
    return {
        "verdict-path": str(file),
        "report-path": str(file.with_name("report.md")),
        "artifact": artifact_name(verdict.fingerprint) if verdict.fingerprint else "",
    }


def warnings(published: Published) -> tuple[Annotation, ...]:
    return tuple(
        Annotation(level="warning", title="The verdict was not posted everywhere", message=warning)
        for warning in published.warnings
    )
