"""Verdicts as the court writes them, for the renderings to be shown on."""

from dataclasses import replace
from zlib import crc32

from ci_mlops.records import (
    Change,
    ChangedItem,
    ChangedPart,
    Confusion,
    Contender,
    CostReport,
    Counted,
    Detectable,
    DrillSummary,
    Failure,
    Finding,
    Flip,
    Flips,
    GateResult,
    Limit,
    Measurement,
    Overlap,
    PolicySource,
    Skip,
    Tool,
    Verdict,
)

HEAD = "3f2c7d0b1e5a4c6d8f9012ab34cd56ef78901234"
CHANGE = Change(
    platform="github",
    event="pull_request",
    head=HEAD,
    base="a41c9e2f00000000000000000000000000000000",
    base_ref="main",
    number=12,
    repository="bank/credit",
    run_id="8817",
    run_attempt=1,
    run_url="https://github.example/bank/credit/actions/runs/8817",
    workflow="bank/credit/.github/workflows/model.yml@refs/heads/main",
)


def measured(
    metric,
    champion,
    candidate,
    low=None,
    high=None,
    *,
    slice=None,  # noqa: A002
    rows=2140,
    events=217,
    higher=True,
    level=0.95,
    method="",
    reason="",
):
    difference = None if None in (champion, candidate) else (candidate - champion) * (1 if higher else -1)
    return Measurement(
        metric=metric,
        slice=slice,
        rows=rows,
        events=events,
        higher_is_better=higher,
        champion=champion,
        candidate=candidate,
        improvement=None if reason else difference,
        low=low,
        high=high,
        level=level,
        method=method,
        reason=reason,
    )


def gated(
    m,
    kind,
    value=None,
    *,
    status="held",
    severity="block",
    undecided="warn",
    reason="",
    where="ci-mlops.yml:21",
):
    return GateResult(
        metric=m.metric,
        slice=m.slice,
        rule=Limit(kind=kind, value=value),
        severity=severity,
        undecided=undecided,
        status=status,
        champion=m.champion,
        candidate=m.candidate,
        improvement=m.improvement,
        low=m.low,
        high=m.high,
        reason=reason or "the interval lies wholly inside the limit",
        where=where,
        number=crc32(repr((m.metric, kind, value, where, m.slice is None)).encode()) % 1000,
    )


COST = measured("expected_cost", 10.63, 8.00, 0.43, 4.93, events=2140, higher=False, method="moments")
RECALL = measured("recall", 0.811, 0.866, 0.011, 0.100, method="tango")
PRECISION = measured("precision", 0.611, 0.589, -0.050, 0.006, events=288, method="delta")
AUC = measured("roc_auc", 0.871, 0.889, 0.004, 0.032, events=2140, method="delong")
BRIER = measured("brier", 0.0712, 0.0698, -0.0008, 0.0036, events=2140, higher=False, method="moments")
YOUNG = measured("recall", 0.703, 0.730, -0.061, 0.115, slice="age < 25", rows=184, events=37, level=0.99)
NORTH = measured("recall", 0.798, 0.871, 0.019, 0.127, slice="region=north", rows=511, events=64, level=0.99)
LEASE = measured(
    "recall",
    0.667,
    0.667,
    slice="product=lease",
    rows=22,
    events=3,
    reason="too few positives (3, at least 20 needed)",
)


def base(**given):
    facts = {
        "model": "credit-default",
        "task": "classification",
        "verdict": "passed",
        "reason": "all 4 rules hold",
        "exit_code": 0,
        "candidate": Contender(
            origin="trained", commit=HEAD, digest="sha256:" + "ab" * 32, fingerprint="sha256:" + "cd" * 32
        ),
        "champion": Contender(origin="registry", version="7", label="v7", digest="sha256:" + "12" * 32),
        "change": CHANGE,
        "rows": Counted(compared=2140, positives=217),
        "confusion": Confusion(
            positive="defaults",
            negative="repays",
            champion=(1811, 112, 41, 176),
            candidate=(1792, 131, 29, 188),
        ),
        "cost": CostReport(
            unit="EUR",
            false_negative=500,
            false_positive=20,
            true_positive=0,
            true_negative=0,
            champion=10.63,
            candidate=8.0,
        ),
        "slices": (("age < 25", 184), ("region=north", 511), ("product=lease", 22)),
        "overlap": Overlap(champion=0, candidate=0),
        "detectable": (
            Detectable(metric="recall", slice=None, regression=0.053, margin=0.02, rows_needed=15028),
        ),
        "policy": PolicySource(source="a41c9e2f" + "0" * 32),
        "isolation": "process",
        "environment": "sha256:" + "51" * 32,
        "fingerprint": "sha256:" + "cd" * 32,
        "changed": (
            ChangedPart(
                part="code",
                champion="sha256:" + "a4" * 32,
                candidate="sha256:" + "3f" * 32,
                changed=True,
                items=(
                    ChangedItem(name="features/late.py", candidate=""),
                    ChangedItem(name="train.py", champion="", candidate=""),
                ),
                commits=3,
            ),
            ChangedPart(
                part="parameters",
                champion='{"learning_rate": 0.1, "max_depth": 6}',
                candidate='{"learning_rate": 0.1, "max_depth": 8}',
                changed=True,
                items=(ChangedItem(name="max_depth", champion="6", candidate="8"),),
            ),
            ChangedPart(
                part="data.train",
                champion="sha256:" + "9c" * 32,
                candidate="sha256:" + "9d" * 32,
                changed=True,
                champion_rows=18420,
                candidate_rows=18420,
            ),
            ChangedPart(
                part="columns",
                champion="22",
                candidate="23",
                changed=True,
                items=(ChangedItem(name="months_since_last_late", candidate=""),),
            ),
            ChangedPart(part="environment", champion="sha256:" + "51" * 32, candidate="same", changed=False),
        ),
        "next_stage": "staging",
        "evaluated_at": "2026-11-23T10:41:07Z",
        "timings": {"train": 41.5, "predict": 3.25, "judge": 0.5},
        "tool": Tool(version="1.4.0", python="3.11.7"),
    }
    return Verdict(**{**facts, **given})


def passed():
    gates = (
        gated(COST, "improve", where="ci-mlops.yml:19"),
        gated(RECALL, "max_regression", 0.02),
        gated(PRECISION, "min", 0.55, where="ci-mlops.yml:22"),
        gated(YOUNG, "min", 0.65, severity="warn", where="ci-mlops.yml:23"),
        gated(NORTH, "min", 0.65, severity="warn", where="ci-mlops.yml:23"),
        gated(
            LEASE,
            "min",
            0.65,
            severity="warn",
            where="ci-mlops.yml:23",
            status="skipped",
            reason=LEASE.reason,
        ),
    )
    drill = DrillSummary(sabotages=13, harmful=8, stopped=8, decoration=("precision >= 0.55",))
    flips = Flips(
        better=22,
        worse=29,
        kinds=(
            Flip(truth="repays", champion="repays", candidate="defaults", rows=25),
            Flip(truth="defaults", champion="repays", candidate="defaults", rows=16),
            Flip(truth="repays", champion="defaults", candidate="repays", rows=6),
            Flip(truth="defaults", champion="defaults", candidate="repays", rows=4),
        ),
    )
    measurements = (COST, RECALL, PRECISION, AUC, BRIER, YOUNG, NORTH, LEASE)
    return base(gates=gates, measurements=measurements, drill=drill, flips=flips)


def blocked():
    recall = measured("recall", 0.811, 0.733, -0.127, -0.031, method="tango")
    cost = measured("expected_cost", 10.63, 14.34, -6.23, -1.23, events=2140, higher=False)
    precision = measured("precision", 0.611, 0.654, 0.008, 0.080, events=243)
    north = measured(
        "recall", 0.797, 0.578, -0.35, -0.09, slice="region=north", rows=511, events=64, level=0.99
    )
    young = measured("recall", 0.703, 0.676, -0.14, 0.09, slice="age < 25", rows=184, events=37, level=0.99)
    return base(
        verdict="blocked",
        reason="recall is worse than the champion by at least 3.1 pp, at most 2 pp allowed",
        exit_code=1,
        gates=(
            gated(cost, "improve", severity="warn", status="broken", where="ci-mlops.yml:19"),
            gated(recall, "max_regression", 0.02, status="broken", reason="worse by at least 3.1 pp"),
            gated(precision, "min", 0.55),
        ),
        measurements=(cost, recall, precision, north, young),
        confusion=Confusion(
            positive="defaults",
            negative="repays",
            champion=(1811, 112, 41, 176),
            candidate=(1839, 84, 58, 159),
        ),
        cost=CostReport(
            unit="EUR",
            false_negative=500,
            false_positive=20,
            true_positive=0,
            true_negative=0,
            champion=10.63,
            candidate=14.34,
        ),
        changed=(
            ChangedPart(part="code", champion="a41c9e2", candidate="3f2c7d0", changed=True),
            ChangedPart(
                part="data.train",
                champion="sha256:" + "9c" * 32,
                candidate="sha256:" + "e2" * 32,
                changed=True,
            ),
        ),
        policy=PolicySource(
            source="a41c9e2f" + "0" * 32, edited=True, edits=("gates.recall.max_regression: 0.02 -> 0.15",)
        ),
    )


def undecided(*, blocks=True):
    recall = measured("recall", 0.811, 0.800, -0.061, 0.039, method="tango")
    return base(
        verdict="undecided",
        reason="these rows can't show whether recall stays within 2 pp",
        exit_code=10 if blocks else 0,
        gates=(
            gated(
                recall,
                "max_regression",
                0.02,
                status="undecided",
                undecided="block" if blocks else "warn",
                reason="the interval reaches beyond the limit",
            ),
            gated(PRECISION, "min", 0.55),
        ),
        measurements=(recall, PRECISION),
        confusion=None,
        cost=None,
        overlap=Overlap(champion=None, candidate=0, reason="the champion's training rows are not pinned"),
    )


def first_model():
    recall, precision = measured("recall", None, 0.866), measured("precision", None, 0.589)
    return base(
        champion=None,
        gates=(
            gated(precision, "min", 0.55),
            gated(recall, "max_regression", 0.02, status="skipped", reason="no champion yet"),
        ),
        measurements=(recall, precision),
        confusion=Confusion(
            positive="defaults", negative="repays", champion=None, candidate=(1792, 131, 29, 188)
        ),
        cost=None,
        overlap=None,
        detectable=(),
        changed=(),
        next_stage=None,
    )


def first_report():
    return replace(
        first_model(),
        verdict="not_applicable",
        reason="first report: gates apply after this is merged",
        gates=(),
        policy=None,
    )


def no_change():
    return base(
        verdict="not_applicable",
        reason="no model change: code, data, environment and parameters are the champion's",
        rows=None,
        confusion=None,
        cost=None,
        overlap=None,
        detectable=(),
        slices=(),
        changed=(ChangedPart(part="code", champion="3f2c7d0", candidate="3f2c7d0", changed=False),),
    )


def not_evaluated():
    return base(
        verdict="not_evaluated",
        reason="the training command failed",
        exit_code=6,
        candidate=None,
        champion=None,
        rows=None,
        confusion=None,
        cost=None,
        overlap=None,
        detectable=(),
        slices=(),
        changed=(),
        next_stage=None,
        error=Failure(
            what="the training command ended with exit code 1",
            where="ci-mlops.yml:9 train.run",
            mend="Run `python train.py` in the folder of ci-mlops.yml; its log is in .ci-mlops/logs/train.log.",
            exit_code=6,
        ),
    )


def regression():
    mae = measured("mae", 5.213, 4.87, 0.11, 0.58, rows=900, events=900, higher=False)
    rmse = measured("rmse", 7.42, 7.39, -0.21, 0.27, rows=900, events=900, higher=False)
    r2 = measured("r2", 0.412, 0.431, -0.012, 0.050, rows=900, events=900)
    return base(
        model="delivery-minutes",
        task="regression",
        unit="minutes",
        reason="both rules hold",
        gates=(gated(mae, "max_regression", 0.5), gated(r2, "min", 0.3, where="")),
        measurements=(mae, rmse, r2),
        champion=Contender(origin="trained", commit="a41c9e2f" + "0" * 32, label="main"),
        rows=Counted(compared=900, missing_label=31, distinct_ids=False, seen=12),
        confusion=None,
        cost=None,
        slices=(),
        overlap=Overlap(champion=0, candidate=12, excluded=12),
        detectable=(Detectable(metric="mae", slice=None, regression=0.31),),
    )


def captured():
    """One file, split inside the script: what was seen of it makes a reader doubt."""
    both = [
        Finding(code="unseeded_split", role=role, where="train.py:14", count=1500, of=2140)
        for role in ("candidate", "champion")
    ]
    findings = (
        *both,
        Finding(code="group_on_both_sides", role="candidate", names=("customer_id",), count=88, of=92),
        Finding(
            code="fitted_on_more_rows",
            role="candidate",
            where="train.py:9",
            names=("StandardScaler",),
            count=2140,
            of=1500,
        ),
        Finding(
            code="unseeded_model", role="candidate", where="train.py:20", names=("RandomForestClassifier",)
        ),
        Finding(
            code="prepared_outside", role="candidate", where="train.py:20", names=("map", "StandardScaler")
        ),
        Finding(code="duplicates_of_training_rows", role="candidate", count=64, of=640),
    )
    accuracy = measured("accuracy", 0.811, 0.842, -0.021, 0.080, rows=170, events=170)
    return base(
        gates=(gated(accuracy, "max_regression", 0.1),),
        measurements=(accuracy,),
        confusion=None,
        cost=None,
        slices=(),
        detectable=(),
        rows=Counted(compared=170, positives=51, seen=1930, unscored=40, lost=1),
        overlap=Overlap(
            champion=1500,
            candidate=1620,
            excluded=1930,
            duplicates=64,
            champion_unscored=39,
            candidate_unscored=40,
        ),
        findings=findings,
    )


def compared():
    """The court alone: two files, no CI, no policy."""
    return base(
        model="compare",
        change=None,
        champion=Contender(origin="file", label="champion.csv", digest="sha256:" + "12" * 32),
        candidate=Contender(origin="file", label="candidate.csv", digest="sha256:" + "ab" * 32),
        measurements=(RECALL, PRECISION, AUC, BRIER),
        cost=None,
        slices=(),
        overlap=None,
        policy=None,
        isolation="none",
        changed=(),
        next_stage=None,
        detectable=(),
        environment=None,
        fingerprint=None,
        skips=(Skip(what="log_loss", reason="needs scores, and `candidate.csv` has predictions only"),),
    )


def identical():
    recall = measured("recall", 0.811, 0.811, 0.0, 0.0)
    return base(
        identical=True,
        gates=(gated(recall, "max_regression", 0.02),),
        measurements=(recall,),
        confusion=Confusion(
            positive="defaults",
            negative="repays",
            champion=(1811, 112, 41, 176),
            candidate=(1811, 112, 41, 176),
        ),
        cost=None,
    )


def many_slices(count=3000):
    slices = tuple(
        measured(
            "recall",
            0.8,
            0.79,
            -0.1,
            0.08,
            slice=f"postcode={at:05d} and a long name of it",
            rows=100,
            level=0.999,
        )
        for at in range(count)
    )
    gates = tuple(gated(m, "min", 0.5, severity="warn") for m in slices)
    return base(gates=(gated(RECALL, "max_regression", 0.02), *gates), measurements=(RECALL, *slices))


ALL = {
    "passed": passed,
    "blocked": blocked,
    "undecided": undecided,
    "undecided_allowed": lambda: undecided(blocks=False),
    "first_model": first_model,
    "first_report": first_report,
    "no_change": no_change,
    "not_evaluated": not_evaluated,
    "regression": regression,
    "captured": captured,
    "compared": compared,
    "identical": identical,
}


def crowded():
    """More than a comment holds, every name as long as a name may be."""
    wide = "\U0001f600" * 80
    v = many_slices(30)
    return replace(
        v,
        measurements=(
            *(replace(m, slice=f"{at}{wide}" if m.slice else None) for at, m in enumerate(v.measurements)),
            *(replace(RECALL, metric=f"{at}{wide}") for at in range(100)),
        ),
        changed=tuple(ChangedPart(part=wide, champion=wide, candidate=wide, changed=True) for _ in range(50)),
        skips=tuple(Skip(what=wide, reason=wide) for _ in range(50)),
    )
