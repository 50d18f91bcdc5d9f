"""The job's summary page: a step may write 1 MiB, and a byte more loses all of it."""

from pathlib import Path

from ci_mlops.platforms.cut_page import cut_page

LIMIT = 1024 * 1024


def append_summary(path: Path, text: str) -> None:
    used = path.stat().st_size if path.exists() else 0
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(cut_page(text.rstrip("\n") + "\n\n", LIMIT - used))
