"""The verdict and its report, in the folder that is handed over."""

from pathlib import Path

from ci_mlops.flows.files import write_text
from ci_mlops.records import Verdict
from ci_mlops.report import render, write_verdict


def keep_verdict(verdict: Verdict, output: Path) -> None:
    output.mkdir(parents=True, exist_ok=True)
    write_text(output / "report.md", render(verdict, "markdown"))
    # last: whoever finds a verdict finds its report
    write_verdict(output / "verdict.json", verdict)
