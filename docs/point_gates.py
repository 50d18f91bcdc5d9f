"""Why a gate must not compare two numbers: how often `candidate >= champion` and its kin decide wrongly.

Two models of one accuracy that disagree on 6 % of the rows, and a candidate that is worse by exactly the
tolerated 1 point, judged 200 000 times each. Run: `python docs/point_gates.py`.
"""

import numpy as np

RUNS = 200_000
DISAGREE = 0.06
TOLERATED = 0.01
Z = 1.959964


def simulate(rows: int, worse_by: float, random: np.random.Generator) -> tuple[float, float, float]:
    """Shares of runs: refused by `candidate >= champion`, passed by `candidate >= champion - tolerated`, passed by the interval."""
    better, worse = (DISAGREE - worse_by) / 2, (DISAGREE + worse_by) / 2
    counts = random.multinomial(rows, [better, worse, 1 - DISAGREE], size=RUNS)
    difference = (counts[:, 0] - counts[:, 1]) / rows
    error = np.sqrt(((counts[:, 0] + counts[:, 1]) / rows - difference**2) / rows)
    return (
        float(np.mean(difference < 0)),
        float(np.mean(difference >= -TOLERATED)),
        float(np.mean(difference - Z * error > -TOLERATED)),
    )


def main() -> None:
    random = np.random.default_rng(0)
    print("| rows | the candidate is | refused by `>=` | passed by `>= -0.01` | passed by the interval |")
    print("|--:|:--|--:|--:|--:|")
    for rows in (2_000, 10_000, 50_000):
        for worse_by, said in ((0.0, "as good"), (TOLERATED, "worse by 0.01")):
            refused, passed, shown = simulate(rows, worse_by, random)
            print(f"| {rows} | {said} | {refused:.1%} | {passed:.1%} | {shown:.1%} |")


if __name__ == "__main__":
    main()
