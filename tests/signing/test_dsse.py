"""Envelopes: what the specification says, with keys of both kinds, and everything that must not be taken."""

import json
from base64 import b64decode, b64encode, urlsafe_b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from ci_mlops.errors import BadConfig
from ci_mlops.signing.dsse import Opened, pae, seal, unseal
from ci_mlops.signing.keys import read_private, read_public

KIND = "application/vnd.in-toto+json"


def pair(key):
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return read_private(private, "key"), read_public(public, "release.pub.pem")


@pytest.fixture(params=["ed25519", "p256"])
def keys(request):
    made = ed25519.Ed25519PrivateKey.generate if request.param == "ed25519" else None
    return pair(made() if made else ec.generate_private_key(ec.SECP256R1()))


def edited(envelope, **changes):
    return json.dumps({**json.loads(envelope), **changes}).encode()


def test_what_is_sealed_is_opened_by_its_own_key_and_no_other(keys):
    private, public = keys
    _, other = pair(ed25519.Ed25519PrivateKey.generate())
    envelope = seal(KIND, b'{"a":1}', private)

    opened = unseal(KIND, envelope, [other, public])

    assert opened == Opened(payload=b'{"a":1}', by=public)
    assert envelope.count(b"\n") == 1
    assert private.id == public.id == json.loads(envelope)["signatures"][0]["keyid"]
    assert unseal(KIND, envelope, [other]) == "none of the keys has signed it as it is"
    assert unseal(KIND, envelope, []) == "none of the keys has signed it as it is"


def test_the_specifications_own_example_is_taken():
    """https://github.com/secure-systems-lab/dsse/blob/master/protocol.md, its signature in ASN.1, as keys in PEM sign."""
    x = 46950820868899156662930047687818585632848591499744589407958293238635476079160
    y = 5640078356564379163099075877009565129882514886557779369047442380624545832820
    raw = b64decode(
        "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=="
    )
    signature = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    public = read_public(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), "spec")
    kind = "http://example.com/HelloWorld"
    envelope = {"payload": "aGVsbG8gd29ybGQ=", "payloadType": kind}
    envelope["signatures"] = [{"sig": b64encode(signature).decode()}]

    assert pae(kind, b"hello world") == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert unseal(kind, json.dumps(envelope).encode(), [public]).payload == b"hello world"


def test_an_edited_payload_a_borrowed_signature_and_another_type_are_not_taken(keys):
    private, public = keys
    envelope, other = seal(KIND, b"mine", private), seal(KIND, b"yours", private)

    assert isinstance(unseal(KIND, edited(envelope, payload=b64encode(b"theirs").decode()), [public]), str)
    borrowed = edited(envelope, signatures=json.loads(other)["signatures"])
    assert isinstance(unseal(KIND, borrowed, [public]), str)
    assert unseal("text/plain", envelope, [public]) == f"it holds '{KIND}', not 'text/plain'"
    # the type is signed as well
    assert isinstance(unseal("text/plain", edited(envelope, payloadType="text/plain"), [public]), str)


def test_a_key_id_is_nobodys_word_and_the_other_alphabet_is_read(keys):
    private, public = keys
    envelope = json.loads(seal(KIND, b"\xff\xfe\xfb" * 9, private))
    envelope["signatures"][0]["keyid"] = "0" * 64
    envelope["payload"] = urlsafe_b64encode(b64decode(envelope["payload"])).decode()

    assert isinstance(unseal(KIND, json.dumps(envelope).encode(), [public]), Opened)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"payload": 7}',
        b"\xff",
        b"[" * 100_000,
        b'{"payload":"%","payloadType":"a","signatures":[]}',
    ],
)
def test_what_is_no_envelope_is_said_to_be_none(text):
    assert unseal(KIND, text, []) == "it is no signed envelope"


def test_what_is_larger_than_anybody_writes_is_not_read():
    assert unseal(KIND, b" " * ((16 << 20) + 1), []) == "it is larger than 16 MiB"


@pytest.mark.parametrize("other", ["rsa", "p384"])
def test_other_kinds_of_keys_are_refused(other):
    key = rsa.generate_private_key(65537, 2048) if other == "rsa" else ec.generate_private_key(ec.SECP384R1())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    for read, pem in ((read_private, private), (read_public, public)):
        with pytest.raises(BadConfig, match="neither Ed25519 nor ECDSA on P-256"):
            read(pem, "a key")


def test_a_private_key_in_the_place_of_the_public_one_is_named_for_what_it_is():
    key = ed25519.Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    with pytest.raises(BadConfig, match="A private key lies where the public one belongs"):
        read_public(pem, "keys/release.pub.pem")


def test_a_key_that_can_not_be_used_is_never_quoted():
    key = ed25519.Ed25519PrivateKey.generate()
    guarded = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    with pytest.raises(BadConfig, match="guarded by a password") as refused:
        read_private(guarded, "variable KEY")
    torn = b"-----BEGIN PRIVATE KEY-----\nVERYSECRET\n-----END PRIVATE KEY-----\n"
    with pytest.raises(BadConfig, match="no private key in PEM") as broken:
        read_private(torn, "variable KEY")

    assert "VERYSECRET" not in str(broken.value)
    assert broken.value.__cause__ is None
    assert guarded.decode().splitlines()[1] not in str(refused.value)


def test_a_key_tells_nothing_when_it_is_shown():
    private, _ = pair(ed25519.Ed25519PrivateKey.generate())

    assert repr(private) == f"SigningKey(id='{private.id}')"
