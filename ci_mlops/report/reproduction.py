"""A reproduction as blocks: how alike the model came out, what could be restored, and what is to blame."""

from collections.abc import Sequence

from ci_mlops.records.reproduction import (
    Cause,
    Condition,
    Likeness,
    MetricDifference,
    Reproduction,
    Restored,
    Trial,
)
from ci_mlops.report.blocks import Block, Details, Heading, Items, Paragraph, Table
from ci_mlops.report.inline import capital, code, name, prose, shortened, strong
from ci_mlops.report.numbers import NONE, number
from ci_mlops.report.reproduction_causes import told
from ci_mlops.report.reproduction_scale import scale_of
from ci_mlops.report.seed_effects import seed_blocks
from ci_mlops.report.words import counted, slice_name, spoken, title

_GOOD, _BAD, _DOUBT, _PLAIN = "✅", "❌", "⚠️", "⚪"
# of one width in every terminal, as emoji are not
IN_A_TERMINAL = {_GOOD: "✓", _BAD: "✗", _DOUBT: "!", _PLAIN: "-"}
_CLASSES: dict[Likeness, str] = {
    "bit_identical": "bit-identical",
    "same_predictions": "same predictions",
    "statistically_equivalent": "statistically equivalent",
    "different": "different",
}
_TRIED: dict[Condition, str] = {
    "again": "Trained once more, nothing changed",
    "split": "Splits with a fixed seed",
    "estimator": "Estimators with a fixed seed",
    "seeds": "Every generator with a fixed seed",
    "hash_order": "Text hashed always alike",
    "threads": "One thread",
    "everything": "All of that at once",
}


def document(made: Reproduction) -> tuple[Block, ...]:
    whose = f"{name(made.model)} version {name(made.version)}"
    blocks: list[Block] = [
        Heading(f"{mark_of(made)} Reproduction of {whose}: {_CLASSES[made.likeness]}"),
        Paragraph(f"{capital(prose(made.reason))}."),
    ]
    blocks += _causes(made.causes, made)
    blocks.append(_restored(made.measured.restored))
    if made.measured.differences:
        blocks += [_differences(made), *_unsure(made)]
    blocks += seed_blocks(made)
    if made.measured.trials:
        blocks.append(_trials(made))
    return (*blocks, Paragraph(_ending(made)))


def mark_of(made: Reproduction) -> str:
    if made.exit_code:
        return _BAD
    return _GOOD if made.likeness in ("bit_identical", "same_predictions") else _DOUBT


def _causes(causes: Sequence[Cause], made: Reproduction) -> list[Block]:
    texts = tuple(told(cause, made.measured) for cause in causes)
    found: list[Block] = [Paragraph(f"{strong('Likely cause')}: {one}") for one in texts[:1]]
    return [*found, Paragraph("And:"), Items(texts[1:])] if len(texts) > 1 else found


def _restored(restored: Restored) -> Table:
    environment = restored.why_environment
    data = [f"{name(one.path)} is {code(one.now[:8])}, was {code(one.pinned[:8])}" for one in restored.data]
    shown = "; ".join(data[:3]) + (f"; and {len(data) - 3} more" if len(data) > 3 else "")
    rows = (
        (
            _GOOD if restored.is_same_code else _DOUBT,
            "Code and settings",
            f"commit {code(restored.commit[:12])}"
            + ("" if restored.is_same_code else ", whose fingerprint is not the registered one"),
        ),
        (
            _DOUBT if environment else _GOOD,
            "Environment",
            "today's, which is another one" if environment else "as registered",
        ),
        (_DOUBT if data else _GOOD, "Training data", shown or "as pinned"),
    )
    return Table(("", "What was restored", ""), ("left", "left", "left"), rows)


def _differences(made: Reproduction) -> Table:
    rows = tuple(_difference(one, made) for one in made.measured.differences)
    head = ("", "Metric", "Registered", "Trained again", "Improvement", "Margin")
    return Table(head, ("left", "left", "right", "right", "left", "right"), rows)


def _unsure(made: Reproduction) -> list[Block]:
    """What is not shown to differ is not shown to be alike, either."""
    open_ = [
        one for one in made.measured.differences if one.is_measured and not (one.is_beyond or one.is_within)
    ]
    if not open_:
        return []
    named = (
        f"{spoken(one.metric)}{f' on {slice_name(one.slice)}' if one.slice is not None else ''}"
        for one in open_
    )
    metrics = ", ".join(dict.fromkeys(named))
    text = f"No difference beyond the margin that these rows can show in {metrics}: it may be as large as the interval."
    return [Paragraph(text)]


def _difference(one: MetricDifference, made: Reproduction) -> tuple[str, ...]:
    scale = scale_of(one.metric, _spread(one), made)
    where = f" on {slice_name(one.slice)}" if one.slice is not None else ""
    change = "can't be measured"
    if one.improvement is not None and one.low is not None and one.high is not None:
        change = f"{scale.change(one.improvement)} ({scale.bare(one.low)} to {scale.bare(one.high)})"
    return (
        _BAD if one.is_beyond else _GOOD if one.is_within else _PLAIN if one.is_measured else _DOUBT,
        f"{title(one.metric)}{where}",
        NONE if one.registered is None else scale.value(one.registered),
        NONE if one.reproduced is None else scale.value(one.reproduced),
        change,
        scale.margin(one.margin) if one.margin else "none",
    )


def _spread(one: MetricDifference) -> float:
    return max((abs(x) for x in (one.low, one.high, one.improvement) if x is not None), default=0.0)


def _trials(made: Reproduction) -> Details:
    rows = tuple(
        (_TRIED[one.condition], number(one.trainings), _outcome(one)) for one in made.measured.trials
    )
    count = counted(made.trainings, "training")
    return Details(
        f"{strong('What was tried')}: {count} in all",
        (Table(("", "Trainings", "Came out"), ("left", "right", "left"), rows),),
    )


def _outcome(trial: Trial) -> str:
    other = "the registered model" if trial.against == "registered" else "each other"
    if trial.sameness == "failed":
        return f"failed: {prose(trial.failure)}"
    if trial.sameness == "bits":
        return f"like {other}, bit for bit"
    if trial.sameness == "answers":
        return f"other files than {other}, and the same answers"
    return f"unlike {other}"


def _ending(made: Reproduction) -> str:
    digests = f"Registered {code(shortened(made.measured.registered))}"
    if made.measured.reproduced != made.measured.registered:
        digests += f", trained again {code(shortened(made.measured.reproduced))}"
    at = made.evaluated_at[:16].replace("T", " ")
    when = f" at {at} UTC" if at and all(c in "0123456789-: " for c in at) else ""
    return f"{digests}. Reproduced{when} with ci-mlops {prose(shortened(made.tool.version))}."
