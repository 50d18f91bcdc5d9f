"""The run's own page: a file that the agent takes up and shows on the tab "Extensions"."""

import re
from pathlib import Path

from ci_mlops.platforms.azure.commands import file_command, summary_command
from ci_mlops.platforms.cut_page import cut_page
from ci_mlops.records import Publication

LIMIT = 1024 * 1024
"""Bytes. Azure DevOps names no limit; beyond this a browser takes long to show it."""
UNNAMEABLE = re.compile(r"[^A-Za-z0-9._-]+")


def summary_commands(publication: Publication, folder: Path) -> list[str]:
    """Writes the page, which is called after the model: its name is its heading. What had to be cut is kept as a file."""
    name = "-".join(part for part in ("ci-mlops", UNNAMEABLE.sub("-", publication.model)[:80]) if part)
    text = publication.summary.rstrip("\n") + "\n"
    page = folder / f"{name}.md"
    shown = cut_page(text, LIMIT)
    page.write_text(shown, encoding="utf-8", errors="replace", newline="\n")
    if shown == text:
        return [summary_command(page)]
    whole = folder / f"{name}-whole.md"
    whole.write_text(text, encoding="utf-8", errors="replace", newline="\n")
    return [summary_command(page), file_command(whole)]
