"""Where the declaration says that packages are, for a tool that installs from the lock, which has no address."""

from collections.abc import Mapping, Sequence
from pathlib import Path


def index_arguments(options: Sequence[tuple[str, Path]], environ: Mapping[str, str]) -> list[str]:
    """A folder is relative to the file that names it; `${TOKEN}` is a variable."""
    words: list[str] = []
    for option, folder in options:
        name, _, value = (
            option.replace("=", " ", 1).partition(" ") if option.startswith("--") else option.partition(" ")
        )
        for variable, known in environ.items():
            value = value.replace(f"${{{variable}}}", known)
        value = value.strip().strip("'\"")
        if name in ("-f", "--find-links") and "://" not in value:
            value = str(Path(folder, value))
        words += [name, value] if value else [name]
    return words
