"""Whether a metric fits the number of classes, and which one to write instead."""

from difflib import get_close_matches

from ci_mlops.records.metric_names import FOR_SEVERAL, LABEL_SETS, ONE_CLASS, SEVERAL_CLASSES, TWO_CLASSES


def misfit(base: str, label: str | None, classes: tuple[str, ...]) -> tuple[str, str] | None:
    """What is wrong with a metric for so many classes, and the mend."""
    if label is not None:
        return _of_one(base, label, classes)
    if base in LABEL_SETS:
        return (
            "is a metric of rows that may carry several labels at once",
            "Set `multilabel: true` under `data.test` if they do; else remove it.",
        )
    if classes and base in TWO_CLASSES:
        several = [f"`{FOR_SEVERAL[base]}`"] if base in FOR_SEVERAL else []
        several += [f"`{base} of {classes[0]}`"] if base in ONE_CLASS else []
        mend = f"Write {' or '.join(several)}." if several else "Remove it."
        return f"is a metric of two classes, and `data.test.classes` lists {len(classes)}", mend
    if not classes and base in SEVERAL_CLASSES:
        two = next((name for name, meant in FOR_SEVERAL.items() if base.startswith(meant)), None)
        two = two or base.rpartition("_")[0]
        return (
            "is a metric of three or more classes, and there are two",
            f"Write `{two}`, or list three or more labels in `data.test.classes`.",
        )
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
