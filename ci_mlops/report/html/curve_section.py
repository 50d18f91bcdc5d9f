"""Which curves a verdict holds, and a sentence for those that it lacks."""

from collections.abc import Callable

from ci_mlops.records import Verdict
from ci_mlops.report.html.figures import Figure
from ci_mlops.report.html.histograms import spread
from ci_mlops.report.html.residual_plots import by_prediction, residuals
from ci_mlops.report.html.score_plots import calibration, precision_recall, roc

Plot = Callable[[Verdict], Figure | None]
_OF_SCORES: tuple[tuple[str, Plot], ...] = (
    ("ROC curve", roc),
    ("precision and recall", precision_recall),
    ("calibration", calibration),
    ("spread of scores", spread),
)
_OF_NUMBERS: tuple[tuple[str, Plot], ...] = (
    ("residuals", residuals),
    ("residuals by prediction", by_prediction),
)


def curve_figures(verdict: Verdict) -> tuple[list[Figure], list[str], str, str]:
    """Pictures, sentences for those that can't be drawn, and the section's title and finding."""
    if verdict.task == "regression":
        plots, title, why = _OF_NUMBERS, "Residuals", "this verdict holds no points of them"
    else:
        plots, title, why = _OF_SCORES, "Curves", _why(verdict)
    tried = [(name, plot(verdict)) for name, plot in plots]
    found = [one for _, one in tried if one is not None]
    lacking = [name for name, one in tried if one is None]
    lines = [f"Not drawn: {', '.join(lacking)}. For these, {why}."] if lacking else []
    drawn = ", ".join(name for name, one in tried if one is not None)
    # of a regression the title says it, and so does each picture
    return found, lines, title, "" if verdict.task == "regression" else drawn


def _why(verdict: Verdict) -> str:
    if verdict.confusion_table is not None:
        return "there must be two classes, and here are more"
    return "both models must give scores of two classes, and this verdict holds none"
