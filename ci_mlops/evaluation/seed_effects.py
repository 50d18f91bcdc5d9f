"""What the seed alone makes of a model: the trainings of one recipe with other seeds, metric by metric. Pure."""

from collections.abc import Sequence

from ci_mlops.records.reproduction import MetricDifference, SeedEffect


def effects_of(trainings: Sequence[Sequence[MetricDifference]]) -> tuple[SeedEffect, ...]:
    """
    On all rows. Each training's differences from the registered model; none: it says the same of every row, so no metric
    moves.
    """
    told = {one.metric: one for training in trainings for one in training if one.slice is None}
    return tuple(
        SeedEffect(
            metric=metric,
            registered=one.registered,
            improvements=tuple(
                moved for training in trainings if (moved := _moved(training, metric)) is not None
            ),
        )
        for metric, one in told.items()
    )


def _moved(training: Sequence[MetricDifference], metric: str) -> float | None:
    if not training:
        return 0.0
    return next((one.improvement for one in training if (one.metric, one.slice) == (metric, None)), None)
