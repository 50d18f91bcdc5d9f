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
    line = _ESCAPES.sub("", line)
    if not (line.isascii() and line.isprintable()):
        line = "".join(_visible(character) for character in line)
    # Azure and the first GitHub syntax act anywhere in a line, `::` at its beginning only
    line = line.replace("##", "# #")
    if line.lstrip().startswith("::"):
        line = line.replace("::", ": :", 1)
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]} [... {len(line)} characters]"


def _visible(character: str) -> str:
    if character == "\t":
        return "    "
    return "\ufffd" if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") else character


class LiveLog:
    """Copies a pipe to a file and to `say`, line by line, each with the seconds since the start."""

    def __init__(self, path: Path, say: Callable[[str], None]) -> None:
        self.tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._path = path
        self._say = say
        self._started = time.monotonic()
        self._room = LARGEST_LOG

    def copy(self, pipe: BinaryIO) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        pending = b""
        with self._path.open("w", encoding="utf-8") as file:
            while chunk := pipe.read1(_CHUNK):  # type: ignore[attr-defined]  # a BufferedReader, as Popen opens it
                *lines, pending = (pending + chunk).split(b"\n")
                for line in lines:
                    self._keep(line, file.write)
                if len(pending) > _CHUNK:  # a progress bar, or a line without end
                    self._keep(pending, file.write)
                    pending = b""
                file.flush()
            if pending:
                self._keep(pending, file.write)

    def _keep(self, raw: bytes, write: Callable[[str], object]) -> None:
        # a carriage return paints over what was there: keep what a terminal would show last
        text = raw.decode("utf-8", errors="replace").rstrip("\r").rpartition("\r")[2]
        line = harmless(text)
        self.tail.append(line)
        if self._room <= 0:
            return
        shown = f"{time.monotonic() - self._started:7.1f}s | {line}"
        self._room -= len(shown) + 1
        if self._room <= 0:
            shown = f"[the log is cut here: {LARGEST_LOG // 1_000_000} MB]"
        write(shown + "\n")
        self._say(shown)
