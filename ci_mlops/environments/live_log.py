"""What the team's commands print: shown as it comes, kept in a file, and harmless to the CI that reads it."""

import re
import time
import unicodedata
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

LONGEST_LINE = 2_000
LARGEST_LOG = 10_000_000
TAIL_LINES = 20
_CHUNK = 65_536
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")


def harmless(line: str) -> str:
    """
    One line without terminal codes, and without anything that a CI takes for a command.

    >>> harmless("::set-output name=verdict::passed"), harmless("a ##vso[task.complete]")
    (': :set-output name=verdict::passed', 'a # #vso[task.complete]')
    """
    whole = len(line)
    line = _ESCAPES.sub("", line[: 2 * LONGEST_LINE])
    if not (line.isascii() and line.isprintable()):
        line = "".join(_visible(character) for character in line)
    # Azure and the first GitHub syntax act anywhere in a line, `::` at its beginning only
    line = line.replace("##", "# #")
    if line.lstrip().startswith("::"):
        line = line.replace("::", ": :", 1)
    if whole <= 2 * LONGEST_LINE and len(line) <= LONGEST_LINE:
        return line
    return f"{line[:LONGEST_LINE]} [... {whole} characters]"


def _visible(character: str) -> str:
    if character == "\t":
        return "    "
    return "\ufffd" if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") else character


class LiveLog:
    """Copies a pipe to a file and to `say`, line by line, each with the seconds since the start."""

    def __init__(self, path: Path, say: Callable[[str], None]) -> None:
        self._last: deque[bytes] = deque(maxlen=TAIL_LINES)
        self._path = path
        self._say = say
        self._started = time.monotonic()
        self._room = LARGEST_LOG

    @property
    def tail(self) -> tuple[str, ...]:
        return tuple(_readable(raw) for raw in self._last)

    def copy(self, pipe: BinaryIO) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        pending = b""
        with self._path.open("w", encoding="utf-8") as file:
            while chunk := pipe.read1(_CHUNK):  # type: ignore[attr-defined]  # a BufferedReader, as Popen opens it
                *lines, pending = (pending + chunk).split(b"\n")
                if len(pending) > _CHUNK:  # a progress bar, or a line without end
                    lines.append(pending)
                    pending = b""
                self._keep(lines, file.write)
                file.flush()
            if pending:
                self._keep([pending], file.write)

    def _keep(self, lines: list[bytes], write: Callable[[str], object]) -> None:
        self._last.extend(lines)
        for raw in lines:
            if (
                self._room <= 0
            ):  # nothing but the last lines is wanted any more, and those are made harmless when asked
                return
            shown = f"{time.monotonic() - self._started:7.1f}s | {_readable(raw)}"
            self._room -= len(shown) + 1
            if self._room <= 0:
                shown = f"[the log is cut here: {LARGEST_LOG // 1_000_000} MB]"
            write(shown + "\n")
            self._say(shown)


def _readable(raw: bytes) -> str:
    # a carriage return paints over what was there: keep what a terminal would show last
    return harmless(raw.rstrip(b"\r").rpartition(b"\r")[2].decode("utf-8", errors="replace"))
