"""
How often the court's interval holds the true improvement, in simulation.

    python benchmarks/coverage.py [--runs 5000] [--jobs 2] [--metrics recall,roc_auc] [--rows 50,200] [--only binary] [--keep FOLDER]

Every metric that is installed, on drawn test rows of each size and kind. The truth is the metric of four million rows
of the same population. Seeds are fixed. Prints a table in Markdown; lines that miss the goal come first:

- where the rows hold at least 20 events and 10 rows on which the models differ, as far as the metric can see it, 95 +- 1.5 %
  of the intervals cover;
- where they hold fewer, at least 93.5 %, or the court says `undecided: too few`.

With `--keep`, what was simulated is kept in a folder, a file for each population, and a run that was interrupted goes on.

A run in which both models say the same on every row has nothing to cover; a share of them is given.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import entry_points
from math import sqrt
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from differing import differing_rows
from populations import Population, populations

from ci_mlops.errors import BadConfig
from ci_mlops.evaluation.compare import _plan, _refuse_misfit
from ci_mlops.evaluation.gates import hold
from ci_mlops.evaluation.measure import measure
from ci_mlops.evaluation.rows import Rows
from ci_mlops.evaluation.tally import merge, tally
from ci_mlops.records import Comparison, Counted, GateRule, Limit, Measurement, Policy

SIZES = (50, 200, 1000, 5000)
# the numbers that are drawn fall below -1
OF_POSITIVE_NUMBERS = ("msle", "rmsle")
TRUTH_ROWS, TRUTH_PARTS = 500_000, 8
GOAL, OFF = 0.95, 0.015
EVENTS, DIFFERING = 20, 10


@dataclass(slots=True, kw_only=True)
class Line:
    """What became of the runs of one metric on rows of one size and kind."""

    metric: str
    rows: int
    population: Population
    runs: int = 0
    too_few: int = 0
    undefined: int = 0
    same: int = 0
    decided: int = 0
    covered: int = 0
    above: int = 0
    """The whole interval lies above the truth."""
    sparse: int = 0
    """Of the decided, runs in which fewer than 10 rows differ, and how many of these covered."""
    sparse_covered: int = 0
    width: float = 0.0
    events: float = 0.0
    differing: float = 0.0

    def take(self, m: Measurement, differing: float, truth: float, rules: Policy) -> None:
        self.runs += 1
        self.events += m.events
        self.differing += differing
        alone = Comparison(rows=Counted(compared=m.rows), identical=False, measurements=(m,))
        gate = hold(alone, rules).gates[0]
        if m.identical:
            self.same += 1
        elif "too few" in gate.reason + m.reason:
            self.too_few += 1
        elif m.low is None or m.high is None:
            self.undefined += 1
        else:
            self.decided += 1
            self.covered += m.low <= truth <= m.high
            self.sparse += differing < DIFFERING
            self.sparse_covered += differing < DIFFERING and m.low <= truth <= m.high
            self.above += m.low > truth
            self.width += m.high - m.low

    @property
    def coverage(self) -> float:
        return self.covered / self.decided

    @property
    def error(self) -> float:
        """Of the coverage, by Monte Carlo, as if it were the nominal one."""
        return sqrt(GOAL * (1 - GOAL) / self.decided)

    @property
    def enough(self) -> bool:
        return self.events / self.runs >= EVENTS and self.differing / self.runs >= DIFFERING

    @property
    def finding(self) -> str:
        """Empty where the goal is met, within two standard errors of the simulation."""
        if not self.decided:
            return ""
        slack = OFF + 2 * self.error
        if self.coverage < GOAL - slack:
            return "covers too seldom"
        return "wider than need be" if self.enough and self.coverage > GOAL + slack else ""


def metrics_for(population: Population, names: Sequence[str]) -> list[Any]:
    """Those that these rows can be asked for: of their task and classes, and not of queries."""
    bound = []
    for point in sorted(entry_points(group="ci_mlops.metrics"), key=lambda point: point.name):
        metric = point.load()
        # `lift_at` is told how much
        metric = metric.told(metric.example) if hasattr(metric, "told") else metric
        if (names and metric.name not in names) or metric.task != population.policy.task:
            continue
        if metric.name in OF_POSITIVE_NUMBERS or getattr(metric, "per_query", False):
            continue
        try:
            metric = metric.bind(population.policy)
            _refuse_misfit(metric, population.policy)
        except BadConfig:
            continue
        bound.append(metric)
    return bound


def measured(parts: Sequence[Rows], metrics: Sequence[Any], rules: Policy) -> dict[str, Measurement]:
    plan = _plan(metrics, rules)
    found = measure(metrics, merge(tally(part, plan) for part in parts), rules.floor)
    return {m.metric: m for m in found}


Job = tuple[Population, Sequence[int], int, Sequence[str]]
"""A population, numbers of rows, runs of each, and metrics; none: all."""


def simulate(job: Job) -> list[Line]:
    population, sizes, runs, names = job
    metrics = metrics_for(population, names)
    if not metrics:
        return []
    rules = population.policy
    gate = {m.name: _asking(rules, m.name) for m in metrics}
    rng = np.random.default_rng(crc32(repr(population).encode()))
    alone = Population(task=population.task, share=population.share, tied=population.tied, few=population.few)
    whole = measured([alone.draw(rng, TRUTH_ROWS) for _ in range(TRUTH_PARTS)], metrics, rules)
    lines = []
    for size in sizes:
        here = {m.name: Line(metric=m.name, rows=size, population=population) for m in metrics}
        for _ in range(runs):
            rows = population.draw(rng, size)
            found = measured([rows], metrics, rules)
            for metric in metrics:
                truth = whole[metric.name].improvement
                here[metric.name].take(
                    found[metric.name], differing_rows(metric, rows), truth, gate[metric.name]
                )
        lines += here.values()
    return lines


def file_of(job: Job, folder: Path) -> Path:
    return folder / f"{crc32(repr(job).encode()):08x}.json"


def kept(job: Job, folder: Path | None) -> list[Line]:
    if folder is None:
        return simulate(job)
    file = file_of(job, folder)
    if not file.exists():
        lines = [asdict(line) for line in simulate(job)]
        unfinished = file.with_suffix(".part")
        unfinished.write_text(json.dumps(lines, default=int))
        unfinished.replace(file)
    return [
        Line(**{**line, "population": Population(**line["population"])})
        for line in json.loads(file.read_text())
    ]


def _asking(rules: Policy, name: str) -> Policy:
    rule = GateRule(metric=name, limit=Limit(kind="max_regression", value=0.0), undecided="warn")
    return Policy(task=rules.task, metrics=(name,), gates=(rule,), cost=rules.cost, classes=rules.classes)


HEAD = "| metric | rows | drawn | events | differ | too few | undefined | same | covers | below/above | where under 10 differ | width | |\n|:--|--:|:--|--:|--:|--:|--:|--:|--:|--:|--:|--:|:--|"


def shown(line: Line) -> str:
    runs, n = line.runs, line.decided
    covers = f"{line.coverage:.1%} +- {line.error:.1%}" if n else "-"
    missed = f"{(n - line.covered - line.above) / n:.1%}/{line.above / n:.1%}" if n else "-"
    cells = [
        line.metric,
        str(line.rows),
        line.population.label,
        f"{line.events / runs:.0f}",
        f"{line.differing / runs:.1f}",
        *(f"{count / runs:.0%}" for count in (line.too_few, line.undefined, line.same)),
        covers,
        missed,
        f"{line.sparse_covered / line.sparse:.1%} of {line.sparse / runs:.0%}" if line.sparse else "-",
        f"{line.width / n:.4g}" if n else "-",
        line.finding,
    ]
    return "| " + " | ".join(cells) + " |"


def summary(lines: Sequence[Line]) -> str:
    """A line for each metric: mean and least coverage over all kinds of rows that hold enough, by number of rows."""
    sizes = sorted({line.rows for line in lines})
    told = [
        "| metric | "
        + " | ".join(f"{size} rows" for size in sizes)
        + " | too few, where there is not enough |"
    ]
    told.append("|:--|" + "--:|" * (len(sizes) + 1))
    for task, metric in dict.fromkeys((line.population.task, line.metric) for line in lines):
        own = [line for line in lines if (line.population.task, line.metric) == (task, metric)]
        cells = []
        for size in sizes:
            found = [line.coverage for line in own if line.rows == size and line.enough and line.decided]
            cells.append(f"{sum(found) / len(found):.1%} ({min(found):.1%})" if found else "-")
        lacking = [line for line in own if not line.enough]
        undecided = sum(line.too_few + line.undefined for line in lacking)
        cells.append(f"{undecided / sum(line.runs for line in lacking):.0%}" if lacking else "-")
        told.append(f"| {metric} ({task}) | " + " | ".join(cells) + " |")
    return "\n".join(told)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--metrics", default="")
    parser.add_argument("--rows", default=",".join(map(str, SIZES)))
    parser.add_argument("--only", default="", help="binary, classes or regression")
    parser.add_argument("--draws", choices=("alone", "clusters", "both"), default="both")
    parser.add_argument("--keep", type=Path, help="a folder: what is there already is not simulated again")
    parser.add_argument("--no-more", action="store_true", help="only what --keep holds")
    options = parser.parse_args()
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    names = tuple(filter(None, options.metrics.split(",")))
    sizes = tuple(map(int, options.rows.split(",")))
    kinds = {"alone": (False,), "clusters": (True,), "both": (False, True)}[options.draws]
    jobs = [
        (population, sizes, options.runs, names)
        for clustered in kinds
        for population in populations(clustered=clustered)
        if population.task.startswith(options.only)
    ]
    if options.no_more:
        jobs = [job for job in jobs if file_of(job, options.keep).exists()]
    lines: list[Line] = []
    with get_context("fork").Pool(options.jobs) as pool:
        for done in pool.imap(partial(kept, folder=options.keep), jobs):
            lines += done
            print(f"{len(lines)} lines", file=sys.stderr)
    few = [line for line in lines if not line.decided or line.decided < line.runs / 20]
    judged = [line for line in lines if line not in few]
    missed = [line for line in judged if line.finding]
    print(
        f"{len(judged) - len(missed)} of {len(judged)} lines meet the goal; of {len(few)} more hardly a run is decided."
    )
    print("\n" + summary(lines))
    for title, chosen in (
        ("Missed", missed),
        ("Met", [line for line in judged if not line.finding]),
        ("Hardly ever decided", few),
    ):
        print(f"\n### {title}\n\n{HEAD}")
        for line in sorted(
            chosen, key=lambda line: (line.population.clustered, line.coverage if line.decided else 0)
        ):
            print(shown(line))


if __name__ == "__main__":
    main()
