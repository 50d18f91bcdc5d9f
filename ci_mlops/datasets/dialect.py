"""How a table is written: CSV or Parquet, which separator, which columns. Read from the first line, never guessed later."""

import csv
import gzip
import io
import re
import zlib
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from ci_mlops.errors import BadData

Format = Literal["csv", "parquet"]

CSV_ENDINGS = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
PARQUET_ENDINGS = (".parquet", ".pq")
DELIMITERS = (",", ";", "\t")
HEADER_LIMIT = 1 << 20
FIELD_LIMIT = 8 << 20
"""Characters in one cell; a longer one is a quotation mark that nobody closed."""
UNREADABLE = (OSError, EOFError, zlib.error)
"""What reading a file that may be compressed can raise."""
NOT_UTF8 = "Save it as UTF-8: `iconv -f latin1 -t utf-8` if it is Latin-1, then `ci-mlops pin`."
QUOTED = re.compile(r'"[^"]*"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    delimiter: str
    columns: tuple[str, ...]
    marked: bool
    """The file begins with a byte order mark."""
    line_end: str
    """Of the header; empty where nothing follows it."""


def format_of(name: str) -> Format | None:
    name = name.lower()
    if name.endswith(CSV_ENDINGS):
        return "csv"
    return "parquet" if name.endswith(PARQUET_ENDINGS) else None


def known_format(path: Path) -> Format:
    known = format_of(path.name)
    if known is None:
        raise BadData(
            f"{path.name} is no table that can be read",
            where=str(path),
            mend=f"Known endings: {', '.join(CSV_ENDINGS + PARQUET_ENDINGS)}.",
        )
    return known


def open_bytes(path: Path) -> gzip.GzipFile | io.BufferedReader:
    if path.name.lower().endswith(".gz"):
        return gzip.open(path, "rb")
    return path.open("rb")


def read_dialect(path: Path) -> Dialect:
    """
    Separator and column names of a CSV file.

    Raises:
        BadData: not UTF-8, no header, or a first line past all sense.
    """
    try:
        with open_bytes(path) as file:
            start = file.read(HEADER_LIMIT)
    except UNREADABLE as error:
        raise BadData(f"{path.name} can't be read: {error}", where=str(path)) from error
    marked = start.startswith(b"\xef\xbb\xbf")
    header, line_end = _first_record(start[3:] if marked else start, path)
    delimiter = _delimiter(header, path)
    columns = tuple(next(csv.reader(io.StringIO(header, newline=""), delimiter=delimiter)))
    return Dialect(delimiter=delimiter, columns=columns, marked=marked, line_end=line_end)


def did_you_mean(column: str, columns: tuple[str, ...]) -> str:
    stripped = {name.strip().lower(): name for name in columns}
    close = get_close_matches(column.lower(), stripped, n=1)
    hint = f"Did you mean `{stripped[close[0]]}`? " if close else ""
    shown = ", ".join(columns[:20]) + (", ..." if len(columns) > 20 else "")
    return f"{hint}Columns: {shown}."


def check_columns(path: Path, columns: tuple[str, ...], wanted: tuple[str, ...]) -> None:
    """
    Raises:
        BadData: a wanted column is missing, or there twice.
    """
    for column in wanted:
        if column not in columns:
            raise BadData(
                f"{path.name} has no column `{column}`", where=str(path), mend=did_you_mean(column, columns)
            )
        if columns.count(column) > 1:
            raise BadData(
                f"{path.name} has {columns.count(column)} columns named `{column}`",
                where=f"{path}:1",
                mend="Rename all but one.",
            )


def _first_record(start: bytes, path: Path) -> tuple[str, str]:
    quoted = False
    # blank lines are skipped by every CSV reader that we use
    start = start.lstrip(b"\r\n")
    for mark in re.finditer(rb'["\r\n]', start):
        if mark.group() == b'"':
            quoted = not quoted
        elif not quoted:
            line_end = "\r\n" if start[mark.start() : mark.start() + 2] == b"\r\n" else mark.group().decode()
            return _text(start[: mark.start()], path), line_end
    if quoted or len(start) >= HEADER_LIMIT - 3:
        raise BadData(
            f"{path.name} has no end of its first line",
            where=f"{path}:1",
            mend="Close the quotation mark, or check that this is a CSV file.",
        )
    if not start:
        raise BadData(f"{path.name} has no header", where=f"{path}:1", mend="Write the column names first.")
    return _text(start, path), ""


def _text(header: bytes, path: Path) -> str:
    try:
        return header.decode()
    except UnicodeDecodeError as error:
        raise BadData(
            f"{path.name} is not UTF-8",
            where=f"{path}:1",
            mend=NOT_UTF8,
        ) from error


def _delimiter(header: str, path: Path) -> str:
    bare = QUOTED.sub("", header)
    counts = {delimiter: bare.count(delimiter) for delimiter in DELIMITERS}
    if not any(counts.values()):
        return "\t" if ".tsv" in path.name.lower() else ","
    return max(counts, key=lambda delimiter: counts[delimiter])
