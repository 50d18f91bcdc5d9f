"""Two models of one version, held against each other: by their bytes, by what they say, in the court."""

from dataclasses import replace
from pathlib import Path

from ci_mlops.errors import BadData
from ci_mlops.files.digest import file_digest
from ci_mlops.flows import store
from ci_mlops.flows.fair_hearing import hear_fairly
from ci_mlops.flows.hand_over import read_side
from ci_mlops.flows.judge import truth_of
from ci_mlops.flows.metric_files import files_that_decide
from ci_mlops.flows.predict import predict
from ci_mlops.flows.project import Project
from ci_mlops.flows.reproduce.bench import Bench, Kept
from ci_mlops.flows.threshold import opened, thresholds_of
from ci_mlops.flows.tools import Tools
from ci_mlops.records import GateResult, Measurement
from ci_mlops.records.reproduction import Answers, MetricDifference, Sameness

_NOT_SAID = ("id", "seen")


def sameness_of(bench: Bench, one: Kept, other: Kept, place: Path) -> Sameness:
    """Of two trainings. Their answers are asked for only where their bytes differ."""
    if one.card.model.digest == other.card.model.digest:
        return "bits"
    with bench.project() as project:
        answers = ask_both(bench.tools, project, one, other, place)
    return "answers" if answers.rows and not answers.changed else "none"


def compare(
    bench: Bench, fresh: Kept, registered: Kept, place: Path
) -> tuple[Answers, tuple[MetricDifference, ...]]:
    """
    What both say of the pinned rows, and, where that differs, what the court measures: the registered model is the
    champion, the new one the candidate.

    Raises:
        BadData, TrainingFailed: the models can't be asked, or their answers can't be compared.
    """
    with bench.project() as project:
        answers = ask_both(bench.tools, project, fresh, registered, place)
        differences = _hear(bench.tools, project, place) if answers.changed else ()
    return answers, differences


def ask_both(tools: Tools, project: Project, candidate: Kept, champion: Kept, place: Path) -> Answers:
    for kept, role in ((candidate, "candidate"), (champion, "champion")):
        card = replace(kept.card, role="candidate" if role == "candidate" else "champion")
        store.put(card, kept.files, place / "models" / role)
    predict(tools, project, place)
    return _answers(place / "predictions", project.policy.task)


def _answers(folder: Path, task: str) -> Answers:
    """Equal to the last bit, or changed."""
    import numpy as np
    from pyarrow import parquet

    one, other = (parquet.read_table(folder / f"{role}.parquet") for role in ("candidate", "champion"))
    names = [name for name in one.column_names if name not in _NOT_SAID]
    if names != [name for name in other.column_names if name not in _NOT_SAID]:
        return Answers(rows=one.num_rows, changed=one.num_rows)
    differ = {name: one.column(name).to_numpy() != other.column(name).to_numpy() for name in names}
    changed = np.logical_or.reduce(list(differ.values()))
    decided = int(differ["prediction"].sum()) if task == "classification" and "prediction" in differ else None
    return Answers(rows=one.num_rows, changed=int(changed.sum()), decided=decided)


def _hear(tools: Tools, project: Project, place: Path) -> tuple[MetricDifference, ...]:
    policy = project.policy.policy()
    candidate, champion = (read_side(place, role, project) for role in ("candidate", "champion"))
    decides, _ = thresholds_of(project, tools.cache, place, candidate, champion)
    files = [file for file in opened(candidate, champion, policy, decides) if file is not None]
    hearing, _, _ = hear_fairly(
        tools,
        project,
        truth_of(project, tools.cache, policy),
        (candidate, champion),
        files,
        policy,
        files_that_decide(project, place / "logs"),
        project.policy.counts_on(),
    )
    margins = _margins(hearing.held.gates)
    return tuple(
        _difference(measured, margins.get((measured.metric, measured.slice), 0.0))
        for measured in hearing.comparison.measurements
        if measured.slice is None or (measured.metric, measured.slice) in margins
    )


def _margins(gates: tuple[GateResult, ...]) -> dict[tuple[str, str | None], float]:
    """The narrowest that a rule sets; a metric that no rule compares has none to spare."""
    found: dict[tuple[str, str | None], float] = {}
    for gate in gates:
        if gate.rule.kind == "max_regression" and gate.rule.value is not None:
            key = (gate.metric, gate.slice)
            found[key] = min(gate.rule.value, found.get(key, gate.rule.value))
    return found


def _difference(measured: Measurement, margin: float) -> MetricDifference:
    return MetricDifference(
        metric=measured.metric,
        slice=measured.slice,
        higher_is_better=measured.higher_is_better,
        registered=measured.champion,
        reproduced=measured.candidate,
        improvement=measured.improvement,
        low=measured.low,
        high=measured.high,
        margin=margin,
    )


def differing_files(one: Kept, other: Kept) -> tuple[str, ...]:
    """Names inside the model; of a file, its own."""
    digests = [_digests(kept) for kept in (one, other)]
    return tuple(
        name for name in sorted({*digests[0], *digests[1]}) if digests[0].get(name) != digests[1].get(name)
    )


def _digests(kept: Kept) -> dict[str, str]:
    if kept.files.is_file():
        return {kept.files.name: file_digest(kept.files)}
    found = {path.relative_to(kept.files): path for path in kept.files.rglob("*") if path.is_file()}
    if not found:
        raise BadData("The model is a folder without files", where=str(kept.files))
    return {name.as_posix(): file_digest(path) for name, path in found.items()}
