"""What a plain YAML word means, by the core schema of YAML 1.2: `yes`, `no`, `on` and dates stay text."""

import re

Scalar = str | int | float | bool | None

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_ODD = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_LONGEST_INT = 18


def resolve(text: str) -> Scalar:
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text):
        # Python refuses to read very long integers, and none of ours needs more than a float holds
        return _integer(text) if len(text) <= _LONGEST_INT else _long(text)
    if _FLOAT.fullmatch(text) or _ODD.fullmatch(text):
        # Python says `inf` and `nan` where YAML says `.inf` and `.NaN`
        return float(text if _FLOAT.fullmatch(text) else text.replace(".", ""))
    return text


def _integer(text: str) -> int:
    # int(text, 0) would refuse `007`
    base = {"0o": 8, "0x": 16}.get(text[:2], 10)
    return int(text if base == 10 else text[2:], base)


def _long(text: str) -> float | str:
    return text if text[:2] in ("0o", "0x") else float(text)
