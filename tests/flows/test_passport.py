"""Passports of versions in a real registry, signed with real keys: what `promote` takes, and each thing that it does not."""

import json
import os
import shutil
from base64 import b64encode
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from ci_mlops.errors import BadConfig, RegistryFailed
from ci_mlops.files.digest import tree_digest
from ci_mlops.flows.passport import read_key, show_passport, sign_passport, write_papers
from ci_mlops.flows.passport_check import PASSPORT
from ci_mlops.flows.promote import promote
from ci_mlops.ladder.passport import PAYLOAD, PREDICATE, STATEMENT, statement
from ci_mlops.records import Change
from ci_mlops.registries.mlflow import MlflowRegistry
from ci_mlops.signing.dsse import pae, seal, unseal
from ci_mlops.signing.keys import read_private
from tests.bad_inputs.project import door
from tests.flows.lenders import lenders, registered, retrained

ASKED = "{keys: [keys/release.pub.pem, keys/old.pub.pem], required: [production]}"


def written(key, folder, name):
    """Both halves; the private one outside of the repository."""
    folder.joinpath("keys").mkdir(exist_ok=True)
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / "keys" / f"{name}.pub.pem").write_bytes(public)
    private = folder.parent / f"{name}.pem"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return private


@pytest.fixture(scope="module")
def lent(tmp_path_factory, migrated_database):
    """A version at staging, and production that asks for a passport. No test moves a pointer."""
    folder = tmp_path_factory.mktemp("passport")
    team = lenders(folder)
    team.replace(
        "ci-mlops.yml", "stages: [staging, production]", f"stages: [staging, production], passport: {ASKED}"
    )
    team.keys = {
        "release": written(ed25519.Ed25519PrivateKey.generate(), team.folder, "release"),
        "old": written(ec.generate_private_key(ec.SECP256R1()), team.folder, "old"),
        "foreign": written(ed25519.Ed25519PrivateKey.generate(), folder, "foreign"),
    }
    team.commit("Ask for a passport")
    team.commit("A change after it, which is judged by its policy")
    team.git("branch", "-f", "main")
    place = team.folder / "registry" / "mlflow.db"
    place.parent.mkdir()
    shutil.copyfile(migrated_database, place)
    uri = f"sqlite:///{place}"
    team.registries[uri] = MlflowRegistry(uri, ("staging", "production"), environ={})
    retrained(registered(team))
    team.store = team.registries[uri]
    return team


@pytest.fixture
def team(lent):
    (version,) = [one for one in lent.store.versions("loans") if one.number == "2"]
    (kept_beside(lent, version) / PASSPORT).unlink(missing_ok=True)
    lent.version = version
    return lent


def kept_beside(team, version):
    run = version.uri.removeprefix("runs:/").partition("/")[0]
    (place,) = (team.folder / "registry").rglob(f"{run}/artifacts/evidence")
    return place


def key_of(team, name="release"):
    return read_private(team.keys[name].read_bytes(), name)


def sign(team, name="release", asked="staging"):
    return sign_passport(team.tools, team.project(), asked, key_of(team, name))


def step_up(team):
    """What `promote` would do; moves nothing."""
    done = promote(team.tools, team.project(), dry_run=True)
    return done.exit_code, done.said[0]


def put(team, payload, name="release", kind=PAYLOAD):
    team.store.keep(team.version, PASSPORT, seal(kind, payload, key_of(team, name)))


def changed(team, change):
    document = json.loads(statement(show_passport(team.tools, team.project(), "2").papers))
    change(document)
    return json.dumps(document).encode()


@pytest.mark.parametrize("name", ["release", "old"])
def test_a_version_with_a_passport_of_a_key_that_is_listed_goes_up(team, name):
    asked = "`ci-mlops passport 2 --sign`"
    before = step_up(team)
    said = sign(team, name)
    after = step_up(team)

    assert before == (
        1,
        f"loans version 2 stays at staging: production asks for a signed passport, and it has none ({asked})",
    )
    assert said == (f"signed the passport of loans version 2, by keys/{name}.pub.pem",)
    assert after[0] == 0
    assert after[1].startswith("would move production to loans version 2")


def test_signing_again_changes_nothing(team):
    sign(team, "old")
    first = team.store.evidence(team.version, PASSPORT)

    assert sign(team, "old") == ("nothing to do: loans version 2 has this very passport already",)
    assert team.store.evidence(team.version, PASSPORT) == first


def test_the_statement_is_in_totos_and_tells_the_whole_making(team):
    papers = show_passport(team.tools, team.project(), "v2").papers
    sign(team)
    kept = team.store.evidence(team.version, PASSPORT)

    document = json.loads(unseal(PAYLOAD, kept, [public_of(team)]).payload)
    told = document["predicate"]
    assert unseal(PAYLOAD, kept, [public_of(team)]).payload == statement(papers)
    assert (document["_type"], document["predicateType"]) == (STATEMENT, PREDICATE)
    assert document["subject"] == [
        {"name": "model.bin", "digest": {"sha256": team.version.digest.removeprefix("sha256:")}}
    ]
    assert [one["name"] for one in told["materials"]] == [
        "data/test.csv",
        "data/train.csv",
        "code",
        "ci-mlops.lock",
    ]
    assert told["materials"][2]["digest"] == {"gitCommit": team.version.tags["ci_mlops.commit"]}
    assert told["training"]["run"] == {
        "path": "model.bin",
        "predict": "python score.py {model} {features} {output}",
        "run": "python train.py",
    }
    assert (told["verdict"]["outcome"], told["verdict"]["digest"]) == (
        "passed",
        papers.verdict.verdict_digest,
    )
    assert told["verdict"]["gates"][0]["status"] == "held"
    assert [(one["kind"], one["stage"]) for one in told["moves"]] == [("registered", "staging")]
    assert told["trail"] == {"head": papers.head}
    assert (
        statement(papers)
        == json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    )


def public_of(team, name="release"):
    from ci_mlops.signing.keys import read_public

    return read_public((team.folder / "keys" / f"{name}.pub.pem").read_bytes(), name)


def test_a_key_that_is_not_listed_signs_nothing_and_opens_nothing(team):
    with pytest.raises(BadConfig, match=r"none of `registry.passport.keys`"):
        sign(team, "foreign")
    put(team, changed(team, lambda _: None), "foreign")

    assert step_up(team) == (
        1,
        "loans version 2 stays at staging: its passport is not taken: none of the keys has signed it as it is",
    )


def test_an_edited_passport_is_not_taken(team):
    sign(team)
    envelope = json.loads(team.store.evidence(team.version, PASSPORT))
    better = changed(team, lambda it: it["predicate"]["verdict"].update(reason="the best model ever"))
    envelope["payload"] = b64encode(better).decode()
    team.store.keep(team.version, PASSPORT, json.dumps(envelope).encode())

    assert step_up(team)[1].endswith("none of the keys has signed it as it is")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda it: it["predicate"]["model"].update(version="1"), "it is about loans version 1"),
        (lambda it: it["predicate"]["model"].update(name="cards"), "it is about cards version 2"),
        (lambda it: it["subject"][0]["digest"].update(sha256="0" * 64), "it is about another model"),
        (lambda it: it["subject"].clear(), "it can't be read as a passport"),
        (
            lambda it: it["predicate"]["verdict"].update(digest="sha256:0"),
            "it names another verdict than the version was registered by",
        ),
        (
            lambda it: it["predicate"]["model"].update(stored="sha256:0"),
            "what is stored around the model is not what it names",
        ),
        (
            lambda it: it["predicate"]["trail"].update(head="sha256:0"),
            "it was written upon an event that is not in the audit trail any more",
        ),
        (
            lambda it: it.update(predicateType="https://slsa.dev/provenance/v1"),
            "what was signed is no passport",
        ),
        (lambda it: it.pop("predicate"), "it can't be read as a passport"),
    ],
)
def test_what_a_good_key_signed_of_something_else_is_not_taken(team, change, why):
    put(team, changed(team, change))

    assert step_up(team) == (1, f"loans version 2 stays at staging: its passport is not taken: {why}")


def test_the_passport_of_another_version_is_not_taken(team):
    """The verdict of the first version was as good, and so was its passport."""
    sign(team, asked="1")
    (first,) = [one for one in team.store.versions("loans") if one.number == "1"]
    team.store.keep(team.version, PASSPORT, team.store.evidence(first, PASSPORT))

    assert step_up(team)[1].endswith("its passport is not taken: it is about loans version 1")


def test_what_is_no_envelope_is_not_taken(team):
    team.store.keep(team.version, PASSPORT, b"{}")

    assert step_up(team)[1].endswith("its passport is not taken: it is no signed envelope")


def test_a_key_that_is_gone_from_the_repository_takes_nothing(team):
    sign(team)
    place = team.folder / "keys" / "old.pub.pem"
    content = place.read_bytes()
    place.unlink()
    try:
        with pytest.raises(BadConfig, match=r"The public key old.pub.pem can't be read"):
            step_up(team)
    finally:
        place.write_bytes(content)


def test_nobody_vouches_for_a_version_whose_chain_is_broken(team):
    place = kept_beside(team, team.version) / "ci-mlops.lock"
    content = place.read_bytes()
    place.write_bytes(content.replace(b"data/train.csv", b"data/other.csv"))
    try:
        with pytest.raises(
            RegistryFailed, match=r"Nobody can vouch for version 2 of loans: data: .* was edited"
        ):
            sign(team)
    finally:
        place.write_bytes(content)


def test_a_change_that_is_not_merged_signs_nothing(team):
    proposed = replace(team.project(), change=Change(platform="github", event="pull_request"))

    with pytest.raises(BadConfig, match="not merged"):
        sign_passport(team.tools, proposed, "2", key_of(team))


def test_another_branch_than_the_default_one_signs_nothing(team):
    elsewhere = replace(team.project(), change=Change(platform="github", event="branch", base_ref="main"))

    with pytest.raises(BadConfig, match="Another branch than the default one signs nothing"):
        sign_passport(team.tools, elsewhere, "2", key_of(team))


def test_the_key_comes_from_a_variable_as_text_or_as_a_path_or_from_a_file(team):
    project, place = team.project(), team.keys["release"]
    variable = "CI_MLOPS_SIGNING_KEY"
    read = [
        read_key(project, {variable: place.read_text()}, None),
        read_key(project, {variable: f"\n{place.read_text()}\n\n"}, None),
        # as a variable that holds one line
        read_key(project, {variable: place.read_text().replace("\n", " ")}, None),
        read_key(project, {variable: place.read_text().replace("\n", "\\n")}, None),
        read_key(project, {variable: str(place)}, None),
        read_key(project, {}, place),
    ]

    assert {key.id for key in read} == {key_of(team).id}
    with pytest.raises(BadConfig, match="There is no key to sign with"):
        read_key(project, os.environ, None)
    with pytest.raises(BadConfig, match="The key can't be read") as refused:
        read_key(project, {variable: "MC4CAQAwBQYDK2VwBCIEIP"}, None)
    assert "MC4CAQ" not in str(refused.value)


def test_its_files_are_what_other_signers_and_readers_take(team, tmp_path):
    sign(team)
    shown = show_passport(team.tools, team.project(), "staging")
    files = {file.name: file.read_text() for file in write_papers(shown, tmp_path / "papers")}

    assert shown.refused == ""
    assert sorted(files) == ["card.md", "checksums.txt", PASSPORT, "predicate.json", "statement.json"]
    # as `sha256sum --check` reads it
    assert files["checksums.txt"] == f"{team.version.digest.removeprefix('sha256:')}  model.bin\n"
    assert json.loads(files["statement.json"])["predicate"] == json.loads(files["predicate.json"])
    assert files["card.md"] == team.store.evidence(team.version, "card.md").decode()


def test_a_stage_that_asks_for_none_is_taken_without(team):
    team.replace("ci-mlops.yml", "required: [production]", "required: []")
    try:
        assert step_up(team)[0] == 0
    finally:
        team.replace("ci-mlops.yml", "required: []", "required: [production]")


def test_the_digest_of_a_folder_is_made_of_its_subjects(tmp_path):
    """A model of several files: what is signed names each of them, and their sum is what was judged."""
    from ci_mlops.files.digest import sum_of_sums
    from ci_mlops.flows.identity import files_of

    for name in ("weights.bin", "sub/a.json"):
        place = tmp_path / "model" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(name)
    found = files_of(tmp_path / "model")

    assert found.kind == "folder"
    assert f"sha256:{sum_of_sums(found.files)}" == tree_digest(tmp_path / "model")
    assert pae("a", b"") == b"DSSEv1 1 a 0 "


def test_the_door_shows_signs_and_verifies_and_tells_nothing_of_the_key(team, monkeypatch, capfd):
    monkeypatch.chdir(team.folder)
    unsigned = door(["passport", "staging", "--verify"], monkeypatch), capfd.readouterr()
    monkeypatch.setenv("CI_MLOPS_SIGNING_KEY", team.keys["release"].read_text())
    signed = (
        door(["passport", "2", "--sign", "--verify", "--output", "papers"], monkeypatch),
        capfd.readouterr(),
    )
    shown = door(["passport", "v2", "--format", "json"], monkeypatch), capfd.readouterr()
    card = door(["passport", "staging", "--format", "markdown"], monkeypatch), capfd.readouterr()
    nothing = door(["passport", "9"], monkeypatch), capfd.readouterr()
    verified = door(["history", "--verify", "--all"], monkeypatch), capfd.readouterr()
    shutil.rmtree(team.folder / "papers")

    assert unsigned[0] == 5
    assert unsigned[1].out == "the passport of loans version 2 does not hold: nobody has signed it\n"
    assert signed[0] == shown[0] == card[0] == verified[0] == 0
    assert signed[1].out.splitlines() == [
        "signed the passport of loans version 2, by keys/release.pub.pem",
        "the passport of loans version 2 holds",
    ]
    assert json.loads(shown[1].out)["_type"] == STATEMENT
    assert card[1].out.startswith("### `loans`, version `2`")
    assert nothing[0] == 2
    assert "`9` is no version of loans" in nothing[1].err
    assert "version 2  staging" in verified[1].out
    secret = team.keys["release"].read_text().splitlines()[1]
    everything = (unsigned, signed, shown, card, nothing, verified)
    assert not any(secret in said.out + said.err for _, said in everything)
