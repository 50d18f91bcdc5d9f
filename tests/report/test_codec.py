import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from ci_mlops.errors import BadData
from ci_mlops.records import Tool
from ci_mlops.report import decode, encode, read_verdict, seal, write_verdict
from ci_mlops.report.codec import LARGEST, _digest
from tests.report import verdicts
from tests.report.anything import verdicts as any_verdict


@settings(max_examples=150, deadline=None)
@given(any_verdict)
def test_every_sealed_verdict_is_read_as_it_was_written(tmp_path_factory, verdict):
    path = tmp_path_factory.mktemp("verdict") / "verdict.json"
    write_verdict(path, verdict)

    assert read_verdict(path) == seal(verdict)
    assert decode(encode(seal(verdict))) == seal(verdict)
    assert seal(seal(verdict)) == seal(verdict)


def test_the_digest_does_not_know_when_how_fast_and_by_which_version():
    verdict = verdicts.passed()
    other = replace(
        verdict, timings={"train": 9.0}, tool=Tool(version="9"), evaluated_at="2030-01-01T00:00:00Z"
    )

    assert seal(other).verdict_digest == seal(verdict).verdict_digest


def test_the_digest_knows_everything_else():
    verdict = verdicts.passed()

    assert seal(replace(verdict, exit_code=1)).verdict_digest != seal(verdict).verdict_digest


def test_the_digest_can_be_checked_with_the_standard_library_alone():
    from hashlib import sha256

    document = json.loads(encode(seal(verdicts.blocked())))
    told = document["verdict_digest"]
    for key in ("verdict_digest", "timings", "tool", "evaluated_at"):
        del document[key]
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    assert told == "sha256:" + sha256(text.encode()).hexdigest()


def test_a_verdict_of_the_first_versions_is_read_though_they_said_of_a_drill_that_there_was_none(tmp_path):
    document = json.loads(encode(verdicts.passed()))
    document["drill"] = False
    document["verdict_digest"] = _digest(document)
    path = tmp_path / "verdict.json"
    path.write_text(json.dumps(document))

    assert read_verdict(path) == replace(
        verdicts.passed(), drill=None, verdict_digest=document["verdict_digest"]
    )


def test_a_verdict_that_was_changed_by_hand_is_refused(tmp_path):
    path = tmp_path / "verdict.json"
    write_verdict(path, verdicts.blocked())
    path.write_text(path.read_text().replace('"blocked"', '"passed"'))

    with pytest.raises(BadData, match="does not match its own digest"):
        read_verdict(path)


def test_a_verdict_of_a_newer_version_with_more_keys_is_read(tmp_path):
    path = tmp_path / "verdict.json"
    document = json.loads(encode(seal(verdicts.passed())))
    document["mood"] = {"of": ["the", "court"]}
    document["rows"]["weather"] = 1
    path.write_bytes(resealed(document))

    assert read_verdict(path).model == "credit-default"


def resealed(document):
    from ci_mlops.report.codec import _digest

    return json.dumps({**document, "verdict_digest": _digest(document)}).encode()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda d: {**d, "schema": "ci-mlops/verdict/v2"}, "schema `ci-mlops/verdict/v2`"),
        (lambda d: {**d, "exit_code": "0"}, "Expected `int`, got `str`"),
        (lambda d: {**d, "verdict": "accepted"}, "Invalid enum value 'accepted'"),
        (lambda d: {key: d[key] for key in d if key != "model"}, "missing required field `model`"),
    ],
)
def test_a_document_that_is_no_verdict_is_refused_with_its_reason(change, told):
    document = json.loads(encode(seal(verdicts.passed())))

    with pytest.raises(BadData) as refused:
        decode(json.dumps(change(document)).encode())

    assert told in refused.value.what
    assert refused.value.mend


def test_a_wrong_type_is_told_with_its_place():
    document = json.loads(encode(seal(verdicts.passed())))
    document["gates"][2]["low"] = "almost"

    with pytest.raises(BadData) as refused:
        decode(json.dumps(document).encode(), where="out/verdict.json")

    assert refused.value.where == "out/verdict.json $.gates[2].low"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"\xff\xfe",
        encode(seal(verdicts.passed()))[:-200],
        encode(seal(verdicts.passed())).replace(b"0.811", b"NaN"),
        encode(seal(verdicts.passed())).replace(b"0.811", b"1e999"),
        b'{"schema": ' + b"[" * 100_000,
        encode(seal(verdicts.passed()))[:-3] + b', "x": ' + b"[" * 100_000,
        b'{"schema": "\\ud800"}',
        encode(seal(verdicts.passed())).replace(b"2140", b"9" * 400),
    ],
    ids=[
        "empty",
        "null",
        "list",
        "bytes",
        "cut",
        "nan",
        "infinite",
        "deep",
        "deep unknown",
        "half a pair",
        "uncountable",
    ],
)
def test_a_damaged_file_is_bad_data_and_never_a_bug(tmp_path, data):
    path = tmp_path / "verdict.json"
    path.write_bytes(data)

    with pytest.raises(BadData):
        read_verdict(path)


def test_a_number_that_is_none_is_never_written():
    broken = replace(verdicts.passed(), timings={"train": float("nan")})

    with pytest.raises(ValueError, match="Out of range float"):
        encode(broken)


def test_a_huge_file_is_refused_before_it_is_read_whole(tmp_path):
    path = tmp_path / "verdict.json"
    path.write_bytes(b" " * (LARGEST + 1))

    with pytest.raises(BadData, match="larger than"):
        read_verdict(path)


def test_a_missing_file_is_told_with_its_path(tmp_path):
    with pytest.raises(BadData) as refused:
        read_verdict(tmp_path / "verdict.json")

    assert refused.value.where == str(tmp_path / "verdict.json")


def test_nothing_is_left_beside_a_verdict_that_could_not_be_written(tmp_path):
    path = tmp_path / "verdict.json"
    path.mkdir()

    with pytest.raises(OSError, match=r"verdict\.json"):
        write_verdict(path, verdicts.passed())

    assert [file.name for file in Path(tmp_path).iterdir()] == ["verdict.json"]
