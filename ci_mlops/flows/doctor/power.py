"""What the pinned rows can show: the smallest regression that each gate would find four times in five."""

import math
from collections.abc import Iterator

from ci_mlops.config import Config
from ci_mlops.datasets.tables import NOTHING, read_columns
from ci_mlops.errors import BadData
from ci_mlops.evaluation.power import reach
from ci_mlops.flows.doctor import slice_power
from ci_mlops.flows.doctor.check import Check, fine, not_tried, warning
from ci_mlops.flows.doctor.data import tables
from ci_mlops.flows.doctor.expected import Shown, standard_error
from ci_mlops.flows.doctor.patient import Patient
from ci_mlops.flows.doctor.shared_rows import trained_on
from ci_mlops.records import Detectable, GateRule, Policy, Verdict
from ci_mlops.records.custom_metric import short_name
from ci_mlops.records.labels import canonical_label
from ci_mlops.records.slices import is_of
from ci_mlops.report import read_verdict

_NAME = "power"


def look(patient: Patient) -> Iterator[Check]:
    config = patient.config
    assert config is not None  # noqa: S101 - the story asks for it
    policy = config.policy()
    rules = [rule for rule in policy.gates if rule.limit.comparative]
    if not rules:
        yield fine(_NAME, "No gate compares with the champion, so there is no difference to be shown.")
        return
    measured = _measured(patient, config)
    if not measured and trained_on(patient, config):
        yield not_tried(
            _NAME,
            "Not known: the test rows are also training rows, and how many of them neither model has seen is known once it was "
            "counted.",
            mend="`ci-mlops validate` once, then it is measured.",
        )
        return
    shown = None if measured else _shown(patient, config)
    if measured is None and shown is None:
        yield not_tried(_NAME, "The test rows are not here or can't be counted.")
        return
    for rule in rules:
        if rule.slice is not None and rule.limit.value:
            yield slice_power.look(rule, measured, config, tables(patient, config))
        else:
            yield _told(
                rule,
                _of_verdict(rule, measured.detectable, policy) if measured else smallest(rule, shown, policy),
            )


def _measured(patient: Patient, config: Config) -> Verdict | None:
    """Of the last verdict, if it is about the rows that are pinned here: from real predictions, not from a formula."""
    try:
        verdict: Verdict = read_verdict(patient.output / "verdict.json")
    except BadData:
        return None
    pins = patient.lock.data.get("test", ()) if patient.lock else ()
    same = [pin.sha256 for pin in verdict.pins.get("test", ())] == [pin.sha256 for pin in pins]
    return verdict if same and verdict.detectable and verdict.model == config.model else None


def _of_verdict(rule: GateRule, measured: tuple[Detectable, ...], policy: Policy) -> tuple[float | None, str]:
    known = [
        one.regression
        for one in measured
        if one.metric == rule.metric and _is_of(rule, one.slice, policy) and one.regression is not None
    ]
    if not known:
        return None, "the last verdict did not measure it"
    return max(known), "by the predictions of the last verdict"


def _is_of(rule: GateRule, name: str | None, policy: Policy) -> bool:
    if rule.slice is None or name is None:
        return rule.slice == name
    return rule.slice in ("*", name) or is_of(name, rule.slice, policy.slices)


def _shown(patient: Patient, config: Config) -> Shown | None:
    files = tables(patient, config)
    test = config.data.test
    if not files:
        return None
    try:
        if config.task == "regression":
            return _numbers(files, test.target)
        rows = events = 0
        positive = test.positive if test.positive is not None else "1"
        for batch in read_columns(files, (test.target,), as_text=(test.target,)):
            labels = [
                canonical_label(cell)
                for cell in batch.column(0).to_pylist()
                if cell is not None and cell.strip() not in NOTHING
            ]
            rows += len(labels)
            events += sum(
                label == positive or (test.positive is None and label == "true") for label in labels
            )
    except BadData:
        return None  # told by the look at the data
    return Shown(rows=rows, events=events) if rows else None


def _numbers(files: tuple[object, ...], target: str) -> Shown | None:
    import numpy as np

    cells = [batch.column(0) for batch in read_columns(files, (target,))]  # type: ignore[arg-type]  # paths
    numbers = np.concatenate([np.asarray(cell.to_pylist(), dtype=object) for cell in cells])
    known = np.array([number for number in numbers if isinstance(number, float)])
    return Shown(rows=len(known), spread=float(known.std())) if len(known) else None


def smallest(rule: GateRule, shown: Shown | None, policy: Policy) -> tuple[float | None, str]:
    """The smallest regression found with 80 % power by a two-sided 95 % interval, and what was assumed."""
    if shown is None:
        return None, "the test rows can't be counted"
    if rule.slice is not None:
        return None, "it depends on the rows of each slice"
    if policy.weight is not None or (policy.classes and rule.metric != "accuracy"):
        return None, "it depends on the classes and weights: `ci-mlops validate` once, then it is measured"
    error, assumed = standard_error(rule.metric, shown, policy.cost)
    if error is None:
        return None, assumed
    return reach() * error, assumed


def _told(rule: GateRule, found: tuple[float | None, str]) -> Check:
    size, assumed = found
    name = f"{_NAME}.{short_name(rule.metric)}" + (f"[{rule.slice}]" if rule.slice else "")
    if size is None:
        return not_tried(name, f"Not known: {assumed}.")
    margin = rule.limit.value
    told = f"What is worse by {_plain(size)} or more is found four times in five, {assumed}"
    if margin is None:
        return fine(name, f"{told}; an improvement has to be as large to be seen.", rule.where)
    if size <= margin:
        return fine(name, f"{told}; the margin is {_plain(margin, 6)}.", rule.where)
    rows = (size / margin) ** 2 if margin else math.inf
    more = f"about {rows:.1f} times as many rows would do" if rows < 1000 else "no number of rows would do"
    return warning(
        name,
        f"{told}: the margin of {_plain(margin, 6)} is smaller than what these rows can show, so many verdicts are undecided.",
        where=rule.where,
        mend=f"A margin of at least {_plain(_up(size))}, or more rows: {more}.",
    )


def _plain(number: float, digits: int = 3) -> str:
    """Never with an exponent where people count: 2,520."""
    return f"{float(f'{number:.{digits}g}'):,.10g}"


def _up(size: float) -> float:
    """To two digits, of which the second is raised: a margin must be no smaller than what can be shown."""
    step = 10.0 ** (math.floor(math.log10(size)) - 1)
    return math.ceil(size / step) * step
