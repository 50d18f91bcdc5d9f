"""Verdicts that no court would write: every field filled by chance, every string hostile."""

from hypothesis import strategies as st

from ci_mlops.records import (
    Capacity,
    Change,
    ChangedItem,
    ChangedPart,
    Confusion,
    ConfusionTable,
    Contender,
    CostReport,
    Counted,
    CustomMetric,
    Decided,
    Detectable,
    DrillSummary,
    Failure,
    FairnessProof,
    FilePin,
    Flip,
    Flips,
    GateResult,
    Limit,
    Measurement,
    Overlap,
    Policy,
    PolicySource,
    PriceColumn,
    Skip,
    SliceCost,
    ThresholdReport,
    Tool,
    TrainingOverlap,
    Verdict,
    Waiver,
    WaiverUse,
    Weighting,
)

HOSTILE = (
    "@everyone",
    "`@octocat`",
    "a|b",
    "\\|",
    "``` | ```",
    "[x](https://evil.example)",
    "https://evil.example",
    "www.evil.example",
    "me@evil.example",
    "<img src=x onerror=alert(1)>",
    "</details><h1>",
    "-->",
    "<!-- ci-mlops:report:v1 model=x -->",
    "#12",
    "GH-12",
    "owner/repo#3",
    "**bold** _em_ ~~del~~",
    "line\n\n# heading\n| a | b |\n|--|--|",
    "\u202eevil\u2066",
    "\ue000\ue001\ue002",
    "$x^2$",
    ":tada:",
    "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
    "",
    " ",
    "\x00\x1b[31m",
    "1. item",
    "- item",
    "==x==",
    "x" * 5000,
    "a\\",
    "`",
    "``",
    "&lt;b&gt; &#64;x",
)

text = st.sampled_from(HOSTILE) | st.text(max_size=40)
finite = st.floats(allow_nan=False, allow_infinity=False)
maybe = st.none() | finite
count = st.integers(min_value=-5, max_value=10**12)
metric = (
    st.sampled_from(["recall", "precision", "expected_cost", "roc_auc", "mae", "brier", "selection_rate"])
    | text
)
slice_ = st.none() | text

measurements = st.builds(
    Measurement,
    metric=metric,
    slice=slice_,
    rows=count,
    events=count,
    higher_is_better=st.booleans(),
    champion=maybe,
    candidate=maybe,
    candidate_low=maybe,
    candidate_high=maybe,
    improvement=maybe,
    low=maybe,
    high=maybe,
    level=st.sampled_from([0.95, 0.99, 0.9987]),
    method=text,
    reason=text,
)
waivers = st.builds(
    Waiver,
    metric=metric,
    slice=slice_,
    limit=st.none() | st.sampled_from(["min", "max", "max_regression", "improve"]),
    reason=text,
    until=text,
    by=text,
    where=text,
)
waiver_uses = st.builds(
    WaiverUse,
    waiver=waivers,
    status=st.sampled_from(["used", "idle", "unmatched", "expired"]),
    gates=count,
)
overlaps = st.builds(
    TrainingOverlap,
    role=st.sampled_from(["candidate", "champion"]),
    reason=text,
    noted=st.booleans(),
    training_rows=count,
    columns=count,
    content=count,
    whole=count,
    by_chance=st.floats(0, 1e9),
    is_chance=st.booleans(),
    same_id=count,
    respelt=count,
    numbered=st.booleans(),
    same_group=count,
    groups=count,
    groups_of=count,
    older=count,
    newest=text,
    lacks=st.lists(text, max_size=2).map(tuple),
    left_out=count,
)
gates = st.builds(
    GateResult,
    metric=metric,
    slice=slice_,
    rule=st.builds(
        Limit, kind=st.sampled_from(["min", "max", "max_regression", "improve", "capacity"]), value=maybe
    ),
    severity=st.sampled_from(["block", "warn"]),
    undecided=st.sampled_from(["block", "warn"]),
    status=st.sampled_from(["held", "broken", "undecided", "skipped"]),
    champion=maybe,
    candidate=maybe,
    improvement=maybe,
    low=maybe,
    high=maybe,
    reason=text,
    where=text,
    waiver=st.none() | waivers,
)
policies = st.builds(
    Policy,
    task=st.sampled_from(["classification", "regression"]),
    metrics=st.lists(metric, max_size=2).map(tuple),
    waivers=st.lists(waivers, max_size=1).map(tuple),
    weight=st.none() | text,
    group=st.none() | text,
    time=st.none() | text,
    overlap=st.sampled_from(["exclude", "refuse", "tell"]),
    floor=count,
)
contenders = st.builds(
    Contender,
    origin=st.sampled_from(["trained", "reused", "registry", "file"]),
    version=st.none() | text,
    commit=st.none() | text,
    digest=st.none() | text,
    fingerprint=st.none() | text,
    label=text,
)
kinds = st.sampled_from(["false_negative", "true_negative"]) | text
prices = st.builds(PriceColumn, column=text, times=finite)
decided = st.builds(Decided, threshold=finite, rows=count, events=count)
four = st.tuples(count, count, count, count)
several = {"max_size": 3}

verdicts = st.builds(
    Verdict,
    model=text,
    task=text,
    verdict=st.sampled_from(["passed", "blocked", "undecided", "not_applicable", "not_evaluated"]),
    reason=text,
    exit_code=st.sampled_from([0, 1, 2, 4, 6, 10]),
    unit=text,
    candidate=st.none() | contenders,
    champion=st.none() | contenders,
    change=st.none()
    | st.builds(
        Change,
        platform=text,
        event=st.sampled_from(["pull_request", "push", "merge_group", "other", "local"]),
        head=st.none() | text,
        base_ref=text,
        run_id=text,
        run_url=text,
        workflow=text,
    ),
    rows=st.none() | st.builds(Counted, compared=count, missing_label=count, distinct_ids=st.booleans()),
    identical=st.booleans(),
    gates=st.lists(gates, **several).map(tuple),
    measurements=st.lists(measurements, **several).map(tuple),
    confusion=st.none()
    | st.builds(Confusion, positive=text, negative=text, champion=st.none() | four, candidate=four),
    flips=st.none()
    | st.builds(
        Flips,
        better=count,
        worse=count,
        otherwise=count,
        kinds=st.lists(st.builds(Flip, truth=text, champion=text, candidate=text, rows=count), **several).map(
            tuple
        ),
        left_out=count,
    ),
    confusion_table=st.none()
    | st.builds(
        ConfusionTable,
        classes=st.lists(text, max_size=10).map(tuple),
        cells=st.lists(
            st.tuples(
                st.integers(-1, 11), st.integers(-1, 11), st.none() | st.integers(0, 99), st.integers(0, 99)
            ),
            max_size=12,
        ).map(tuple),
        left_out=st.integers(0, 3),
    ),
    custom_metrics=st.lists(st.builds(CustomMetric, metric=text, path=text, digest=text), max_size=2).map(
        tuple
    ),
    weighting=st.none()
    | st.builds(Weighting, column=text, total=st.floats(0, 1e18), effective_rows=st.floats(0, 1e18)),
    cost=st.none()
    | st.builds(
        CostReport,
        unit=text,
        false_negative=finite,
        false_positive=finite,
        true_positive=finite,
        true_negative=finite,
        champion=maybe,
        candidate=finite,
        volume=maybe,
        capacity=st.none() | st.builds(Capacity, alarms=finite, per=st.sampled_from(["day", "year"])),
        columns=st.lists(st.tuples(kinds, prices), **several).map(tuple),
        slices=st.lists(
            st.builds(
                SliceCost,
                slice=text,
                prices=st.lists(st.tuples(kinds, finite), **several).map(tuple),
                columns=st.lists(st.tuples(kinds, prices), **several).map(tuple),
            ),
            **several,
        ).map(tuple),
        matrix=st.lists(st.tuples(text, text, finite), **several).map(tuple),
        over=finite,
        under=finite,
    ),
    threshold=st.none()
    | st.builds(
        ThresholdReport,
        by=st.sampled_from([None, "cost", "f1"]),
        champion=st.none() | decided,
        candidate=decided,
    ),
    curves=st.dictionaries(
        text | st.sampled_from(["threshold", "test_cost.candidate", "validation_cost.champion"]),
        st.lists(finite, **several),
        **several,
    ),
    slices=st.lists(st.tuples(text, count), **several).map(tuple),
    overlap=st.none()
    | st.builds(Overlap, champion=st.none() | count, candidate=st.none() | count, reason=text),
    detectable=st.lists(
        st.builds(Detectable, metric=metric, slice=slice_, regression=maybe, reason=text), **several
    ).map(tuple),
    policy=st.none()
    | st.builds(
        PolicySource,
        source=text,
        path=text,
        edited=st.booleans(),
        edits=st.lists(text, **several).map(tuple),
        rules=st.none() | policies,
        level=st.none() | st.sampled_from([0.95, 0.9]),
        power=st.none() | st.just(0.8),
        digest=text,
    ),
    proof=st.none()
    | st.builds(
        FairnessProof,
        overlap=st.sampled_from(["exclude", "refuse", "tell"]),
        models=st.lists(overlaps, max_size=2).map(tuple),
        repeated=count,
        rows=count,
        merges=st.none() | count,
        at_least=st.booleans(),
        worn_out=count,
    ),
    waivers=st.lists(waiver_uses, **several).map(tuple),
    drill=st.none()
    | st.builds(
        DrillSummary,
        sabotages=count,
        harmful=count,
        stopped=count,
        let_through=st.lists(text, **several).map(tuple),
        undecided=st.lists(text, **several).map(tuple),
        allowed=st.lists(text, **several).map(tuple),
        unwatched=st.lists(text, **several).map(tuple),
        blocked=st.lists(text, **several).map(tuple),
        decoration=st.lists(text, **several).map(tuple),
        policy=text,
        test=text,
    ),
    isolation=st.sampled_from(["none", "process", "job"]),
    pins=st.dictionaries(
        text,
        st.lists(st.builds(FilePin, path=text, sha256=text, size=count), **several).map(tuple),
        **several,
    ),
    environment=st.none() | text,
    fingerprint=st.none() | text,
    changed=st.lists(
        st.builds(
            ChangedPart,
            part=text | st.sampled_from(["parameters", "code", "columns", "environment"]),
            champion=text,
            candidate=text,
            changed=st.booleans(),
            champion_rows=st.none() | count,
            candidate_rows=st.none() | count,
            items=st.lists(
                st.builds(ChangedItem, name=text, champion=st.none() | text, candidate=st.none() | text),
                **several,
            ).map(tuple),
            left_out=count,
            commits=st.none() | count,
        ),
        **several,
    ).map(tuple),
    skips=st.lists(st.builds(Skip, what=text, reason=text), **several).map(tuple),
    notices=st.lists(text, **several).map(tuple),
    error=st.none() | st.builds(Failure, what=text, where=text, mend=text, exit_code=st.just(6)),
    next_stage=st.none() | text,
    evaluated_at=text,
    timings=st.dictionaries(text, finite, **several),
    tool=st.builds(Tool, version=text, python=text),
)
