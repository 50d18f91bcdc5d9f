"""What the slices can show, rule by rule: how many of them hold enough rows for the margin, and which would need more."""

from collections import Counter
from collections.abc import Mapping
from math import ceil
from pathlib import Path

import numpy as np

from ci_mlops.config import Config
from ci_mlops.datasets.slicing import Slicer
from ci_mlops.datasets.tables import NOTHING, read_columns
from ci_mlops.errors import BadData
from ci_mlops.evaluation.measure import LEVEL
from ci_mlops.evaluation.power import reach
from ci_mlops.flows.doctor.check import Check, fine, not_tried, warning
from ci_mlops.flows.doctor.expected import Shown, standard_error
from ci_mlops.records import GateRule, Policy, Verdict
from ci_mlops.records.labels import canonical_label
from ci_mlops.records.slices import is_of

_ONCE = "it depends on the rows of each slice: `ci-mlops validate` once, then it is measured"
Needs = Mapping[str, tuple[int, int | None]]
"""Slice -> (its rows, those that the margin needs); None: that is not known."""


def look(rule: GateRule, measured: Verdict | None, config: Config, files: tuple[Path, ...]) -> Check:
    """One rule on slices that allows a regression."""
    policy = config.policy()
    name = f"power.{rule.metric}[{rule.slice}]"
    if measured is not None:
        return _told(
            rule, _of_verdict(rule, measured, policy), name, "by the predictions of the last verdict"
        )
    if config.task == "regression" or policy.weight is not None or policy.classes:
        return not_tried(name, f"Not known: {_ONCE}.")
    try:
        needs, assumed = _by_formula(rule, config, files, policy)
    except BadData as error:
        return not_tried(name, f"Not known: {error.what}.")
    return _told(rule, needs, name, assumed)


def _of_verdict(rule: GateRule, measured: Verdict, policy: Policy) -> Needs:
    rows = dict(measured.slices)
    return {
        one.slice: (rows[one.slice], one.rows_needed)
        for one in measured.detectable
        if (one.metric, one.margin) == (rule.metric, rule.limit.value)
        and one.slice is not None
        and one.slice in rows
        and _is_of(rule, one.slice, policy)
    }


def _by_formula(rule: GateRule, config: Config, files: tuple[Path, ...], policy: Policy) -> tuple[Needs, str]:
    """By the rows and events of each slice; slices are corrected for their number, as the court does."""
    every = _shown(config, files, policy)
    enough = sum(shown.events >= policy.floor for shown in every.values())
    factor = reach(1 - (1 - LEVEL) / max(1, enough))
    found: dict[str, tuple[int, int | None]] = {}
    assumed = ""
    for name, shown in every.items():
        if not _is_of(rule, name, policy):
            continue
        error, told = standard_error(rule.metric, shown, policy.cost)
        needed = None
        if error is not None and rule.limit.value:
            few = policy.floor / shown.events if shown.events else 1.0
            assumed = told
            needed = ceil(shown.rows * max(few, (factor * error / rule.limit.value) ** 2))
        found[name] = (shown.rows, needed)
    return found, assumed


def _told(rule: GateRule, needs: Needs, name: str, assumed: str) -> Check:
    known = {slice_: (has, need) for slice_, (has, need) in needs.items() if need is not None}
    if not known:
        return not_tried(name, f"Not known: {_ONCE}.")
    lacking = [slice_ for slice_, (has, need) in known.items() if need > has]
    margin = f"the margin of {rule.limit.value:g}"
    if not lacking:
        return fine(name, f"Each of {len(known)} slices can show {margin}, {assumed}.", rule.where)
    nearest = min(lacking, key=lambda slice_: (known[slice_][1] / known[slice_][0], slice_))
    has, need = known[nearest]
    return warning(
        name,
        f"{len(known) - len(lacking)} of {len(known)} slices can show {margin}, {assumed}; the nearest of the others, "
        f"`{nearest}`, has {has:,} rows and would need about {need:,}.",
        where=rule.where,
        mend="A wider margin, joined slices, or more rows: till then the rule is undecided on them.",
    )


def _is_of(rule: GateRule, name: str, policy: Policy) -> bool:
    return rule.slice in ("*", name) or (rule.slice is not None and is_of(name, rule.slice, policy.slices))


def _shown(config: Config, files: tuple[Path, ...], policy: Policy) -> dict[str, Shown]:
    test = config.data.test
    slicer = Slicer(cuts=policy.slices, bins=policy.bins, where=str(files[0]))
    positive = test.positive if test.positive is not None else "1"
    rows: Counter[str] = Counter()
    events: Counter[str] = Counter()
    texts = (test.target, *slicer.text)
    for batch in read_columns(files, (*texts, *slicer.numbers), as_text=texts):
        cells = [
            cell if cell is not None and cell.strip() not in NOTHING else None
            for cell in batch.column(0).to_pylist()
        ]
        known = np.array([cell is not None for cell in cells])
        labels = [canonical_label(cell) if cell is not None else None for cell in cells]
        event = np.array(
            [label == positive or (test.positive is None and label == "true") for label in labels]
        )
        for column in slicer.slices(batch).values():
            for chosen, counts in ((known, rows), (event, events)):
                found = np.bincount(column.codes[chosen], minlength=len(column.names)).tolist()
                counts.update({name: count for name, count in zip(column.names, found, strict=True) if count})
    return {name: Shown(rows=count, events=events[name]) for name, count in rows.items()}
