"""The digest of a whole data set."""

from ci_mlops.files.digest import sum_of_sums
from ci_mlops.records import FilePin


def data_digest(pins: tuple[FilePin, ...]) -> str:
    """Hex digest of a data set: of one file its own, of several that of their `sha256sum` lines."""
    if len(pins) == 1:
        return pins[0].sha256
    return sum_of_sums((pin.path, pin.sha256) for pin in pins)
