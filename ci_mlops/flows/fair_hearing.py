"""A hearing of what was handed over, without the rows that prove nothing of a model."""

from collections.abc import Sequence

from ci_mlops.datasets.prediction_file import PredictionFile, Truth
from ci_mlops.errors import BadData
from ci_mlops.flows.court import Hearing, hear
from ci_mlops.flows.custom_files import CustomFiles
from ci_mlops.flows.hand_over import Side
from ci_mlops.flows.overlap import duplicates_in, overlap_of, trains_on_test_rows
from ci_mlops.flows.project import Project
from ci_mlops.flows.proof import Proved, prove
from ci_mlops.flows.tools import Tools
from ci_mlops.flows.writing import day_of
from ci_mlops.records import Finding, Overlap, Policy
from ci_mlops.records.compute import Compute


def hear_fairly(
    tools: Tools,
    project: Project,
    truth: Truth,
    sides: Sequence[Side],
    files: Sequence[PredictionFile],
    policy: Policy,
    custom: CustomFiles,
    compute: Compute,
) -> tuple[Hearing, Proved, Sequence[PredictionFile]]:
    """
    `sides`: the candidate, and the champion where there is one; `files`: what they said. Given back are these as they
    were heard.

    Raises:
        BadData: rows that can't be compared.
        BadConfig: a metric that no plugin brings, or that does not fit the classes.
    """
    proved = prove(tools, project, list(zip(sides, files, strict=True)), truth)
    heard = [proved.heard(file, side.card.role) for side, file in zip(sides, files, strict=True)]
    today = day_of(tools.now())
    try:
        with tools.step("Count and compare"):
            return _hear(truth, heard, policy, custom, today, compute), proved, heard
    except BadData:
        # where no row is left, a model is still known to be the same as itself
        if len({side.card.model.digest for side in sides}) == len(sides):
            raise
        hearing = _hear(truth, files, policy, custom, today, compute)
        if not hearing.comparison.identical:
            raise
        return hearing, proved, files


def _hear(
    truth: Truth,
    files: Sequence[PredictionFile],
    policy: Policy,
    custom: CustomFiles,
    today: str,
    compute: Compute,
) -> Hearing:
    champion = files[1] if len(files) > 1 else None
    return hear(truth, files[0], champion, policy, custom, today=today, compute=compute)


def overlap_told(project: Project, sides: Sequence[Side], hearing: Hearing, proved: Proved) -> Overlap:
    """What a verdict says of the rows that its models had seen."""
    excluded = hearing.comparison.rows.seen
    duplicates = proved.copies()
    if duplicates is None:
        trained_on = trains_on_test_rows(project)
        duplicates = duplicates_in(findings_of(sides), excluded, trained_on=trained_on)
    return overlap_of(
        {side.card.role: proved.seen(side.card.role) for side in sides},
        excluded,
        unscored={side.card.role: side.told.unscored for side in sides},
        duplicates=duplicates,
        why={side.card.role: proved.why_unknown(side.card.role) for side in sides},
    )


def findings_of(sides: Sequence[Side]) -> tuple[Finding, ...]:
    return tuple(finding for side in sides for finding in (*side.card.findings, *side.told.findings))
