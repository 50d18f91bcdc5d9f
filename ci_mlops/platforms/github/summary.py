"""The job's summary page: a step may write 1 MiB, and a byte more loses all of it."""

from pathlib import Path

LIMIT = 1024 * 1024
CUT = "\n\n</details>\n\n**The rest of this report was cut: it is longer than GitHub shows.** `verdict.json` holds all of it.\n"


def append_summary(path: Path, text: str) -> None:
    used = path.stat().st_size if path.exists() else 0
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(cut_summary(text.rstrip("\n") + "\n\n", LIMIT - used))


def cut_summary(text: str, room: int) -> str:
    """At most `room` bytes, cut between lines, and told."""
    whole = text.encode()
    if len(whole) <= room:
        return text
    left = room - len(CUT.encode())
    if left <= 0:
        return ""
    lines = whole[:left].decode(errors="ignore").rpartition("\n")[0]
    # a table or block of code that was cut in the middle must not swallow the notice
    open_block = "\n```" if lines.count("\n```") % 2 else ""
    return lines[: len(lines) - len(open_block)] + open_block + CUT
