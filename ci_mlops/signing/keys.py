"""Keys in PEM: Ed25519, and ECDSA on P-256 with SHA-256. A private key is never part of any text that we make."""

import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from ci_mlops.errors import BadConfig

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import (
        ECDSA,
        EllipticCurvePrivateKey,
        EllipticCurvePublicKey,
    )
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

    Private = Ed25519PrivateKey | EllipticCurvePrivateKey
    Public = Ed25519PublicKey | EllipticCurvePublicKey

_ONE_LINE = re.compile(rb"(-----BEGIN [A-Z ]+-----)\s*([A-Za-z0-9+/=\s]+?)\s*(-----END [A-Z ]+-----)")
MAKE_ONE = "Make one by `openssl genpkey -algorithm ed25519`, and its public half by `openssl pkey -pubout`."


@dataclass(frozen=True, slots=True)
class PublicKey:
    name: str
    """Where it was read."""
    id: str
    key: "Public" = field(repr=False)

    def verifies(self, signature: bytes, text: bytes) -> bool:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

        try:
            if isinstance(self.key, EllipticCurvePublicKey):
                self.key.verify(signature, text, _ecdsa())
            else:
                self.key.verify(signature, text)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    id: str
    key: "Private" = field(repr=False)

    def sign(self, text: bytes) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

        if isinstance(self.key, EllipticCurvePrivateKey):
            return self.key.sign(text, _ecdsa())
        return self.key.sign(text)


def read_public(pem: bytes, where: str) -> PublicKey:
    """
    Raises:
        BadConfig: no public key, or of another kind.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    if b"PRIVATE KEY" in pem:
        raise BadConfig(
            "A private key lies where the public one belongs: whoever can read the repository can sign with it",
            where=where,
            mend="Make a new pair, and commit its public half alone (`openssl pkey -pubout`).",
        )
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadConfig("This is no public key in PEM", where=where, mend=MAKE_ONE) from error
    return PublicKey(where, _id(_known(key, where)), _known(key, where))


def read_private(pem: bytes, where: str) -> SigningKey:
    """
    Raises:
        BadConfig: no private key, one of another kind, or one that a password guards.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(_in_lines(pem), password=None)
    except TypeError as error:
        raise BadConfig(
            "The key is guarded by a password",
            where=where,
            mend="Give the key without one (`openssl pkey -in KEY`): the CI keeps secrets encrypted.",
        ) from error
    except (ValueError, UnsupportedAlgorithm):
        # without its cause, which may quote what was given
        raise BadConfig("This is no private key in PEM", where=where, mend=MAKE_ONE) from None
    if isinstance(key, Ed25519PrivateKey) or (
        isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1)
    ):
        return SigningKey(_id(key.public_key()), key)
    raise _unknown(where)


def _in_lines(pem: bytes) -> bytes:
    """Secrets are pasted with all kinds of ends, and a secret variable of Azure DevOps holds one line."""
    found = _ONE_LINE.fullmatch(pem.replace(rb"\n", b" ").strip())
    return b"\n".join([found[1], *found[2].split(), found[3], b""]) if found else pem.strip() + b"\n"


def _known(key: object, where: str) -> "Public":
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if isinstance(key, Ed25519PublicKey):
        return key
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return key
    raise _unknown(where)


def _id(key: "Public") -> str:
    """SHA-256 of the key as X.509 writes it: `openssl pkey -pubin -outform DER | sha256sum`."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _ecdsa() -> "ECDSA":
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.hashes import SHA256

    return ECDSA(SHA256())


def _unknown(where: str) -> BadConfig:
    return BadConfig("The key is neither Ed25519 nor ECDSA on P-256", where=where, mend=MAKE_ONE)
