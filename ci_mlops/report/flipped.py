"""`flipped.json` <-> `records.FlippedRows`: single rows, kept beside the verdict where the policy allows it."""

import json
from pathlib import Path

import msgspec

from ci_mlops.errors import BadData
from ci_mlops.records import Verdict
from ci_mlops.records.flipped import SCHEMA, FlippedRows

FLIPPED = "flipped.json"
LARGEST = 8 * 1024 * 1024
_MEND = (
    "Make it again: `ci-mlops judge` writes it where `report.flipped_rows` of the base branch asks for it."
)


def encode_flipped(found: FlippedRows) -> bytes:
    document = msgspec.to_builtins(found)
    return (
        json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False).encode(errors="replace") + b"\n"
    )


def read_flipped(path: Path) -> FlippedRows:
    """
    Raises:
        BadData: no such file, too large, or not one of ours.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise BadData(f"flipped rows can't be read: {error.strerror}", where=str(path), mend=_MEND) from error
    if len(data) > LARGEST:
        raise BadData(f"more than the {LARGEST} bytes that are allowed", where=str(path), mend=_MEND)
    try:
        found = msgspec.json.decode(data, type=FlippedRows)
    except (ValueError, RecursionError) as error:
        raise BadData(
            f"these are no flipped rows: {str(error)[:200]}", where=str(path), mend=_MEND
        ) from error
    if found.schema != SCHEMA or any(len(row.values) != len(found.columns) for row in found.rows):
        raise BadData(
            f"these are no flipped rows that ci-mlops can read: schema `{found.schema[:80]}`, expected `{SCHEMA}`, "
            "and a value for each column",
            where=str(path),
            mend=_MEND,
        )
    return found


def flipped_rows_of(verdict: Verdict, folder: Path) -> FlippedRows | None:
    """Those beside a verdict, if they are its own."""
    try:
        found = read_flipped(folder / FLIPPED)
    except BadData:
        return None
    return found if found.verdict_digest == verdict.verdict_digest else None
