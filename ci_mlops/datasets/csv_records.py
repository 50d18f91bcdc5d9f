"""Take a column out of a CSV file, and leave every other byte of its rows alone."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ci_mlops.datasets.csv_faults import open_quote, row_fault
from ci_mlops.datasets.dialect import FIELD_LIMIT, UNREADABLE, Dialect, open_bytes
from ci_mlops.errors import BadData

CHUNK = 1 << 20
MARK = b"\xef\xbb\xbf"


class UnclosedQuote(Exception):
    pass


def write_without(path: Path, dialect: Dialect, *, drop: int, out: BinaryIO, header: bool) -> int:
    """
    Append a file's records to `out` without one column; returns the number of rows.

    Raises:
        BadData: a row with another number of cells than the header, a quotation mark that nobody closes.
    """
    columns = len(dialect.columns)
    delimiter = dialect.delimiter.encode()
    line_end = dialect.line_end.encode() or b"\n"
    rows = -1
    line = 1
    try:
        for record, raw in _records(path, delimiter):
            start, line = line, line + _line_ends(raw)
            if not record:
                continue
            if len(record) != columns:
                fault = row_fault(path, start, [""] * len(record), columns)
                raise fault or AssertionError(record)
            rows += 1
            if rows == 0 and not header:
                continue
            del record[drop]
            # one empty cell alone would be a blank line, which readers skip
            text = delimiter.join(record) or b'""'
            out.write(text + (_end_of(raw) or line_end))
    except UnclosedQuote as error:
        raise open_quote(path, line) from error
    except UNREADABLE as error:
        raise BadData(f"{path.name} can't be read: {error}", where=str(path)) from error
    return rows


def cells_of(path: Path, delimiter: bytes) -> list[list[bytes]]:
    """Of a whole file that `write_without` wrote: raw cells, the header's first; all in memory."""
    return [cells for cells, _ in _records(path, delimiter) if cells]


def _records(path: Path, delimiter: bytes) -> Iterator[tuple[list[bytes], bytes]]:
    """Raw cells of each record, quotation marks and all, with the record's bytes; no cells: a blank line."""
    lines = _lines(path)
    rest = re.compile(rb"[^\r\n" + re.escape(delimiter) + rb"]*")
    for line in lines:
        bare = line.rstrip(b"\r\n")
        if not bare:
            yield [], line
        elif b'"' not in line:
            yield bare.split(delimiter), line
        else:
            yield _quoted_record(line, lines, delimiter, rest)


def _quoted_record(
    line: bytes, lines: Iterator[bytes], delimiter: bytes, rest: re.Pattern[bytes]
) -> tuple[list[bytes], bytes]:
    record = bytearray(line)
    cells: list[bytes] = []
    at = 0
    while True:
        start = at
        if record[at : at + 1] == b'"':
            at = _after_quote(record, at + 1, lines)
        # as in the csv module: what follows a closing mark belongs to the cell, marks and all
        found = rest.match(record, at)
        at = found.end() if found else at
        cells.append(bytes(record[start:at]))
        if record[at : at + 1] != delimiter:
            return cells, bytes(record)
        at += 1


def _after_quote(record: bytearray, at: int, lines: Iterator[bytes]) -> int:
    """Where a quoted cell ends; takes more lines into the record as long as it does not."""
    while True:
        mark = record.find(b'"', at)
        if mark < 0:
            at = len(record)
            more = next(lines, None)
            if more is None or at > FIELD_LIMIT:
                raise UnclosedQuote
            record += more
        elif record[mark + 1 : mark + 2] == b'"':
            at = mark + 2
        else:
            return mark + 1


def _lines(path: Path) -> Iterator[bytes]:
    """With their ends: LF, CRLF or CR."""
    with open_bytes(path) as file:
        held = file.read(len(MARK)).removeprefix(MARK)
        while chunk := file.read(CHUNK):
            if len(held) > FIELD_LIMIT:
                raise UnclosedQuote
            *lines, held = (held + chunk).splitlines(keepends=True)
            # the second half of its end may come with the next chunk
            if held.endswith(b"\n"):
                lines.append(held)
                held = b""
            yield from lines
        yield from held.splitlines(keepends=True)


def _end_of(raw: bytes) -> bytes:
    if raw.endswith(b"\r\n"):
        return b"\r\n"
    return raw[-1:] if raw.endswith((b"\r", b"\n")) else b""


def _line_ends(raw: bytes) -> int:
    return raw.count(b"\n") + raw.count(b"\r") - raw.count(b"\r\n")
