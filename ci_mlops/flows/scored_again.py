"""A stored model is loaded in the environment that it was registered with, and scores the pinned test rows once more."""

import math
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ci_mlops.datasets.digest import data_digest
from ci_mlops.datasets.prediction_file import PredictionFile, Truth, open_predictions
from ci_mlops.flows.court import hear
from ci_mlops.flows.metric_files import files_that_decide
from ci_mlops.flows.pinned import test_files
from ci_mlops.flows.predict import FOLDER, predict
from ci_mlops.flows.project import Project
from ci_mlops.flows.registered import fetch_champion
from ci_mlops.flows.tools import Tools
from ci_mlops.ports import Registry
from ci_mlops.records import Condition, Measurement, Verdict, Version

SAME = 1e-6
"""Of a metric, relative: threads add in another order, and no more than that."""


def scored_again(
    tools: Tools, project: Project, registry: Registry, version: Version, verdict: Verdict | None
) -> Condition:
    """
    `registry`: where the version stands. The commit before may name another one, or none.

    Held: it answers every row; and where its verdict was about these rows, every metric is what it was.

    Raises:
        BadData: test rows that are not as pinned, or answers that don't fit them.
        RegistryFailed: the stored files are not what was judged.
        TrainingFailed: its environment can't be made, or it can't be loaded or used.
    """
    with tempfile.TemporaryDirectory(prefix="ci-mlops-") as private:
        output = Path(private, "output")
        place = output / "models" / "candidate"
        resolved = project.lock.environment
        declared = tools.environment(project.config.environment, project.folder, resolved)
        own = (declared, resolved)
        fetch_champion(tools, project, version, place, candidate=own, role="candidate", registry=registry)
        predict(tools, project, output)
        policy = project.policy.policy()
        said = open_predictions(output / FOLDER / "candidate.parquet", "candidate", policy)
        test = project.policy.data.test
        truth = Truth(
            title="the test data", files=test_files(project, tools.cache), label=test.target, id=test.id
        )
        now = hear(
            truth,
            _decided(said, verdict),
            None,
            replace(policy, slices=(), bins=(), search=None),
            files_that_decide(project, output / "logs"),
        )
    rows = now.comparison.rows.compared
    return compared(
        version, rows, now.comparison.measurements, verdict, same_rows=_same_rows(project, verdict, rows)
    )


def compared(
    version: Version, rows: int, now: Sequence[Measurement], verdict: Verdict | None, *, same_rows: bool
) -> Condition:
    """What was measured against what the verdict says. Pure."""
    scored = f"version {version.number} scored {rows} rows"
    if verdict is None or not same_rows:
        return Condition(name="scores", held=True, told=f"{scored}; its verdict was of other rows")
    then = {one.metric: one.candidate for one in verdict.measurements if one.slice is None}
    both = [
        (one.metric, then[one.metric], one.candidate)
        for one in now
        if one.slice is None and one.metric in then
    ]
    told = [(metric, was, found) for metric, was, found in both if was is not None and found is not None]
    for metric, was, found in told:
        if not math.isclose(was, found, rel_tol=SAME, abs_tol=SAME):
            return Condition(
                name="scores",
                held=False,
                told=f"{scored}: {metric} is {found:.6g}, and was {was:.6g} when it was judged",
            )
    metrics = "1 metric is what it was" if len(told) == 1 else f"{len(told)} metrics are what they were"
    return Condition(name="scores", held=True, told=f"{scored}, and {metrics} when it was judged")


def _same_rows(project: Project, verdict: Verdict | None, rows: int) -> bool:
    """The same pinned files, none of whose rows was left out for having been trained on."""
    if verdict is None or verdict.rows is None or verdict.rows.compared != rows:
        return False
    return data_digest(verdict.pins.get("test", ())) == data_digest(project.policy_lock.data.get("test", ()))


def _decided(said: PredictionFile, verdict: Verdict | None) -> PredictionFile:
    """From the score on that it was judged to decide from."""
    chosen = verdict.threshold.candidate if verdict and verdict.threshold else None
    return replace(said, threshold=chosen.threshold, chosen=True) if chosen and chosen.rows else said
