"""`verdict.json` <-> `records.Verdict`: strict about types, deaf to unknown keys, sealed by a digest."""

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from ci_mlops.errors import BadData
from ci_mlops.files.replacing import replace_file
from ci_mlops.records import SCHEMA, Verdict

LARGEST = 8 * 1024 * 1024
# what may differ between two runs that came to the same verdict
UNSEALED = ("verdict_digest", "timings", "tool", "evaluated_at")
# left out where there is none: a verdict of two classes, no weights and no drill reads as it always did
_RARE = (
    "confusion_table",
    "flips",
    "weighting",
    "grouping",
    "threshold",
    "search",
    "proof",
    "drill",
    "custom_metrics",
    "for_information",
)
_RARE_OF_A_CHANGE = ("forge", "asked", "labels", "draft", "closed")
_RARE_OF_PARTS = ("champion_rows", "candidate_rows", "items", "left_out", "commits")
_LONGEST_COUNT = 18
MEND = "Make it again: `ci-mlops judge` or `ci-mlops compare` writes it; it is not meant to be edited."


def encode(verdict: Verdict) -> bytes:
    """Readable JSON, one key a line, in the record's own order."""
    text = json.dumps(_builtins(verdict), indent=2, ensure_ascii=False, allow_nan=False)
    # a file name may hold bytes that no Unicode text can
    return text.encode("utf-8", errors="replace") + b"\n"


def decode(data: bytes, *, where: str = "verdict.json") -> Verdict:
    """
    Read a verdict; keys that this version does not know are ignored.

    Raises:
        BadData: too large, not JSON, another schema, a wrong type; names the place in the document.
    """
    if len(data) > LARGEST:
        raise BadData(
            f"a verdict of {len(data)} bytes is larger than the {LARGEST} allowed", where=where, mend=MEND
        )
    try:
        schema = msgspec.json.decode(data, type=_Head).schema
        if schema != SCHEMA:
            raise BadData(
                f"this is not a verdict that ci-mlops can read: schema `{schema[:80]}`, expected `{SCHEMA}`",
                where=where,
                mend="Read it with the version of ci-mlops that wrote it.",
            )
        document = _document(data)
        if document.get("drill") is False:
            # so the first versions said that there was none
            del document["drill"]
            data = json.dumps(document).encode()
        return msgspec.json.decode(data, type=Verdict)
    except (ValueError, RecursionError) as error:
        what, _, path = str(error).partition(" - at ")
        place = f"{where} {path.strip('`')}" if path else where
        raise BadData(f"this is not a verdict: {what[:200]}", where=place, mend=MEND) from error


def seal(verdict: Verdict) -> Verdict:
    """The same verdict with its digest."""
    # through the file's form first: the digest is of what a reader will find, 5 in a float's place becomes 5.0
    settled = msgspec.json.decode(encode(verdict), type=Verdict)
    return replace(settled, verdict_digest=_digest(_builtins(settled)))


def write_verdict(path: Path, verdict: Verdict) -> None:
    """Seal and write; a killed job leaves the old file or the new one."""
    replace_file(path, encode(seal(verdict)))


def read_verdict(path: Path) -> Verdict:
    """
    Read a verdict and check that it is the one that was sealed.

    Raises:
        BadData: no such file, not a verdict, or changed after it was written.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise BadData(f"the verdict can't be read: {error.strerror}", where=str(path), mend=MEND) from error
    return unseal(data, where=str(path))


def unseal(data: bytes, *, where: str) -> Verdict:
    """
    Raises:
        BadData: not a verdict, or changed after it was written.
    """
    verdict = decode(data, where=where)
    # over the document, not the record: a newer version's extra keys are sealed too
    if verdict.verdict_digest != _digest(_document(data)):
        raise BadData(
            "the verdict does not match its own digest: it was changed after it was written",
            where=f"{where} $.verdict_digest",
            mend=MEND,
        )
    return verdict


class _Head(msgspec.Struct):
    schema: str


def _builtins(verdict: Verdict) -> dict[str, Any]:
    document: dict[str, Any] = msgspec.to_builtins(verdict)
    for key in _RARE:
        if not document[key]:
            del document[key]
    if document["rows"] is not None and not document["rows"]["lost_parts"]:
        del document["rows"]["lost_parts"]
    _drop_usual(document)
    document["changed"] = [
        {key: value for key, value in part.items() if value or key not in _RARE_OF_PARTS}
        for part in document["changed"]
    ]
    for gate in document["gates"]:
        if gate["waiver"] is None:
            del gate["waiver"]
    if document["policy"] is not None and document["policy"]["rules"] is None:
        for key in ("rules", "level", "power"):
            del document["policy"][key]
    return document


def _drop_usual(document: dict[str, Any]) -> None:
    """What holds unless a pull request is told of otherwise."""
    if document["comment"] == "each":
        del document["comment"]
    if document["pictures"]:
        del document["pictures"]
    for key in _RARE_OF_A_CHANGE if document["change"] is not None else ():
        if not document["change"][key]:
            del document["change"][key]


def _document(data: bytes) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(data, parse_int=_count)
    return document


def _count(digits: str) -> int:
    # nobody has counted this far; arithmetic on it would only end in an overflow somewhere
    if len(digits) > _LONGEST_COUNT:
        raise ValueError(f"a count of {len(digits)} digits")
    return int(digits)


def _digest(document: dict[str, Any]) -> str:
    kept = {key: value for key, value in document.items() if key not in UNSEALED}
    text = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return f"sha256:{sha256(text.encode('utf-8', errors='replace')).hexdigest()}"
