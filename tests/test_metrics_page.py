"""The page of metrics is what the metrics themselves say."""

from pathlib import Path

from ci_mlops.records.metric_names import TASK_OF
from ci_mlops.report.words import TITLES
from docs.metrics_page import page

ROOT = Path(__file__).parents[1]


def test_the_page_of_metrics_is_made_of_the_metrics():
    written = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")

    assert written == page(), "run: python docs/metrics_page.py > docs/metrics.md"


def test_every_metric_has_a_title_in_words():
    assert set(TASK_OF) == set(TITLES)
