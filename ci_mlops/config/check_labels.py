"""What no single value of `data.test` can tell of its labels: which is the event, which there are, what they are called."""

from collections.abc import Iterator

from ci_mlops.config.data_settings import TestData
from ci_mlops.config.draft import Draft
from ci_mlops.config.findings import Finding


def check_labels(draft: Draft) -> Iterator[Finding]:
    test = draft.test
    if test is None or draft.task is None:
        return
    given = test.model_fields_set
    place = ("data", "test")
    if draft.task == "regression":
        for key in ("positive", "labels", "classes", "names"):
            if key in given:
                yield Finding(
                    loc=(*place, key),
                    what=f"`{key}` is for classification, and the task is regression",
                    mend="Remove the line.",
                )
        return
    if "unit" in given:
        yield Finding(
            loc=(*place, "unit"),
            what="`unit` is for regression, and the task is classification",
            mend="Remove the line.",
        )
    if test.classes and "positive" in given | ({"positive"} if test.labels else set()):
        yield Finding(
            loc=(*place, "classes"),
            what="`classes` lists more than two labels, and `positive` says that one is the event",
            mend="Keep one of the two.",
        )
        return
    if test.labels is not None:
        one = next(label for label, code in test.labels.items() if code == 1)
        if test.positive != one:
            yield Finding(
                loc=(*place, "positive"),
                what=f"`positive` says `{test.positive}`, `labels` says `{one}`",
                mend="Keep one of the two.",
            )
    if draft.holds(*place):
        yield from _names(test)


def _names(test: TestData) -> Iterator[Finding]:
    place = ("data", "test", "names")
    if test.classes:
        known, told = set(test.classes), "`classes` has"
    elif test.labels is not None:
        known, told = set(test.labels), "`labels` has"
    elif test.positive is None:
        known, told = {"0", "1"}, "without `positive` the labels are"
    else:
        # one other label, whatever it is called
        other = [label for label in test.names if label != test.positive]
        known, told = {test.positive, *other[:1]}, "binary labels are"
        if len(test.names) == 2 and len(other) == 2:
            yield Finding(
                loc=place,
                what=f"`names` has no word for `positive: {test.positive}`",
                mend="Name both labels.",
            )
            return
    for label in test.names:
        if label not in known:
            yield Finding(
                loc=(*place, label),
                what=f"`names` names the label `{label}`, but {told} {' and '.join(sorted(known))}",
                mend="Remove it, or mend the other.",
            )
