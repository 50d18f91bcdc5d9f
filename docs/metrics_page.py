"""Print `docs/metrics.md`: every metric that is installed with us, as it measures a few rows of its kind.

Run: `python docs/metrics_page.py > docs/metrics.md`.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Literal

import numpy as np

from ci_mlops.evaluation.compare import compare
from ci_mlops.evaluation.metrics.labels import OF_LABELS
from ci_mlops.evaluation.rows import Predictions, Rows
from ci_mlops.flows.court import load_metric
from ci_mlops.records import Cost, Measurement, Policy
from ci_mlops.records.metric_fit import spelled
from ci_mlops.records.metric_names import (
    ALIASES,
    ANY_CLASSES,
    LABEL_SETS,
    SEVERAL_CLASSES,
    TASK_OF,
    plugin_of,
)
from ci_mlops.report.words import title

Kind = Literal["two", "several", "sets"]
HEAD = """\
# Metrics

Made by `python docs/metrics_page.py > docs/metrics.md`: each metric has measured a few rows of its kind, and the table says how.

Each is measured for both models on the same rows, and its difference has a paired 95 % interval: no random number decides anything.
Values are scikit-learn's to the twelfth digit, also with ties and weights, wherever scikit-learn has the metric; `metrics:` and
`gates:` take scikit-learn's names as well. Some metrics are told a number: `lift at 0.1`, `ndcg at 10`. Of three or more classes
some can be asked of one: `recall of bug`; fairness metrics of the groups of a column ([slices](slices.md)).

"""

TAIL = """
## How sure

- **Score limits and the delta method** are of counts: exact in the table of truth, champion and candidate. DeLong is for ROC AUC.
- **Influence** is for what no closed form covers. The metric's formula says by how much each row moves the value; of the candidate less
  the champion, row by row, these influences are spread as the difference would be among other rows (the infinitesimal jackknife, Efron
  1982). No row is drawn again, so that the same rows give the same interval. Where few rows do most of the pulling, Student's t has the few
  degrees of freedom that they leave (Satterthwaite 1946); where fewer than ten rows differ at all, the interval is widened as that of a
  count so small. So few rows can show a mean of losses to break a rule, but not to hold it. By group (`data.test.group`) the influences of its rows are added up first.
- **Average precision** is lifted by chance where positives are few, since each is among those found at its own score; the interval reaches
  as far as that is expected to differ between the models. Where the order changes at fewer than ten positives, it is wider than it need be.
- **`lift`, `precision` and `recall` `at 0.1`** are of the tenth of all rows with the highest scores, not of a threshold of 0.1. Rows of one
  score at the cut are in it in proportion. The cut moves with the rows: what comes and goes there are positives as often as those between
  the ranks that bound the cut (Woodruff 1952). What they can tell of two models are the positives that cross the cut, as with McNemar's
  test: where fewer than ten do, there are two more of them (Bonett & Price 2012), so that none seen is no certainty.
- **`ks`** is largest at another score among other rows, often far off where it is flat. A row pulls by the mean over the scores that could
  as well have been it; rows that cross are counted as above.
- **`ece`** has 15 bins of equal mass: bins of equal width would leave all rows of a rare event in the first one. A distance is never below
  0, so that chance lifts it, the more the better a model is calibrated, and by how much no rows can tell (Cai & Low 2011). The same rows
  lift both models: where their bins are about equally far off, as those of models that differ on few rows, it cancels; where one is
  calibrated and the other is not, the interval reaches as far as chance could. So it covers 98 to 100 %, and needs many rows to tell two
  models apart. **Look at it, and gate on `brier` or
  `log_loss`**: they are proper scores, which a better calibrated model improves.
- **`coverage at 0.9`** is the distance between 0.9 and the share of true values at or below the prediction of a model of that quantile; a
  distance again. `pinball at 0.9` is the loss that such a model is fitted to: gate on that one.
- **`median_absolute_error`**: how densely errors lie around the median is looked up between the order statistics that bound it (Woodruff
  1952).
- **`ndcg`** is a mean over queries, the values of `data.test.group`; queries are drawn, not rows, and events are queries. Labels are
  relevance from 0 up, `task: regression`, and predictions order. A query without a relevant row counts 0, as in scikit-learn.
- **A floor of 20 events** holds for all: below it a gate is `undecided`, with the number. With groups, groups are counted.
- **No `max_error`**: the largest of some errors says little of the largest of others, and no interval of it would be honest.

How often the intervals hold the truth: `python benchmarks/coverage_order.py`.
"""


def sample(metric: str, kind: Kind) -> Rows:
    rng = np.random.default_rng(0)
    if TASK_OF[plugin_of(metric)] == "regression":
        labels = rng.gamma(3.0, 2.0, 400)
        sides = [Predictions(decisions=np.maximum(0, labels + n * rng.normal(size=400))) for n in (1, 2)]
    elif kind == "sets":
        # a number for each set of three labels
        labels = rng.integers(0, 8, 400).astype(float)
        sides = [
            Predictions(decisions=np.where(rng.random(400) < 0.6, labels, rng.integers(0, 8, 400)))
            for _ in range(2)
        ]
    elif kind == "several":
        labels = rng.integers(0, 5, 400).astype(float)
        scores = [
            0.1 * np.eye(5)[labels.astype(int)] + 0.9 * rng.dirichlet(np.ones(5), 400) for _ in range(2)
        ]
        sides = [Predictions(decisions=s.argmax(axis=1).astype(float), scores=s) for s in scores]
    else:
        labels = (rng.random(400) < 0.4).astype(float)
        scores = [0.1 * labels + 0.9 * rng.random(400) for _ in range(2)]
        sides = [Predictions(decisions=(s >= 0.5).astype(float), scores=s) for s in scores]
    return Rows(labels=labels, champion=sides[0], candidate=sides[1], entities=np.arange(400) // 8)


def measured(metric: str, kind: Kind) -> Measurement:
    policy = Policy(
        task=TASK_OF[plugin_of(metric)],
        metrics=(metric,),
        cost=Cost(unit="EUR", false_negative=500, false_positive=20) if metric == "expected_cost" else None,
        classes={"two": (), "several": tuple("abcde"), "sets": tuple("abc")}[kind],
        multilabel=kind == "sets",
        group=None if kind == "sets" else "query",
    )
    return compare([sample(metric, kind)], policy, [load_metric(metric, policy)]).measurements[0]


def lines(names: list[str], kind: Kind) -> Iterator[str]:
    also = defaultdict(list)
    for alias, name in ALIASES.items():
        also[name].append(f"`{alias}`")
    yield "| metric | in reports | better is | difference | also known as |"
    yield "|:--|:--|:--|:--|:--|"
    for plugin in sorted(names):
        metric = spelled(plugin)
        m = measured(metric, kind)
        better = "more" if m.higher_is_better else "less"
        base = plugin.removesuffix("_at")
        known = ", ".join(sorted(also[plugin if base in TASK_OF else base]))
        yield f"| `{metric}` | {title(metric)} | {better} | {m.method} | {known} |"


def page() -> str:
    of = {
        task: [name for name in TASK_OF if TASK_OF[name] == task] for task in ("classification", "regression")
    }
    sets = [name for name in OF_LABELS if name in TASK_OF]
    two = [n for n in of["classification"] if n not in (*SEVERAL_CLASSES, *LABEL_SETS)]
    parts: list[tuple[str, list[str], Kind]] = [
        ("Two classes", two, "two"),
        # what errors between several classes cost is a table of the team's own
        ("Three or more classes", [*SEVERAL_CLASSES, *(set(ANY_CLASSES) - {"expected_cost"})], "several"),
        ("Several labels at once", sets, "sets"),
        ("Numbers and rankings", of["regression"], "two"),
    ]
    tables = ("\n".join([f"## {words}", "", *lines(names, kind), ""]) for words, names, kind in parts)
    return HEAD + "\n".join(tables) + TAIL


if __name__ == "__main__":
    print(page(), end="")
