"""Metrics of the team's own: base's text, run in a child; what it brings back is measured as ours are."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ci_mlops.config.custom_function import CustomFunction, columns_to_ask, read_function
from ci_mlops.datasets.all_rows import all_rows
from ci_mlops.datasets.prediction_file import PredictionFile, Truth
from ci_mlops.datasets.predictions import paired_rows
from ci_mlops.evaluation.gates import ruled_slices
from ci_mlops.evaluation.measure import measure
from ci_mlops.evaluation.moment_metric import MomentMetric, beside_the_commonest
from ci_mlops.evaluation.replicates import ReplicateMetric, Replicates, Sampled
from ci_mlops.evaluation.rows import Floats, Predictions, Rows
from ci_mlops.evaluation.tally import ALL_ROWS, Plan, Tally, tally
from ci_mlops.flows.custom_answers import Said, unmeasured
from ci_mlops.flows.custom_asking import Room
from ci_mlops.flows.custom_files import CustomFiles
from ci_mlops.records import Measurement, Policy
from ci_mlops.records.custom_metric import custom_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """What is compared, as files."""

    truth: Truth
    candidate: PredictionFile
    champion: PredictionFile | None


def custom_measurements(
    metrics: Sequence[str], custom: CustomFiles, sides: Sides, policy: Policy
) -> tuple[Measurement, ...]:
    """
    Raises:
        BadConfig: a function that is not in its file.
        BadData: rows that can't be compared, or that lack a column which a metric is given.
    """
    functions = {}
    for metric in metrics:
        name = custom_name(metric)
        assert name is not None  # noqa: S101 - only such metrics come here
        if name.path in custom.files:
            functions[metric] = read_function(custom.files[name.path], name)
    declared = columns_to_ask(policy)
    columns = {c for function in functions.values() for c in function.columns(declared)}
    id_ = () if sides.truth.id is None else (sides.truth.id,)
    truth = replace(
        sides.truth,
        columns=tuple(dict.fromkeys((*sorted(columns), *id_))),
        as_text=(*(c for c in policy.slices if c in columns), *id_),
    )
    found = all_rows(paired_rows(truth, sides.candidate, sides.champion, policy), sides.truth.id)
    rows = replace(found.rows, columns={c: found.rows.columns[c] for c in sorted(columns)})
    # decisions are counted as well: a mean over all rows may be decided by those of a rare class
    cells = policy.task == "classification" and not policy.multilabel
    tallies = tally(rows, Plan(cells=cells, terms=(), ranks=False, classes=len(policy.classes) or 2))
    measured: list[Measurement] = []
    with tempfile.TemporaryDirectory(prefix="ci-mlops-") as private:
        room = Room(Path(private), replace(found, rows=rows), policy)
        for metric in metrics:
            function = functions.get(metric)
            higher = function is None or function.higher_is_better
            if function is None or custom.refused:
                said = unmeasured(room.places, custom.refused)
            else:
                said = _ask(room, function, custom, policy, Path(private))
            if said.by_row is None:
                measured += _of_places(metric, said.places, tallies, policy, higher=higher)
            else:
                own = _of_rows(metric, said.by_row, rows, policy, higher=higher)
                measured += _as_rare(own, tallies) if cells else own
    return tuple(measured)


def _ask(room: Room, function: CustomFunction, custom: CustomFiles, policy: Policy, private: Path) -> Said:
    name = function.name
    log = (custom.logs or private) / f"metric-{name.function}.log"
    said = room.ask(function, custom.files[name.path], log=log, time_limit=custom.time_limit)
    if policy.weight is None or "weight" in function.asks or said.by_row is not None:
        return said
    heedless = f"rows have weights, and `{name.function}` gives one number and does not ask for `weight`"
    return (
        unmeasured(room.places, heedless) if any(place.candidate for place in said.places.values()) else said
    )


def _of_places(
    metric: str,
    places: Mapping[str, Replicates],
    tallies: Mapping[str, Tally],
    policy: Policy,
    *,
    higher: bool,
) -> tuple[Measurement, ...]:
    own = ReplicateMetric(name=metric, higher_is_better=higher, task=policy.task)
    sampled = {name: Sampled.of(tallies[name], {metric: found}) for name, found in places.items()}
    return measure([own], sampled, policy.floor, ruled_slices(policy, sampled))


def _as_rare(found: Sequence[Measurement], tallies: Mapping[str, Tally]) -> tuple[Measurement, ...]:
    """A mean over all rows, that those of a rare class may decide."""
    return tuple(
        replace(m, events=min(m.events, beside_the_commonest(tallies[m.slice or ALL_ROWS]))) for m in found
    )


def _of_rows(
    metric: str, values: Mapping[str, Floats], rows: Rows, policy: Policy, *, higher: bool
) -> tuple[Measurement, ...]:
    """One number for each row: the mean of them, by the very machinery of our own losses."""
    # numbers, whatever the task: what stands for the decisions here is what the function made of them
    own = MomentMetric(name=metric, own=_as_they_are, higher_is_better=higher)
    champion = values.get("champion")
    given = replace(
        rows,
        candidate=Predictions(decisions=values["candidate"]),
        champion=None if champion is None else Predictions(decisions=champion),
    )
    tallies = tally(given, Plan(cells=False, terms=(own.term,), ranks=False))
    ruled = ruled_slices(policy, tallies)
    return tuple(
        replace(found, method="the same number for every row") if found.identical else found
        for found in measure([own], tallies, policy.floor, ruled)
    )


def _as_they_are(labels: Floats, predictions: Predictions) -> Floats:
    return predictions.decisions
