"""Whether what is said of rows with several labels at once fits together."""

from collections.abc import Iterator

from ci_mlops.config.draft import Draft
from ci_mlops.config.findings import Finding, close
from ci_mlops.config.marks import Loc
from ci_mlops.records.labels import SET_SEPARATOR
from ci_mlops.records.metric_names import LABEL_SETS, ONE_CLASS, SEVERAL_CLASSES, of_one_class

MOST = 50
_MEASURED = (
    "accuracy",
    *LABEL_SETS,
    *(name for name in SEVERAL_CLASSES if name.startswith(("f1_", "jaccard_", "precision_", "recall_"))),
)


def check_multilabel(draft: Draft) -> Iterator[Finding]:
    test = draft.test
    if test is None or not test.multilabel:
        return
    place: Loc = ("data", "test", "multilabel")
    if draft.task == "regression":
        yield Finding(
            loc=place,
            what="`multilabel` is for classification, and the task is regression",
            mend="Remove the line.",
        )
        return
    if not test.classes and draft.holds("data", "test", "classes"):
        yield Finding(
            loc=place,
            what="`multilabel` needs the list of all labels",
            mend="Add `classes: [billing, bug, question]`.",
        )
    if len(test.classes) > MOST:
        yield Finding(
            loc=place,
            what=f"`classes` lists {len(test.classes)} labels, and up to {MOST} can be measured at once",
            mend="Leave out the rarest, in the data too.",
        )
    for label in test.classes:
        if SET_SEPARATOR in label:
            yield Finding(
                loc=("data", "test", "classes"),
                what=f"the label `{label}` holds `{SET_SEPARATOR}`, which stands between labels",
                mend="Rename it.",
            )
    for key, there in (("group", test.group), ("time", test.time and test.time.block)):
        if there is not None:
            yield Finding(
                loc=("data", "test", key),
                what="rows that are drawn together are not yet measured where a row may carry several labels",
                mend="Remove one of the two.",
            )


def misfit_of_sets(metric: str, classes: tuple[str, ...], loc: Loc) -> Iterator[Finding]:
    base, label = of_one_class(metric)
    if label is not None and base in ONE_CLASS:
        if classes and label not in classes:
            guess = close(label, classes)
            yield Finding(
                loc=loc,
                what=f"`{metric}` asks of a class that is not in `data.test.classes`",
                mend=f"Did you mean `{base} of {guess}`?" if guess else f"Listed: {', '.join(classes)}.",
            )
    elif label is not None or base not in _MEASURED:
        one = f" or `{base} of LABEL`" if base in ONE_CLASS else ""
        yield Finding(
            loc=loc,
            what=f"`{metric}` is no metric of rows that may carry several labels at once",
            mend=f"Write one of {', '.join(sorted(_MEASURED))}{one}.",
        )
