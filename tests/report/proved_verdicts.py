"""Verdicts of comparisons that were not fair, or were let pass, for the renderings to be shown on."""

from dataclasses import replace

from ci_mlops.records import (
    ChangedPart,
    Contender,
    Counted,
    FairnessProof,
    GateRule,
    Limit,
    Overlap,
    Policy,
    TrainingOverlap,
    Waiver,
    WaiverUse,
)
from tests.report.verdicts import PRECISION, base, gated, measured

SENSOR = Waiver(
    metric="recall", slice="region=north", reason="the sensors are replaced", until="2026-12-31", by="Risk"
)
LATE = Waiver(metric="precision", reason="new prices", until="2026-06-30")
MISSPELT = Waiver(metric="roc_auc", limit="min", reason="to be looked at", until="2027-01-31")
RULES = Policy(
    task="classification",
    metrics=("recall", "precision"),
    gates=(GateRule(metric="recall", limit=Limit(kind="max_regression", value=0.02), slice="region"),),
    waivers=(SENSOR, LATE, MISSPELT),
    group="customer_id",
    time="applied_at",
)


def contaminated():
    """Both were trained on test rows: these are left out, and what is left decides."""
    verdict = waived()
    models = (
        TrainingOverlap(
            role="candidate",
            training_rows=19620,
            columns=22,
            content=141,
            whole=140,
            by_chance=0.4,
            same_id=12,
            respelt=12,
            same_group=236,
            groups=88,
            groups_of=1730,
            older=310,
            newest="2026-09-30",
            left_out=371,
        ),
        TrainingOverlap(role="champion", reason="no record of its training data was registered with it"),
    )
    proof = FairnessProof(models=models, repeated=64, rows=2511, merges=52, at_least=True, worn_out=40)
    return replace(
        verdict,
        rows=Counted(compared=2140, positives=217, seen=371),
        overlap=Overlap(
            champion=None,
            candidate=371,
            excluded=371,
            duplicates=141,
            reason="champion: no record of its training data was registered with it",
        ),
        proof=proof,
        champion=Contender(origin="registry", version="7", label="v7", digest="sha256:" + "12" * 32),
        waivers=(),
    )


def waived():
    """A broken rule that the base branch lets pass for a while; another waiver that has expired, and one of no rule."""
    north = measured(
        "recall", 0.798, 0.701, -0.151, -0.043, slice="region=north", rows=511, events=64, level=0.99
    )
    verdict = base(
        reason="1 of 2 rules hold; 1 waived.",
        gates=(
            replace(gated(north, "max_regression", 0.02, status="broken"), waiver=SENSOR),
            gated(PRECISION, "min", 0.55),
        ),
        measurements=(north, PRECISION),
        waivers=(
            WaiverUse(waiver=SENSOR, status="used", gates=1),
            WaiverUse(waiver=LATE, status="expired"),
            WaiverUse(waiver=MISSPELT, status="unmatched"),
        ),
        proof=FairnessProof(
            models=(
                TrainingOverlap(role="candidate", training_rows=18420, columns=22, lacks=("applied_at",)),
                TrainingOverlap(role="champion", training_rows=18420, columns=22, lacks=("applied_at",)),
            ),
            rows=2140,
            merges=14,
            worn_out=40,
        ),
    )
    part = ChangedPart(
        part="data.test", champion="77ab" + "0" * 60, candidate="77ab" + "0" * 60, changed=False
    )
    assert verdict.policy is not None
    source = replace(verdict.policy, rules=RULES, level=0.95, power=0.8, digest="sha256:" + "5c" * 32)
    return replace(verdict, policy=source, changed=(*verdict.changed, part))


ALL = {"contaminated": contaminated, "waived": waived}
