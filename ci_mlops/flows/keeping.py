"""The verdict and its report, in the folder that is handed over."""

from pathlib import Path

from ci_mlops.files.replacing import replace_file
from ci_mlops.records import Verdict
from ci_mlops.report import render, write_verdict


def keep_verdict(verdict: Verdict, output: Path) -> None:
    replace_file(output / "report.md", render(verdict, "markdown").encode())
    # last: whoever finds a verdict finds its report
    write_verdict(output / "verdict.json", verdict)
