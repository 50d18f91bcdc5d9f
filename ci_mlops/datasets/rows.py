"""Count a table's rows while its bytes pass by, or take them from its footer."""

import re
from dataclasses import dataclass
from pathlib import Path

from ci_mlops.datasets.dialect import UNREADABLE, Dialect, format_of, open_bytes, read_dialect
from ci_mlops.datasets.tables import count_rows, open_parquet
from ci_mlops.errors import BadData

Shape = tuple[int | None, tuple[str, ...] | None]
"""Rows and column names, where they are known."""
UNKNOWN: Shape = (None, None)
CHUNK = 1 << 18
ODD_START = re.compile(rb"(?<=[\r\n])[^\r\n]")


@dataclass(slots=True)
class LineCount:
    """Lines that hold something, as every CSV reader of ours sees them; gives up at the first quotation mark."""

    lines: int = 0
    plain: bool = True
    last: bytes = b"\n"

    def feed(self, chunk: bytes) -> None:
        if not self.plain or b'"' in chunk:
            # a line end may belong to a cell: only a parser can tell
            self.plain = False
            return
        self.lines += self.last in b"\r\n" and chunk[:1] not in b"\r\n"
        returns = chunk.count(b"\r")
        lone = returns - chunk.count(b"\r\n") - chunk.endswith(b"\r") if returns else 0
        if lone or b"\n\n" in chunk or (returns and b"\n\r" in chunk):
            self.lines += len(ODD_START.findall(chunk))
        else:
            self.lines += chunk.count(b"\n", 0, -1)
        self.last = chunk[-1:]


def wants_lines(name: str) -> bool:
    """A plain CSV file can be counted with the same read that hashes it."""
    return format_of(name) == "csv" and not name.lower().endswith(".gz")


def shape_of(path: Path, count: LineCount | None = None) -> Shape:
    """Of a table; UNKNOWN for another file, and for a table that only its owner's code can read."""
    try:
        match format_of(path.name):
            case "csv":
                return _csv_shape(path, read_dialect(path), count)
            case "parquet":
                with open_parquet(path) as parquet:
                    return parquet.metadata.num_rows, tuple(parquet.schema_arrow.names)
            case None:
                return UNKNOWN
    except (BadData, *UNREADABLE):
        # not ours to refuse: training data is read by the team's code alone
        return UNKNOWN


def _csv_shape(path: Path, dialect: Dialect, count: LineCount | None) -> Shape:
    if count is None:
        count = LineCount()
        with open_bytes(path) as file:
            while count.plain and (chunk := file.read(CHUNK)):
                count.feed(chunk)
    if count.plain:
        return count.lines - 1, dialect.columns
    return count_rows(path), dialect.columns
