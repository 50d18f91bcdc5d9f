"""CODEOWNERS: who must agree to a change of which file. The last line that matches decides."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""In GitHub's order; the first that is there is the one that counts."""
LARGEST = 3 << 20
"""GitHub ignores a larger file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    number: int
    pattern: str
    owners: tuple[str, ...]
    """Empty: this line takes the owners away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owners:
    path: str
    lines: tuple[Line, ...]

    def of(self, path: str) -> Line | None:
        """The line that decides on a file, its path from the repository's top."""
        return next((line for line in reversed(self.lines) if is_owned(path, line.pattern)), None)


def read_owners(top: Path) -> Owners | None:
    place = next((name for name in PLACES if (top / name).is_file()), None)
    if place is None or (top / place).stat().st_size > LARGEST:
        return None
    text = (top / place).read_text(encoding="utf-8", errors="replace")
    return Owners(path=place, lines=tuple(parse_owners(text.splitlines())))


def parse_owners(lines: Iterable[str]) -> Iterable[Line]:
    for number, line in enumerate(lines, 1):
        words = re.sub(r"(?:^|\s)#.*", "", line).replace("\\ ", "\x00").split()
        if not words or words[0].startswith("!") or "[" in words[0]:
            continue  # GitHub skips what it has no meaning for
        yield Line(
            number=number,
            pattern=words[0].replace("\x00", " "),
            owners=tuple(word for word in words[1:] if "@" in word),
        )


def is_owned(path: str, pattern: str) -> bool:
    """
    >>> [is_owned("models/ci-mlops.yml", p) for p in ("*", "*.yml", "/models/", "models/*", "/ci-mlops.yml", "m*s/")]
    [True, True, True, True, False, True]
    """
    return bool(_pattern(pattern).fullmatch(path))


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    """As .gitignore reads it: a slash inside anchors it at the top, and a folder holds what is below it."""
    bare = pattern.strip("/")
    anchored = "/" in pattern.rstrip("/")
    wild = {"**/": "(?:.*/)?", "/**": "(?:/.*)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|/\*\*$|\*\*|\*|\?)", bare)
    text = "".join(wild.get(part, re.escape(part)) for part in parts)
    # `docs/*` is its own files, and not those of its folders
    whole = bare.endswith("/*") and not pattern.endswith("/")
    below = "/.+" if pattern.endswith("/") else "" if whole else "(?:/.+)?"
    return re.compile(("" if anchored else "(?:.*/)?") + text + below)
