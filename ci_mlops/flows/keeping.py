"""The verdict and its report, in the folder that is handed over."""

from pathlib import Path

from ci_mlops.errors import BadData
from ci_mlops.files.replacing import replace_file
from ci_mlops.records import Verdict
from ci_mlops.report import read_verdict, render, write_verdict
from ci_mlops.report.flipped import FLIPPED, flipped_rows_of, read_flipped

VERDICT = "verdict.json"
REPORT = "report.md"
PAGE = "report.html"


def keep_verdict(verdict: Verdict, output: Path) -> None:
    replace_file(output / REPORT, render(verdict, "markdown").encode())
    drop_flipped(output, but=verdict.verdict_digest)
    flipped = flipped_rows_of(verdict, output)
    replace_file(output / PAGE, render(verdict, "html", flipped=flipped).encode())
    # last: whoever finds a verdict finds its report
    write_verdict(output / VERDICT, verdict)


def drop_verdict(output: Path) -> None:
    """
    A run that is killed leaves no verdict, and never the one of the run before it.

    Only what could be published is removed: a team's own file of that name stays.
    """
    drop_flipped(output)
    try:
        read_verdict(output / VERDICT)
    except BadData:
        return
    (output / VERDICT).unlink()
    for report in (REPORT, PAGE):
        (output / report).unlink(missing_ok=True)


def drop_flipped(output: Path, *, but: str = "") -> None:
    """Single rows that an earlier run left there, if the file is ours; `but`: not those of the verdict of this digest."""
    try:
        found = read_flipped(output / FLIPPED)
    except BadData:
        return
    if not but or found.verdict_digest != but:
        (output / FLIPPED).unlink()
