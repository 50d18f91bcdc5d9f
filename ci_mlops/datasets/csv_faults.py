"""Which line of a CSV file is broken, and how."""

import csv
import io
from pathlib import Path

from ci_mlops.datasets.dialect import FIELD_LIMIT, NOT_UTF8, UNREADABLE, Dialect, open_bytes
from ci_mlops.errors import BadData


def broken_csv(path: Path, dialect: Dialect, reason: str) -> BadData:
    """Find the line that a reader stumbled over: read again, slowly, as it happens once."""
    fallback = BadData(f"{path.name} is not a readable CSV file: {reason.splitlines()[0]}", where=str(path))
    try:
        return _first_fault(path, dialect) or fallback
    except UNREADABLE:
        # a broken gzip stream: there is no line to name
        return fallback


def _first_fault(path: Path, dialect: Dialect) -> BadData | None:
    csv.field_size_limit(FIELD_LIMIT)
    with open_bytes(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
        reader = csv.reader(text, delimiter=dialect.delimiter)
        start = 1
        try:
            for row in reader:
                fault = row_fault(path, start, row, len(dialect.columns))
                if fault:
                    return fault
                start = reader.line_num + 1
        except csv.Error:
            return open_quote(path, start)
    return None


def row_fault(path: Path, line: int, row: list[str], expected: int) -> BadData | None:
    if any(not cell.isascii() and any("\udc80" <= letter <= "\udcff" for letter in cell) for cell in row):
        return BadData(f"{path.name} is not UTF-8", where=f"{path}:{line}", mend=NOT_UTF8)
    if row and len(row) != expected:
        return BadData(
            f"{path.name} has a row of {len(row)} cells under a header of {expected}",
            where=f"{path}:{line}",
            mend="Quote a cell that holds the separator, or mend the row; then `ci-mlops pin`.",
        )
    return None


def open_quote(path: Path, line: int) -> BadData:
    return BadData(
        f"{path.name} has a cell of more than {FIELD_LIMIT >> 20} MiB or a quotation mark that nobody closes",
        where=f"{path}:{line}",
        mend="Close the quotation mark that opens here, then `ci-mlops pin`.",
    )
