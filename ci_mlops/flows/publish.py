"""Say a verdict where the CI around us shows it: summary and outputs first, status and comment after them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ci_mlops.flows.artifact import artifact_name, verdict_artifact_name
from ci_mlops.ports import Platform
from ci_mlops.records import Annotation, Publication, Published, Verdict
from ci_mlops.report.picture import picture_of, pictures_of
from ci_mlops.report.publication import publication
from ci_mlops.report.several import together
from ci_mlops.report.waived import waived_publication


def publish(
    platform: Platform, verdict: Verdict, file: Path, *, several: bool = False, waived: str = ""
) -> Published:
    """
    Args:
        platform: The CI around us.
        verdict: What is said.
        file: Where it lies; its folder holds the report.
        several: It is one of several: the comment for all of them is another job's.
        waived: Who let it through, and where, though it blocks; the verdict stays as it is.

    Raises:
        PlatformFailed: the platform can't be reached, or there is none; what could be announced was.
    """
    decided = _decided(platform, verdict, waived)
    platform.announce(replace(decided, outputs={**decided.outputs, **files(verdict, file)}))
    published = platform.publish(_own(decided, verdict))
    if verdict.comment == "one" and not several:
        published = _with(published, platform.publish(_in_one(platform, [verdict], waived)))
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


def publish_all(
    platform: Platform, verdicts: Sequence[Verdict], *, waived: str = ""
) -> tuple[Published, ...]:
    """
    Those of all models of a run: a status each, a comment each or one for all; their runs have told the rest.

    Raises:
        PlatformFailed: as `publish`.
    """
    decided = [_decided(platform, verdict, waived) for verdict in verdicts]
    to_say = [_own(one, verdict) for one, verdict in zip(decided, verdicts, strict=True)]
    if in_one := [verdict for verdict in verdicts if verdict.comment == "one"]:
        to_say.append(_in_one(platform, in_one, waived))
    platform.announce(_in_one(platform, verdicts, waived, shows=False))
    published = tuple(platform.publish(one) for one in to_say)
    warn(platform, to_say, published)
    return published


def publish_together(platform: Platform, verdicts: Sequence[Verdict]) -> Published:
    """
    In the comment for all models, and with no status: what is said is about none of them by its name.

    Raises:
        PlatformFailed: as `publish`.
    """
    whole = _in_one(platform, verdicts, "")
    platform.announce(whole)
    published = platform.publish(whole)
    warn(platform, [whole], [published])
    return published


def _decided(platform: Platform, verdict: Verdict, waived: str) -> Publication:
    change = platform.change()
    picture = picture_of(verdict, change) if verdict.comment == "each" else None
    decided = publication(verdict, change=change, picture=picture)
    if not (waived and verdict.exit_code):
        return decided
    return waived_publication(decided, waived, is_merged=change.event == "push")


def _own(decided: Publication, verdict: Verdict) -> Publication:
    return decided if verdict.comment == "each" else replace(decided, comment="")


def _in_one(
    platform: Platform, verdicts: Sequence[Verdict], waived: str, *, shows: bool = True
) -> Publication:
    change = platform.change()
    whole = together(verdicts, change, pictures_of(verdicts, change) if shows else {})
    blocked = any(verdict.exit_code for verdict in verdicts)
    return waived_publication(whole, waived) if waived and blocked else whole


def _with(status: Published, comment: Published) -> Published:
    return replace(comment, status=status.status, warnings=(*status.warnings, *comment.warnings))


def files(verdict: Verdict, file: Path) -> dict[str, str]:
    """Outputs that say where things lie, and what the artifacts with the verdict and the judged model are called."""
    return {
        "verdict-path": str(file),
        "report-path": str(file.with_name("report.md")),
        "verdict-artifact": verdict_artifact_name(verdict.model),
        "artifact": artifact_name(verdict.fingerprint) if verdict.fingerprint else "",
    }


def warnings(published: Published) -> tuple[Annotation, ...]:
    return tuple(
        Annotation(level="warning", title="The verdict was not posted everywhere", message=warning)
        for warning in published.warnings
    )


def warn(platform: Platform, said: Sequence[Publication], published: Sequence[Published]) -> None:
    """What could not be said, on the run's own page; what holds for several is said once."""
    known: set[Annotation] = set()
    for one, became in zip(said, published, strict=True):
        if told := tuple(warning for warning in warnings(became) if warning not in known):
            platform.announce(replace(one, summary="", outputs={}, annotations=told, tags=()))
            known.update(told)
