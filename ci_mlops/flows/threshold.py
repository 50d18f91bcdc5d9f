"""From which score on each model decides: as the policy says, or as is best on the validation rows."""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np

from ci_mlops.datasets.prediction_file import PredictionFile, Truth, open_predictions
from ci_mlops.datasets.predictions import paired_rows
from ci_mlops.errors import BadData
from ci_mlops.evaluation.cost_curve import CostCurve, Curves, curves_for
from ci_mlops.evaluation.threshold import Scored, choose, scored
from ci_mlops.flows.court import told_by_policy
from ci_mlops.flows.hand_over import Side
from ci_mlops.flows.project import Project
from ci_mlops.flows.validation import read_validation, validation_files
from ci_mlops.records import Decided, Policy, ThresholdReport


def thresholds_of(
    project: Project, cache: Path, output: Path, candidate: Side, champion: Side | None
) -> tuple[ThresholdReport | None, Curves]:
    """
    Each model's own, chosen here, where the labels are; and what the validation rows would cost at each threshold.

    Raises:
        BadData: validation rows that are not there, that a model was trained on, or that hold one class alone.
    """
    policy = project.policy.policy()
    if policy.threshold is None or policy.threshold.by is None:
        return told_by_policy(policy, has_champion=champion is not None), {}
    files = validation_files(project, cache)
    curves = curves_for(policy)
    now = _choose(project, files, output, candidate, curves.candidate if curves else None)
    before = None
    if champion is not None:
        before = _choose(project, files, output, champion, curves.champion if curves else None)
    report = ThresholdReport(by=policy.threshold.by, champion=before, candidate=now)
    return report, curves.told("validation") if curves else {}


def opened(
    candidate: Side, champion: Side | None, policy: Policy, decides: ThresholdReport | None
) -> tuple[PredictionFile, PredictionFile | None]:
    """Both models' predictions, each decided from its own threshold on."""
    now = open_predictions(candidate.predictions, "candidate", policy)
    before = open_predictions(champion.predictions, "champion", policy) if champion else None
    if decides is None:
        return now, before
    return _decided(now, decides.candidate), _decided(before, decides.champion) if before else None


def _decided(file: PredictionFile, decided: Decided | None) -> PredictionFile:
    # a number of the policy's is in the file already
    if decided is None or not decided.rows:
        return file
    return replace(file, threshold=decided.threshold, chosen=True)


def _choose(
    project: Project, files: tuple[Path, ...], output: Path, side: Side, curve: CostCurve | None
) -> Decided:
    policy, test, role = project.policy.policy(), project.policy.data.test, side.card.role
    truth = Truth(
        title="the validation data",
        files=files,
        label=test.target,
        id=test.id,
        slices=policy.slices if policy.cost and policy.cost.slices else (),
        bins=policy.bins if policy.cost and policy.cost.slices else (),
    )
    said = open_predictions(read_validation(output, side, project), role, policy)
    # any threshold does: nobody looks at the decisions
    said = replace(said, threshold=0.0, chosen=True)
    parts = []
    for rows in paired_rows(truth, said, None, policy):
        parts += [scored(rows, policy.cost)] if len(rows) else []
        if curve is not None:
            curve.add(rows, rows.candidate)
    whole = _together(parts)
    events = 0 if whole is None else int(whole.labels.sum())
    if whole is None or not 0 < events < len(whole.labels) or not whole.weights.sum():
        raise BadData(
            f"the threshold of the {role} can't be chosen: of the validation rows that it was not trained on, "
            f"{0 if whole is None else len(whole.labels)} are left, and {events} of these are events",
            where=str(files[0]),
            mend="Name validation rows of both classes that no model was trained on, or write the threshold as a number.",
        )
    by = policy.threshold.by if policy.threshold else None
    choice = choose(whole, by or "cost", most=policy.cost.most_called if policy.cost else 1.0)
    return Decided(threshold=choice.threshold, rows=len(whole.labels), events=events)


def _together(parts: list[Scored]) -> Scored | None:
    if not parts:
        return None
    columns = {part.name: [getattr(one, part.name) for one in parts] for part in fields(Scored)}
    return Scored(**{name: np.concatenate(arrays) for name, arrays in columns.items()})
