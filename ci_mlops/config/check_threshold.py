"""Whether a threshold can be had: of two classes, and where it is chosen, on rows of its own."""

from collections.abc import Iterator

from ci_mlops.config.draft import Draft
from ci_mlops.config.findings import Finding


def check_threshold(draft: Draft) -> Iterator[Finding]:
    yield from _validation(draft)
    threshold = draft.threshold
    if threshold is None:
        return
    several = draft.test is not None and bool(draft.test.classes)
    if draft.task == "regression" or several:
        has = "three or more classes" if several else "a regression"
        yield Finding(
            loc=("threshold",),
            what=f"`threshold` is for two classes, and this is {has}",
            mend="Remove the line.",
        )
        return
    if threshold.by is not None and draft.validation is None and draft.holds("data"):
        yield Finding(
            loc=("threshold",),
            what=f"`threshold: {{by: {threshold.by}}}` is chosen on validation rows, and there are none",
            mend="Add `data.validation`: rows with the columns of the test data that no model was trained on; "
            "or write the threshold as a number.",
        )
    if threshold.by == "cost" and "cost" not in draft.written:
        yield Finding(
            loc=("threshold",),
            what="`threshold: {by: cost}` needs `cost`",
            mend="Add `cost: {unit: EUR, false_negative: 500, false_positive: 20}` with your numbers.",
        )


def _validation(draft: Draft) -> Iterator[Finding]:
    """Rows that nothing is chosen on."""
    path = draft.validation
    if path is None:
        return
    place = ("data", "validation")
    if draft.test is not None and path == draft.test.path:
        yield Finding(
            loc=place,
            what="`validation` and `test` are the same rows",
            mend="A threshold that is chosen on the rows it is judged by flatters itself: split them.",
        )
    elif path in draft.train_data:
        yield Finding(
            loc=place,
            what="`validation` is among the training data",
            mend="Scores of rows that a model was trained on tell nothing: name other rows.",
        )
    if draft.holds("threshold") and (draft.threshold is None or draft.threshold.by is None):
        yield Finding(
            loc=place,
            what="`validation` is there, and nothing is chosen on it",
            mend="Add `threshold: {by: cost}` or `threshold: {by: f1}`, or remove the line.",
        )
