"""Whether a metric fits the number of classes, and which one to write instead."""

from difflib import get_close_matches

from ci_mlops.records.metric_names import (
    COUNTS_AT,
    FOR_SEVERAL,
    ONE_CLASS,
    SEVERAL_CLASSES,
    SHARES_AT,
    TASK_OF,
    TWO_CLASSES,
    as_number,
    at_name,
    at_number,
)

EXAMPLES_AT = {
    "coverage": 0.9,
    "lift": 0.1,
    "ndcg": 10,
    "pinball": 0.9,
    "precision": 0.1,
    "recall": 0.1,
    "top_accuracy": 3,
}
"""Metrics that are told a number, and one that they may be told."""


def misfit(base: str, label: str | None, classes: tuple[str, ...]) -> tuple[str, str] | None:
    """What is wrong with a metric for so many classes, and the mend."""
    if label is not None:
        return _of_one(base, label, classes)
    if classes and base in TWO_CLASSES:
        several = [f"`{FOR_SEVERAL[base]}`"] if base in FOR_SEVERAL else []
        several += [f"`{base} of {classes[0]}`"] if base in ONE_CLASS else []
        mend = f"Write {' or '.join(several)}." if several else "Remove it."
        return f"is a metric of two classes, and `data.test.classes` lists {len(classes)}", mend
    if not classes and base in SEVERAL_CLASSES:
        two = next((name for name, meant in FOR_SEVERAL.items() if base.startswith(meant)), None)
        two = two or base.rpartition("_")[0].removeprefix("top_")
        return (
            "is a metric of three or more classes, and there are two",
            f"Write `{two}`, or list three or more labels in `data.test.classes`.",
        )
    return None


def spelled(plugin: str) -> str:
    """
    As a config names it; of a metric that is told a number, with one.

    >>> spelled("lift_at"), spelled("recall")
    ('lift at 0.1', 'recall')
    """
    example = EXAMPLES_AT.get(plugin.removesuffix("_at")) if plugin.endswith("_at") else None
    return plugin if example is None else at_name(plugin, example)


def wrong_number(name: str) -> tuple[str, str] | None:
    """What is wrong with the number that a metric is told, or with its lack, and the mend."""
    base, text = at_number(name)
    if text is None:
        base = base if base in TASK_OF and not base.endswith("_at") else base.removesuffix("_at")
        example = None if base == name in TASK_OF else EXAMPLES_AT.get(base)
        return ("needs a number", f"Write `{base} at {example:g}`.") if example else None
    if base in TASK_OF and base not in EXAMPLES_AT:
        return "is told a number, and takes none", f"Write `{base}`."
    number = as_number(text)
    if number is None:
        return f"is told `{text}`, which is no number", "Write it as `lift at 0.1`."
    return _out_of_range(base, number)


def _out_of_range(base: str, number: float) -> tuple[str, str] | None:
    mend = f"Write `{base} at {EXAMPLES_AT.get(base, 1):g}`."
    if f"{base}_at" in SHARES_AT and not 0 < number < 1:
        mend = f"Did you mean `{base} at {number / 100:g}`?" if 1 < number < 100 else mend
        return "is told a number that does not lie between 0 and 1", mend
    if f"{base}_at" in COUNTS_AT and (number < 1 or number != int(number)):
        return "is told a number that is no count", mend
    return None


def _of_one(base: str, label: str, classes: tuple[str, ...]) -> tuple[str, str] | None:
    if base not in ONE_CLASS:
        return f"asks of one class, and `{base}` is of all", f"Write `{base}`, or `recall of {label}`."
    if not classes:
        return (
            "asks of one class of several, and there are two",
            f"Write `{base}`: its class is `positive`.",
        )
    if label not in classes:
        guess = next(iter(get_close_matches(label, classes, n=1)), None)
        return (
            "asks of a class that is not in `data.test.classes`",
            f"Did you mean `{base} of {guess}`?" if guess else f"Listed: {', '.join(classes)}.",
        )
    return None
