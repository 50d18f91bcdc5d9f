"""Files that are whole or absent: a killed job leaves what was there before, or what was meant."""

import os
from pathlib import Path


def write_bytes(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    beside.write_bytes(content)
    beside.replace(path)


def write_text(path: Path, content: str) -> None:
    write_bytes(path, content.encode())
