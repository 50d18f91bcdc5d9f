"""What a config says of rows that may carry several labels at once."""

import pytest

from ci_mlops.config import parse_config, policy_edits

from .conftest import CLASSIFICATION

SETS = CLASSIFICATION.replace('positive: "yes"', "classes: [bug, feature, question], multilabel: true")


def test_metrics_of_label_sets_are_the_default_and_any_may_be_named():
    plain = parse_config(SETS)
    named = parse_config(SETS + "metrics: [jaccard_samples, f1_micro, recall of bug, hamming_loss]\n")

    assert plain.metrics == ("accuracy", "f1_micro", "f1_macro", "f1_samples", "hamming_loss")
    assert plain.policy().multilabel
    assert named.metrics == ("jaccard_samples", "f1_micro", "recall of bug", "hamming_loss")
    assert "data.test.multilabel: none -> True" in policy_edits(
        parse_config(SETS.replace(", multilabel: true", "")), named
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (SETS + "metrics: [roc_auc]\n", "`roc_auc` is no metric of rows that may carry several labels at once | ci-mlops.yml:6 metrics[0]"),
        (SETS + "metrics: [recall]\n", "`recall` is no metric of rows that may carry several labels at once | ci-mlops.yml:6 metrics[0]"),
        (SETS + "metrics: [f1_micro of bug]\n", "`f1_micro of bug` is no metric of rows"),
        (SETS + "metrics: [recall of bog]\n", "`recall of bog` asks of a class that is not in `data.test.classes` | ci-mlops.yml:6 metrics[0] | Did you mean `recall of bug`?"),
        (CLASSIFICATION + "metrics: [hamming_loss]\n", "`hamming_loss` is a metric of rows that may carry several labels at once"),
        (CLASSIFICATION.replace('positive: "yes"', "multilabel: true"), "`multilabel` needs the list of all labels | ci-mlops.yml:5 data.test.multilabel"),
        (SETS.replace("question", '"a|b"'), "the label `a|b` holds `|`, which stands between labels"),
        (SETS.replace("true,", "true, group: patient,"), "rows that are drawn together are not yet measured"),
        (SETS.replace("question", ", ".join(f"t{n}" for n in range(60))), "`classes` lists 62 labels, and up to 50"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told(told, text, problem):
    (line,) = told(text)

    assert line.startswith(problem)


def test_numbers_carry_no_labels(told):
    lines = told(SETS.replace("task: classification", "task: regression"))

    assert any(line.startswith("`multilabel` is for classification") for line in lines)
