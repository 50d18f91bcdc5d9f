"""What both models say of the rows of a moved pin: for information, no gate looks at it."""

from dataclasses import replace
from pathlib import Path

from ci_mlops.datasets.prediction_file import Truth
from ci_mlops.errors import BadData
from ci_mlops.flows.court import hear
from ci_mlops.flows.custom_files import CustomFiles
from ci_mlops.flows.hand_over import Side, read_moved
from ci_mlops.flows.moved_pin import MovedPin, listed
from ci_mlops.flows.project import Project
from ci_mlops.flows.threshold import opened
from ci_mlops.records import Measurement, Skip, ThresholdReport
from ci_mlops.records.fairness_names import by_column

WHAT = "moved test rows"
Heard = tuple[tuple[Measurement, ...], tuple[Skip, ...]]


def hear_moved(
    project: Project,
    output: Path,
    found: MovedPin | None,
    sides: tuple[Side, Side | None],
    decides: ThresholdReport | None,
    custom: CustomFiles,
) -> Heard:
    """The measurements on all rows that the change pins; what could not be measured is a skip with its reason."""
    if found is None:
        return (), ()
    candidate, champion = sides
    said = read_moved(output, candidate, project)
    if said is None:
        return (), (
            Skip(what=WHAT, reason="the candidate gave no answers that fit them; `predict` says why"),
        )
    theirs = read_moved(output, champion, project) if champion else None
    policy = project.policy.policy()
    # these rows are cut in no slices, so there are no groups to compare
    policy = replace(
        policy, gates=(), metrics=tuple(name for name in policy.metrics if by_column(name) is None)
    )
    test = project.policy.data.test
    # slices are not measured apart here, but rows of a slice may have a price of their own
    slices = policy.slices if policy.cost and policy.cost.slices else ()
    truth = Truth(
        title="the moved test data",
        files=found.files,
        label=test.target,
        id=test.id,
        slices=slices,
        bins=policy.bins if slices else (),
    )
    try:
        hearing = hear(truth, *opened(said, theirs, policy, decides), policy, custom)
    except BadData as error:
        return (), (Skip(what=WHAT, reason=error.what),)
    measured = tuple(found for found in hearing.comparison.measurements if found.slice is None)
    return measured, _without_champion(found, champion, theirs)


def _without_champion(found: MovedPin, champion: Side | None, theirs: Side | None) -> tuple[Skip, ...]:
    if champion is None or theirs is not None:
        return ()
    gone = found.moved.gone
    why = f"they lack {listed(gone)}" if gone else "it gave no answers that fit them; `predict` says why"
    return (Skip(what=f"champion on the {WHAT}", reason=why),)
