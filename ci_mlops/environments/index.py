"""Where the declaration says that packages are, for a tool that installs from the lock, which has no address."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

_FOR_PIP = {"--index": "--extra-index-url", "--default-index": "--index-url"}


def index_arguments(options: Sequence[tuple[str, Path]], environ: Mapping[str, str]) -> list[str]:
    """A folder is relative to the file that names it; `${TOKEN}` is a variable."""
    words: list[str] = []
    for option, folder in options:
        found = re.match(r"(--?[a-z-]+)(?:[ =]\s*|(?<=-[if]))?(.*)", option)
        if found is None:
            continue
        name, value = found[1], found[2].strip().strip("'\"")
        value = re.sub(r"\$\{(\w+)\}", lambda match: environ.get(match[1], match[0]), value)
        if name in ("-f", "--find-links") and "://" not in value:
            value = str(Path(folder, value))
        words += [name, value] if value else [name]
    return words


def for_pip(words: Sequence[str]) -> list[str]:
    """Uv's own options in pip's words; pip's indexes have no names."""
    told = []
    for before, word in zip(["", *words], words, strict=False):
        bare = re.sub(r"^[\w.-]+=(?=\w+://)", "", word) if before in _FOR_PIP else word
        told.append(_FOR_PIP.get(word, bare))
    return told
