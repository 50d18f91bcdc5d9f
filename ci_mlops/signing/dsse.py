"""DSSE: a text with its type and its signatures, in one line of JSON. https://github.com/secure-systems-lab/dsse"""

import json
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from dataclasses import dataclass

from ci_mlops.signing.keys import PublicKey, SigningKey

LARGEST = 16 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    payload: bytes
    by: PublicKey
    """Whose signature was found good."""


def pae(kind: str, payload: bytes) -> bytes:
    """
    What is signed: the type too, so that a text can't be taken for one of another kind.

    >>> pae("http://example.com/HelloWorld", b"hello world")
    b'DSSEv1 29 http://example.com/HelloWorld 11 hello world'
    """
    named = kind.encode()
    return b"DSSEv1 %d %b %d %b" % (len(named), named, len(payload), payload)


def seal(kind: str, payload: bytes, key: SigningKey) -> bytes:
    signature = {"keyid": key.id, "sig": b64encode(key.sign(pae(kind, payload))).decode()}
    envelope = {"payload": b64encode(payload).decode(), "payloadType": kind, "signatures": [signature]}
    return json.dumps(envelope, separators=(",", ":")).encode() + b"\n"


def unseal(kind: str, envelope: bytes, keys: Sequence[PublicKey]) -> Opened | str:
    """
    The payload, if one of the keys has signed it; else why it is not to be used.

    The name of a key in the envelope is anybody's word, so every key is tried.
    """
    if len(envelope) > LARGEST:
        return f"it is larger than {LARGEST >> 20} MiB"
    try:
        document = json.loads(envelope)
        named = document["payloadType"]
        payload = _bytes(document["payload"])
        signatures = [_bytes(one["sig"]) for one in document["signatures"]]
    except (ValueError, TypeError, KeyError, RecursionError, NotBase64):
        return "it is no signed envelope"
    if named != kind:
        return f"it holds {str(named)[:80]!r}, not {kind!r}"
    for key in keys:
        if any(key.verifies(signature, pae(kind, payload)) for signature in signatures):
            return Opened(payload=payload, by=key)
    return "none of the keys has signed it as it is"


def _bytes(text: object) -> bytes:
    if not isinstance(text, str):
        raise TypeError
    # both alphabets are allowed
    return b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
