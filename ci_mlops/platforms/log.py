"""
The log that a CI makes of what we print: text, except for the few lines that the CI is to obey.

Code of a change may print anything, and may reach our own output past us. GitHub's runner is made deaf with a word that
nobody knows but us; it hears again only for lines that go out in one breath with the next word. Azure's agent can't be
made deaf, so what would be a command is broken in every line.
"""

import io
import re
import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, TextIO

# a carriage return ends a line for a runner; `::` acts at the head of one, the others anywhere
_COMMAND = re.compile(r"#(?=#(?:vso)?\[)|(?:^|(?<=\r))\s*:(?=:)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fold:
    """How a log is told which lines belong together, and may be folded away."""

    begin: str
    end: str


FOLDS: Mapping[str, Fold] = {
    "github": Fold("::group::{}", "::endgroup::"),
    "azure": Fold("##[group]{}", "##[endgroup]"),
}


def around(environ: Mapping[str, str]) -> Literal["github", "azure", ""]:
    """Whose log it is, if a CI's."""
    if environ.get("GITHUB_ACTIONS") == "true":
        return "github"
    return "azure" if environ.get("TF_BUILD", "").lower() == "true" else ""


class Log(io.TextIOBase):
    """In the place of a stream: whole lines, none of which is a command, but what is said by `obeyed`."""

    def __init__(self, stream: TextIO, *, fold: Fold | None = None) -> None:
        self._stream = stream
        self._fold = fold
        self._begun = ""
        self._word = ""

    @property
    def encoding(self) -> str:  # type: ignore[override]  # of a stream it can be set, here nobody does
        return self._stream.encoding

    def isatty(self) -> bool:
        # nothing is painted over in a log, be it behind a pseudo-terminal
        return False

    def fileno(self) -> int:
        return self._stream.fileno()

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        *lines, self._begun = (self._begun + text).split("\n")
        self._stream.write("".join(f"{inert(line)}\n" for line in lines))
        return len(text)

    def flush(self) -> None:
        # half a line waits for its other half, which may make a command of it
        self._stream.flush()

    def obeyed(self, *lines: str) -> None:
        """Lines for the runner or the agent."""
        self._end_line()
        if self._word:
            before, self._word = self._word, _new_word()
            lines = (f"::{before}::", *lines, f"::stop-commands::{self._word}")
        # one write: nothing can come in between
        self._stream.write("".join(f"{line}\n" for line in lines))
        self._stream.flush()

    def deafen(self) -> None:
        self._word = _new_word()
        self._stream.write(f"::stop-commands::{self._word}\n")
        self._stream.flush()

    def finish(self) -> None:
        """What is begun is ended, and the runner hears again."""
        self._end_line()
        if self._word:
            self._stream.write(f"::{self._word}::\n")
            self._word = ""
        self._stream.flush()

    @contextmanager
    def folded(self, title: str) -> Iterator[None]:
        if self._fold is None:
            yield
            return
        self.obeyed(self._fold.begin.format(title))
        try:
            yield
        finally:
            self.obeyed(self._fold.end)

    def _end_line(self) -> None:
        if self._begun:
            self.write("\n")


def inert(line: str) -> str:
    """One line, without what a runner or an agent takes for a command."""
    return _COMMAND.sub(lambda found: f"{found[0]} ", line)


def command(line: str) -> None:
    """Say it so that it is obeyed; where nobody listens it is printed."""
    if isinstance(sys.stderr, Log):
        sys.stderr.obeyed(line)
    else:
        print(line, flush=True)  # noqa: T201 - an adapter speaks to its runner by printing


@contextmanager
def logged(environ: Mapping[str, str]) -> Iterator[None]:
    """Everything that is printed meanwhile goes through a log of ours, where a CI reads it."""
    ci = around(environ)
    if not ci:
        yield
        return
    out, err = sys.stdout, sys.stderr
    log = Log(err, fold=FOLDS[ci])
    if ci == "github":
        log.deafen()
    sys.stdout, sys.stderr = Log(out), log
    try:
        yield
    finally:
        for printed in (sys.stdout, sys.stderr):
            if isinstance(printed, Log):
                printed.finish()
        sys.stdout, sys.stderr = out, err


def _new_word() -> str:
    return f"ci-mlops-{secrets.token_hex(16)}"
