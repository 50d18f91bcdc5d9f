"""How often the 95 % intervals of fairness metrics hold what is true, also where groups are alike: the table of slices.md.

Run: `python docs/fairness_coverage.py [RUNS]`; 1500 runs, the default, take about ten minutes.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ci_mlops.evaluation.fairness import GroupMetric, group_metric, paired_rate
from ci_mlops.evaluation.rows import Floats
from ci_mlops.evaluation.tally import Said, Tally

METRICS = (
    "demographic_parity_difference",
    "equalized_odds_difference",
    "equal_opportunity_ratio",
    "demographic_parity_ratio",
    "equalized_odds_ratio",
)
SAID = Said(scores=False, probabilities=False)


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


def counted(rows: int, joint: Floats) -> Tally:
    return Tally(
        rows=rows,
        joint=joint.astype(np.int64),
        differing_decisions=1,
        differing_scores=0,
        strayed=1,
        champion=SAID,
        candidate=SAID,
        sums={},
        ranked=(),
    )


def truth(metric: GroupMetric, groups: Sequence[Floats]) -> tuple[float, float]:
    """The champion's and the candidate's value, of endlessly many rows."""
    endless = [counted(10**9, np.rint(shares * 10**9)) for shares in groups]
    values = []
    for whose in ("champion", "candidate"):
        rates = [[getattr(paired_rate(tally, rate), whose) for tally in endless] for rate in metric.rates]
        apart = metric.kind == "difference"
        values.append(
            max(max(own) - min(own) for own in rates) if apart else min(min(own) / max(own) for own in rates)
        )
    return values[0], values[1]


def covered(name: str, rows: int, case: str, runs: int) -> tuple[float, float] | None:
    """Shares of the runs whose intervals hold the truth: of the candidate alone, and of the change."""
    shares, groups = GROUPS[case]
    metric = replace(group_metric(f"{name} by g") or sys.exit(name), cuts=("g",))
    before, after = truth(metric, groups)
    random = np.random.default_rng(0)
    alone, change = [], []
    for _ in range(runs):
        sizes = random.multinomial(rows, shares)
        drawn = [random.multinomial(size, group) for size, group in zip(sizes, groups, strict=True)]
        tallies = {f"g={at}": counted(int(joint.sum()), joint) for at, joint in enumerate(drawn)}
        found = metric.measure_groups(tallies, 0.95, 20)
        if found.interval is None or found.candidate_interval is None or found.identical:
            continue
        alone.append(found.candidate_interval[0] - 1e-8 <= after <= found.candidate_interval[1] + 1e-8)
        change.append(found.interval[0] - 1e-8 <= after - before <= found.interval[1] + 1e-8)
    return (float(np.mean(alone)), float(np.mean(change))) if len(alone) > runs / 2 else None


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 1500
    print("| groups | n | one model | paired change |\n|:--|--:|--:|--:|")
    for case in GROUPS:
        for rows in (200, 1000, 5000):
            found = [covered(name, rows, case, runs) for name in METRICS]
            if None not in found:
                told = [
                    f"{min(side):.1%} to {max(side):.1%}" for side in zip(*filter(None, found), strict=True)
                ]
                print(f"| {case} | {rows} | {told[0]} | {told[1]} |", flush=True)


if __name__ == "__main__":
    main()
