"""Story: train, predict and judge, in one job."""

from dataclasses import replace
from pathlib import Path
from time import monotonic

from ci_mlops.flows.judge import judge
from ci_mlops.flows.predict import predict
from ci_mlops.flows.project import Project
from ci_mlops.flows.tools import Tools
from ci_mlops.flows.train import train
from ci_mlops.records import Verdict


def validate(tools: Tools, project: Project, output: Path) -> Verdict:
    """
    Raises:
        CiMlopsError: whatever keeps one of the stories from its end.
    """
    began = monotonic()
    train(tools, project, output)
    trained = monotonic()
    predict(tools, project, output)
    predicted = monotonic()
    verdict = judge(tools, project, output, isolation="process")
    timings = {
        "train": round(trained - began, 3),
        "predict": round(predicted - trained, 3),
        "judge": round(monotonic() - predicted, 3),
    }
    return replace(verdict, timings=timings)
