"""Verdicts on three classes and on many, on weighted rows, and on numbers with a unit."""

from ci_mlops.records import ConfusionTable, Counted, Detectable, Flips, Weighting
from tests.report.verdicts import base, gated, measured

MANY = tuple(f"department {number}" for number in range(1, 13))


def classes():
    recall = measured("recall of bug", 0.844, 0.762, -0.131, -0.034, events=383, method="tango")
    macro = measured("f1_macro", 0.771, 0.783, -0.011, 0.035, events=127, method="delta")
    loss = measured("log_loss", 0.694, 0.573, 0.114, 0.126, events=800, higher=False, method="moments")
    return base(
        model="issue-router",
        verdict="blocked",
        reason="recall of bug is worse than the champion",
        exit_code=1,
        gates=(
            gated(recall, "max_regression", 0.02, status="broken", reason="worse by at least 3.4 pp"),
            gated(macro, "min", 0.7),
        ),
        measurements=(recall, macro, loss),
        rows=Counted(compared=800),
        confusion=None,
        confusion_table=ConfusionTable(
            classes=("bug", "feature", "question"),
            cells=(
                (0, 0, 323, 292),
                (0, 1, 41, 73),
                (0, 2, 19, 18),
                (1, 0, 30, 12),
                (1, 1, 251, 270),
                (1, 2, 9, 8),
                (2, 1, 35, 30),
                (2, 2, 92, 97),
            ),
        ),
        flips=Flips(better=58, worse=65, otherwise=3),
        cost=None,
        slices=(),
        detectable=(Detectable(metric="recall of bug", slice=None, regression=0.041),),
    )


def many_classes():
    balanced = measured("balanced_accuracy", 0.611, 0.634, 0.004, 0.042, events=31, method="delta")
    cells = [(k, k, 80 + 3 * k, 84 + 3 * k) for k in range(12)]
    cells += [(k, (k + 5) % 12, 20 + k, 16 + k) for k in range(12)] + [(3, 4, 40, 22), (4, 3, 11, 29)]
    return base(
        model="letter-sorter",
        gates=(gated(balanced, "improve"),),
        measurements=(balanced, measured("cohen_kappa", 0.589, 0.612, 0.003, 0.043, method="delta")),
        rows=Counted(compared=1515),
        confusion=None,
        confusion_table=ConfusionTable(classes=MANY, cells=tuple(sorted(cells))),
        weighting=Weighting(column="letters_per_day", total=20318.5, effective_rows=911.3),
        cost=None,
        slices=(),
        detectable=(),
    )


def numbers_with_a_unit():
    mae = measured("mae", 41.27, 38.91, 0.62, 4.1, events=2140, higher=False, method="moments")
    r2 = measured("r2", 0.811, 0.833, 0.004, 0.04, events=2140, method="delta")
    return base(
        model="delivery-time",
        task="regression",
        unit="minutes",
        gates=(gated(mae, "max", 45), gated(r2, "max_regression", 0.01)),
        measurements=(mae, r2),
        rows=Counted(compared=2140),
        confusion=None,
        cost=None,
        slices=(),
        detectable=(Detectable(metric="r2", slice=None, regression=0.02),),
    )


ALL = {"classes": classes, "many_classes": many_classes, "numbers_with_a_unit": numbers_with_a_unit}
