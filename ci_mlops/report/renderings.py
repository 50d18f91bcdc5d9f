"""One verdict, five dialects; each pays for its own imports only."""

import shlex
from pathlib import Path
from typing import Literal, get_args

from ci_mlops.records import Change, Verdict
from ci_mlops.records.flipped import FlippedRows
from ci_mlops.report.codec import encode
from ci_mlops.report.document import COMMENT, FULL, TERMINAL, document
from ci_mlops.report.headline import MARKS, headline
from ci_mlops.report.inline import code, to_terminal

Format = Literal["terminal", "markdown", "github", "html", "json"]
FORMATS: tuple[Format, ...] = get_args(Format)

LARGEST_COMMENT = 65_000
"""UTF-8 bytes; GitHub refuses a body above 65 536 characters."""
LARGEST_SUMMARY = 1024 * 1024 - 1024

_CUT_COMMENT = (
    "Some details were left out to fit into a comment; the full report is in the run's summary and artifact."
)
_CUT_SUMMARY = "Some details were left out to fit into a summary; all of them are in `verdict.json`."


def render(
    verdict: Verdict,
    format: Format,  # noqa: A002 - the option's name
    *,
    width: int = 100,
    colour: bool = False,
    file: Path | None = None,
    flipped: FlippedRows | None = None,
) -> str:
    """One verdict in one dialect; width, colour and the file that holds it are the terminal's, flipped rows the page's."""
    if format == "json":
        return encode(verdict).decode()
    if format == "github":
        return comment(verdict)
    if format == "html":
        from ci_mlops.report.html import to_page

        return to_page(verdict, flipped)
    if format == "markdown":
        from ci_mlops.report.markdown import to_github

        return to_github(document(verdict, FULL), largest=LARGEST_SUMMARY, left_out=_CUT_SUMMARY)
    return _terminal(verdict, width=width, colour=colour, file=file)


def comment(verdict: Verdict, change: Change | None = None) -> str:
    """The sticky comment, with the marker that the next run finds it by."""
    from ci_mlops.report.markdown import to_github
    from ci_mlops.report.marker import marker

    end = marker(verdict.model, change or verdict.change or Change(platform="", event="local"))
    return to_github(document(verdict, COMMENT), largest=LARGEST_COMMENT, left_out=_CUT_COMMENT, end=end)


def _terminal(verdict: Verdict, *, width: int, colour: bool, file: Path | None) -> str:
    from ci_mlops.report.terminal import bold, to_text

    text = to_text(document(verdict, TERMINAL), width=width, colour=colour)
    last = to_terminal(f"{MARKS[verdict.verdict]} {headline(verdict)} (exit code {verdict.exit_code})")
    return f"{text}\n\n{bold(last, colour=colour)}\n{to_terminal(_next(verdict, file))}\n"


def _next(verdict: Verdict, file: Path | None) -> str:
    """The command that a reader wants now."""
    if verdict.verdict == "not_evaluated":
        return "next: mend the cause above, then run the same command again"
    if (
        verdict.verdict == "passed"
        and verdict.next_stage
        and verdict.change
        and verdict.change.event == "push"
    ):
        return f"next: {code('ci-mlops register')}"
    if verdict.exit_code:
        return f"next: {code('ci-mlops validate')}, after the mend"
    if file is None:
        return f"next: the same command with {code('--format markdown')} shows the full report"
    return f"next: {code(f'ci-mlops report {shlex.quote(str(file))} --format markdown')}"
