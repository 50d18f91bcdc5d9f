"""One verdict in every dialect; each pays for its own imports only."""

import shlex
from pathlib import Path
from typing import Literal, get_args

from ci_mlops.records import Change, Verdict
from ci_mlops.records.flipped import FlippedRows
from ci_mlops.report.codec import encode
from ci_mlops.report.document import COMMENT, FULL, TERMINAL, UNFOLDED, document
from ci_mlops.report.for_information import run_again
from ci_mlops.report.headline import headline, mark
from ci_mlops.report.image import ROOM, Image, below_the_table
from ci_mlops.report.inline import code, commands_escaped, to_terminal

Format = Literal["terminal", "markdown", "github", "azure", "html", "json"]
FORMATS: tuple[Format, ...] = get_args(Format)
Markup = Literal["github", "azure"]
"""Whose Markdown."""

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
        return commands_escaped(encode(verdict).decode())
    if format in ("github", "azure"):
        return comment(verdict, markup=format)
    if format == "html":
        from ci_mlops.report.html import to_page

        return to_page(verdict, flipped)
    if format == "markdown":
        return summary(verdict)
    return _terminal(verdict, width=width, colour=colour, file=file)


def comment(
    verdict: Verdict, change: Change | None = None, *, markup: Markup = "github", image: Image | None = None
) -> str:
    """The sticky comment, with the marker that the next run finds it by; an image is for who can fill its place."""
    from ci_mlops.report.markdown import to_dialect, to_github
    from ci_mlops.report.marker import marker

    end = marker(verdict.model, change or verdict.change or Change(platform="", event="local"))
    blocks = document(verdict, COMMENT)
    if markup == "azure":
        from ci_mlops.report.azure import CUT_THREAD, LARGEST_THREAD, THREAD

        shown = below_the_table(blocks, image)
        room = LARGEST_THREAD - (ROOM if image is not None else 0)
        return to_dialect(shown, THREAD, largest=room, left_out=CUT_THREAD, end=end)
    return to_github(blocks, largest=LARGEST_COMMENT, left_out=_CUT_COMMENT, end=end)


def summary(verdict: Verdict, *, markup: Markup = "github") -> str:
    """The full report: GitHub's job summary and `report.md`, or the page of a run on Azure."""
    from ci_mlops.report.markdown import to_dialect, to_github

    if markup == "azure":
        from ci_mlops.report.azure import RUN_PAGE

        return to_dialect(
            document(verdict, UNFOLDED), RUN_PAGE, largest=LARGEST_SUMMARY, left_out=_CUT_SUMMARY
        )
    return to_github(document(verdict, FULL), largest=LARGEST_SUMMARY, left_out=_CUT_SUMMARY)


def _terminal(verdict: Verdict, *, width: int, colour: bool, file: Path | None) -> str:
    from ci_mlops.report.terminal import bold, to_text

    text = to_text(document(verdict, TERMINAL), width=width, colour=colour)
    last = to_terminal(f"{mark(verdict)} {headline(verdict)} (exit code {verdict.exit_code})")
    return f"{text}\n\n{bold(last, colour=colour)}\n{to_terminal(_next(verdict, file))}\n"


def _next(verdict: Verdict, file: Path | None) -> str:
    """The command that a reader wants now."""
    if verdict.for_information and (again := run_again(verdict)):
        return f"next: {code(again)}, by a maintainer who has read the change"
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
