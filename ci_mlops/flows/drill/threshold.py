"""From which score on the champion decides in a drill: as it does where it is judged."""

from dataclasses import replace
from pathlib import Path

from ci_mlops.datasets.prediction_file import PredictionFile
from ci_mlops.errors import BadConfig
from ci_mlops.flows.hand_over import Side
from ci_mlops.flows.project import Project
from ci_mlops.flows.threshold import opened, thresholds_of
from ci_mlops.flows.validation import is_wanted
from ci_mlops.records import Policy


def deciding(project: Project, cache: Path, output: Path, side: Side, policy: Policy) -> PredictionFile:
    """
    The champion's predictions, which decide as the rules at hand say.

    Raises:
        BadData: a threshold is to be chosen, and the validation rows are not here, or not as they were handed over.
        BadConfig: nobody was asked for the validation rows, as base's policy chooses no threshold.
    """
    chooses = policy.threshold is not None and policy.threshold.by is not None
    if chooses and not is_wanted(project):
        raise BadConfig(
            "a threshold is to be chosen on validation rows, and the base branch's policy asks no model for them",
            where=project.config.where("threshold"),
            mend="Write the threshold as a number, `threshold: 0.2`, or drill after this edit is merged.",
        )
    decides, _ = thresholds_of(by_rules_at_hand(project), cache, output, side, None)
    champion, _ = opened(side, None, policy, decides)
    return replace(champion, title="champion")


def by_rules_at_hand(project: Project) -> Project:
    """Base's commit and rows, judged by the config of the working tree."""
    if project.base is None:
        return project
    return replace(project, base=replace(project.base, config=project.base.config and project.config))
