"""What the reader's terminal can show."""

import os
import shutil
import sys

WIDTH = 100
"""Where nobody says: a file, a pipe, the log of a CI."""


def width() -> int:
    return shutil.get_terminal_size(fallback=(WIDTH, 24)).columns


def colour() -> bool:
    """NO_COLOR, then FORCE_COLOR or CLICOLOR_FORCE, then what the terminal is."""
    environ = os.environ
    if environ.get("NO_COLOR"):
        return False
    if any(environ.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    if environ.get("TERM") == "dumb" or environ.get("CLICOLOR") == "0":
        return False
    return sys.stdout.isatty()
