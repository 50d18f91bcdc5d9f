"""Content that git knows by a pointer of LFS alone: the pointer names it by the very digest that a pin has."""

import re
from hashlib import sha256
from pathlib import Path

from ci_mlops.files.digest import file_digest

_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v\d+\n(?:[^\n]*\n)*?oid sha256:([0-9a-f]{64})\n"
)
_LARGEST = 1024


def digest_told(place: Path) -> str:
    """SHA-256, hex, of the file; of a pointer, that of the content that it stands for."""
    return told_by(place.read_bytes()) if place.stat().st_size <= _LARGEST else file_digest(place)


def told_by(content: bytes) -> str:
    """As `digest_told`, of bytes."""
    pointer = _POINTER.match(content)
    return pointer[1].decode() if pointer else sha256(content).hexdigest()
