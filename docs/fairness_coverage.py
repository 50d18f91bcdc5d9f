"""
How often the 95 % intervals of fairness metrics hold what is true, also where groups are alike: the tables of slices.md.

Run: `python docs/fairness_coverage.py --runs RUNS`; with `--together` rows come in fives, as visits of patients, who may have
visits in several groups.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ci_mlops.evaluation.buckets import Buckets
from ci_mlops.evaluation.fairness import GroupMetric, group_metric
from ci_mlops.evaluation.influence import BUCKETS
from ci_mlops.evaluation.joint import Cell
from ci_mlops.evaluation.rates_of_groups import paired_rate
from ci_mlops.evaluation.rows import Floats, Ints
from ci_mlops.evaluation.tally import Said, Tally

METRICS = (
    "demographic_parity_difference",
    "equalized_odds_difference",
    "equal_opportunity_ratio",
    "demographic_parity_ratio",
    "equalized_odds_ratio",
)
SAID = Said(scores=False, probabilities=False)
VISITS = 5
STAY, ALIKE_VISITS = 0.8, 0.7
"""Share of a patient's visits that are in a group of his own, and that go as his others do."""


def cells(positives: float, champion: tuple[float, float], candidate: tuple[float, float]) -> Floats:
    """Shares of `label * 4 + champion * 2 + candidate`; each model by (recall, false alarms), four fifths of hits shared."""
    found: list[float] = []
    for share, before, after in zip((1 - positives, positives), champion[::-1], candidate[::-1], strict=True):
        both = before * after + 0.8 * (min(before, after) - before * after)
        found += [share * x for x in (1 - before - after + both, after - both, before - both, both)]
    return np.array(found)


ALIKE = cells(0.3, (0.7, 0.15), (0.7, 0.15))
GROUPS: dict[str, tuple[Sequence[float], Sequence[Floats]]] = {
    "2 alike": ((0.5, 0.5), [ALIKE] * 2),
    "5 alike": ((0.2,) * 5, [ALIKE] * 5),
    "2, apart in both models": (
        (0.7, 0.3),
        [cells(0.3, (0.8, 0.1), (0.8, 0.1)), cells(0.2, (0.6, 0.2), (0.65, 0.15))],
    ),
    "2, a gap opens": (
        (0.7, 0.3),
        [cells(0.3, (0.7, 0.15), (0.75, 0.12)), cells(0.2, (0.7, 0.15), (0.6, 0.2))],
    ),
    "4, apart": (
        (0.4, 0.3, 0.2, 0.1),
        [
            cells(0.3, (0.8, 0.1), (0.8, 0.1)),
            cells(0.3, (0.75, 0.12), (0.75, 0.12)),
            cells(0.3, (0.7, 0.15), (0.65, 0.2)),
            cells(0.3, (0.72, 0.3), (0.6, 0.3)),
        ],
    ),
}


def counted(joint: Floats | Ints, buckets: Buckets | None = None) -> Tally:
    return Tally(
        rows=int(joint.sum()),
        joint=joint.astype(np.int64),
        differing_decisions=1,
        differing_scores=0,
        strayed=1,
        champion=SAID,
        candidate=SAID,
        sums={},
        ranked=(),
        buckets=buckets,
    )


def truth(metric: GroupMetric, groups: Sequence[Floats]) -> tuple[float, float]:
    """The champion's and the candidate's value, of endlessly many rows."""
    endless = [counted(np.rint(shares * 10**9)) for shares in groups]
    values = []
    for whose in ("champion", "candidate"):
        rates = [[getattr(paired_rate(tally, rate), whose) for tally in endless] for rate in metric.rates]
        apart = metric.kind == "difference"
        values.append(
            max(max(own) - min(own) for own in rates) if apart else min(min(own) / max(own) for own in rates)
        )
    return values[0], values[1]


def alone(random: np.random.Generator, rows: int, case: str) -> list[Tally]:
    shares, groups = GROUPS[case]
    sizes = random.multinomial(rows, shares)
    return [counted(random.multinomial(size, group)) for size, group in zip(sizes, groups, strict=True)]


def together(random: np.random.Generator, rows: int, case: str) -> list[Tally]:
    """Each row alone is as in `alone`."""
    shares, groups = GROUPS[case]
    people = rows // VISITS
    who = np.repeat(np.arange(people), 1 + random.poisson(VISITS - 1, people))
    stays, alike = (random.random(len(who)) < share for share in (STAY, ALIKE_VISITS))
    home, elsewhere = (random.choice(len(groups), size, p=shares) for size in (people, len(who)))
    group = np.where(stays, home[who], elsewhere)
    luck = np.where(alike, random.random(people)[who], random.random(len(who)))
    edges = np.array([np.cumsum(cell)[:-1] for cell in groups])
    code = (luck[:, None] > edges[group]).sum(axis=1)
    held = np.bincount((group * BUCKETS + who % BUCKETS) * 8 + code, minlength=len(groups) * BUCKETS * 8)
    return [
        counted(
            own.reshape(BUCKETS, 8).sum(axis=0),
            Buckets(
                classes=2,
                weighted=False,
                cells={at: Cell(int(own[at])) for at in np.flatnonzero(own).tolist()},
                sums={},
            ),
        )
        for own in held.reshape(len(groups), -1)
    ]


class Covered(NamedTuple):
    """Of the candidate alone, and of the change."""

    held: tuple[float, float]
    """Share of the runs whose intervals hold the truth."""
    width: tuple[float, float]
    """Mean width, by the one that the values' spread over the runs asks for."""


def covered(name: str, case: str, drawn: Sequence[Sequence[Tally]]) -> Covered | None:
    """None: most runs have too few rows."""
    metric = group_metric(f"{name} by g")
    if metric is None:
        raise SystemExit(name)
    metric = replace(metric, cuts=("g",))
    before, after = truth(metric, GROUPS[case][1])
    true = np.array([after, after - before])
    values, limits = [], []
    for tallies in drawn:
        found = metric.measure_groups({f"g={at}": one for at, one in enumerate(tallies)}, 0.95, 20)
        if found.interval is not None and found.candidate_interval is not None and not found.identical:
            values.append((found.candidate, found.difference))
            limits.append((found.candidate_interval, found.interval))
    if len(limits) <= len(drawn) / 2:
        return None
    low, high = np.moveaxis(np.array(limits, dtype=np.float64), 2, 0)
    held = ((low - 1e-8 <= true) & (true <= high + 1e-8)).mean(axis=0)
    width = (high - low).mean(axis=0) / (2 * 1.96 * np.array(values, dtype=np.float64).std(axis=0))
    return Covered((float(held[0]), float(held[1])), (float(width[0]), float(width[1])))


def told(found: Sequence[Covered]) -> list[str]:
    """The lowest and the highest of the metrics: shares of one model and of the change, and widths."""
    shares = [
        f"{min(side) * 100:.1f} to {max(side) * 100:.1f} %"
        for side in zip(*(one.held for one in found), strict=True)
    ]
    widths = [
        f"{min(side):.1f} to {max(side):.1f}" for side in zip(*(one.width for one in found), strict=True)
    ]
    return [*shares, *widths]


def every(case: str, drawn: Sequence[Sequence[Tally]]) -> list[Covered]:
    """Empty where one of the metrics has too few rows."""
    found = [covered(name, case, drawn) for name in METRICS]
    return [one for one in found if one is not None] if None not in found else []


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--runs", type=int, default=1500)
    asked.add_argument("--together", action="store_true", help="rows come in fives, as visits of patients")
    arguments = asked.parse_args()
    draw: Callable[[np.random.Generator, int, str], list[Tally]] = together if arguments.together else alone
    titles = ["groups", "n", "one model", "paired change", "width, one model", "width, change"]
    titles += ["as if drawn alone: one model", "paired change"] if arguments.together else []
    print(f"| {' | '.join(titles)} |\n|:--|{'--:|' * (len(titles) - 1)}")
    for case in GROUPS:
        for rows in (200, 1000, 5000):
            random = np.random.default_rng(0)
            drawn = [draw(random, rows, case) for _ in range(arguments.runs)]
            found = every(case, drawn)
            if not found:
                continue
            columns = [case, str(rows), *told(found)]
            if arguments.together:
                columns += told(every(case, [[replace(one, buckets=None) for one in run] for run in drawn]))[
                    :2
                ]
            print(f"| {' | '.join(columns)} |", flush=True)


if __name__ == "__main__":
    main()
