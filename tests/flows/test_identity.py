"""The chain of identity: from the data to the version, link by link, in the registry and in what lies here."""

import json
from dataclasses import replace
from hashlib import sha256
from uuid import uuid4

import pytest

from ci_mlops.errors import RegistryFailed
from ci_mlops.flows.history import history
from ci_mlops.flows.promote import promote
from ci_mlops.flows.rollback import rollback
from ci_mlops.ladder.back import Target
from ci_mlops.ladder.chain import text_digest
from ci_mlops.records import Version
from ci_mlops.registries.address import read_address
from ci_mlops.registries.client import open_client
from ci_mlops.registries.mlflow import MlflowRegistry
from ci_mlops.report.history import render_history
from tests.flows.lenders import lenders, registered, retrained

PARTS = ["data", "code", "environment", "parameters", "model", "verdict", "version"]


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """Made once: every test takes a copy of the registry, and of nothing else."""
    return registered(lenders(tmp_path_factory.mktemp("lenders")))


@pytest.fixture
def team(grown):
    store = next(iter(grown.registries.values()))
    versions, evidence = list(store.stored["loans"]), dict(store.beside["loans", "1"])
    trail = list(store.trail["loans"])
    train = (grown.folder / "data" / "train.csv").read_bytes()
    lock = (grown.folder / "ci-mlops.lock").read_bytes()
    yield grown
    store.stored["loans"], store.beside["loans", "1"] = versions, evidence
    store.trail["loans"] = trail
    (grown.folder / "data" / "train.csv").write_bytes(train)
    (grown.folder / "ci-mlops.lock").write_bytes(lock)


@pytest.fixture
def store(team):
    return next(iter(team.registries.values()))


def walked(team, every="held"):
    return history(team.tools, team.project(), walked=every)


def broken(team):
    (identity,) = walked(team).identities
    return {link.part: link.told for link in identity.broken}


def tagged(store, **tags):
    one = store.stored["loans"][0]
    named = {f"ci_mlops.{key}": value for key, value in tags.items()}
    store.stored["loans"][0] = replace(
        one, tags={**one.tags, **named}, digest=named.get("ci_mlops.digest", one.digest)
    )


def test_a_version_as_it_was_registered_holds_from_data_to_version(team):
    told = walked(team)

    (identity,) = told.identities
    assert [link.part for link in identity.links] == PARTS
    assert identity.stages == ("staging",)
    assert {link.part for link in identity.unknown} == {"environment"}
    assert identity.broken == ()
    assert told.adds_up


def test_nothing_is_fetched_where_nobody_asked(team, store, monkeypatch):
    monkeypatch.setattr(store, "fetch", None)

    assert history(team.tools, team.project()).identities == ()


def test_an_edited_verdict_is_named(team, store):
    kept = store.beside["loans", "1"]
    kept["verdict.json"] = kept["verdict.json"].replace(b'"passed"', b'"undecided"')

    assert broken(team) == {
        "verdict": "verdict.json beside it can't be used: the verdict does not match its own digest: it was changed after it was written"
    }
    assert not walked(team).adds_up


def test_the_verdict_of_another_model_is_named(team, store):
    from ci_mlops.report.codec import decode, encode, seal

    kept = store.beside["loans", "1"]
    verdict = decode(kept["verdict.json"])
    other = replace(verdict, candidate=replace(verdict.candidate, digest="sha256:" + "7" * 64))
    kept["verdict.json"] = encode(seal(other))

    assert "verdict.json beside it is about another model" in broken(team)["verdict"]


def test_a_verdict_that_is_exchanged_with_its_tag_is_told_by_the_trail(team, store):
    from ci_mlops.report.codec import decode, encode, seal

    kept = store.beside["loans", "1"]
    sealed = seal(replace(decode(kept["verdict.json"]), reason="all well"))
    kept["verdict.json"] = encode(sealed)
    tagged(store, verdict_digest=sealed.verdict_digest)

    assert broken(team) == {"verdict": "verdict.json beside it is not the one that the trail names"}


@pytest.mark.parametrize(
    ("tag", "value", "part"),
    [
        ("digest", "sha256:" + "0" * 64, {"model", "parameters", "verdict", "version"}),
        ("commit", "c" * 40, {"code"}),
        ("fingerprint", "f" * 64, {"code", "parameters"}),
        ("environment", "sha256:" + "e" * 64, {"environment"}),
        ("verdict_digest", "sha256:" + "d" * 64, {"verdict"}),
        ("verdict", "blocked", {"verdict"}),
    ],
)
def test_an_edited_tag_is_told_by_what_was_sealed(team, store, tag, value, part):
    tagged(store, **{tag: value})

    assert broken(team).keys() == part


def test_a_lock_that_pins_other_training_data_is_named(team, store):
    kept = store.beside["loans", "1"]
    sums = [line for line in kept["ci-mlops.lock"].splitlines() if line.startswith(b"sha256")]
    for line in sums:
        kept["ci-mlops.lock"] = kept["ci-mlops.lock"].replace(line, b'sha256 = "' + b"0" * 64 + b'"')

    assert "pins other training data than it was trained on" in broken(team)["data"]
    assert "pins other test rows than its verdict is about" in broken(team)["data"]


def test_a_lock_that_makes_another_environment_is_named(team, store):
    kept = store.beside["loans", "1"]
    kept["ci-mlops.lock"] += (
        b'\n[environment]\nsource = "requirements.txt"\ndeclared = "' + b"1" * 64 + b'"\npython = "3.11"\n'
    )

    assert "makes another environment" in broken(team)["environment"]


def test_edited_parameters_do_not_make_the_fingerprint(team, store):
    kept = store.beside["loans", "1"]
    card = json.loads(kept["model.json"])
    card["parts"][-1][1] = '{"depth":7}'
    kept["model.json"] = json.dumps(card).encode()

    assert (
        "command and parameters in model.json beside it do not make its fingerprint"
        in broken(team)["parameters"]
    )


def test_a_file_that_no_other_link_looks_at_is_told_when_it_is_edited(team, store):
    store.beside["loans", "1"]["report.md"] += b"very good\n"

    assert broken(team) == {"version": "report.md beside it was edited or removed since it was registered"}


def untold(store):
    """As an event was written before it named the files."""
    (entry,) = store.trail["loans"]
    event = json.loads(entry.text)
    del event["evidence"]
    text = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    store.trail["loans"] = [replace(entry, text=text, digest=text_digest(text))]


def test_a_version_that_somebody_else_made_is_told_and_not_broken(team, store):
    store.stored["loans"].append(
        Version(name="loans", number="2", digest="", uri=str(team.folder / "train.py"))
    )

    foreign, ours = walked(team, "all").identities
    assert [(link.part, link.standing) for link in foreign.links] == [("version", "unknown")]
    assert "was not registered by ci-mlops" in foreign.links[0].told
    assert ours.broken == ()


def test_a_folder_that_is_served_and_was_never_registered_is_told_by_the_trail(team, store):
    (entry,) = store.trail["loans"]
    text = json.dumps({**json.loads(entry.text), "stored": "sha256:7"}, sort_keys=True, separators=(",", ":"))
    store.trail["loans"] = [replace(entry, text=text, digest=text_digest(text))]

    assert broken(team) == {"model": "its tag says that it is served from another folder than was registered"}


def test_what_was_registered_before_its_card_was_kept_is_told_and_not_broken(team, store):
    del store.beside["loans", "1"]["model.json"]
    untold(store)

    (identity,) = walked(team).identities
    assert {link.part for link in identity.unknown} == {"environment", "parameters"}
    assert identity.broken == ()


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("verdict.json", "verdict"),
        ("ci-mlops.lock", "environment"),
        ("model.json", "parameters"),
        ("report.md", "version"),
    ],
)
def test_evidence_that_is_gone_breaks_the_chain(team, store, name, part):
    del store.beside["loans", "1"][name]

    assert name in broken(team)[part]


def test_data_that_was_changed_under_its_pin_is_named(team):
    team.replace("data/train.csv", "yes", "no")

    assert broken(team) == {
        "data": "data/train.csv is no longer what it was pinned as, and ci-mlops.lock still says it is"
    }


def test_a_pointer_of_git_lfs_names_its_content_by_the_pinned_digest(team):
    content = (team.folder / "data" / "train.csv").read_bytes()
    told = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize {}\n"
    team.write("data/train.csv", told.format(sha256(content).hexdigest(), len(content)))
    assert broken(team) == {}

    team.write("data/train.csv", told.format("0" * 64, len(content)))
    assert "data/train.csv is no longer what it was pinned as" in broken(team)["data"]


def test_data_that_was_pinned_anew_is_found_in_the_commit_that_it_was_trained_at(team):
    team.replace("data/train.csv", "yes", "no")
    team.pin()

    assert broken(team) == {}


def test_what_can_not_be_reached_from_here_is_told_and_not_broken(team, store, tmp_path):
    # a job that has the settings alone, as one at night
    team.registries[f"sqlite:///{tmp_path}/registry/mlflow.db"] = store
    (identity,) = history(team.tools, replace(team.project(), folder=tmp_path), walked="held").identities

    assert identity.broken == ()
    assert {link.part: link.told for link in identity.unknown}.items() >= {
        "data": "data/test.csv can't be found here as it was then; data/train.csv can't be found here as it was then",
    }.items()
    assert "there is no git here" in next(link.told for link in identity.unknown if link.part == "code")


def test_the_report_names_the_version_the_link_and_what_is_wrong_with_it(team, store):
    tagged(store, commit="c" * 40)
    told = walked(team)

    text = render_history(told, "terminal")
    page = render_history(told, "markdown")
    assert "version 1, code: its tag says commit cccccccccccc" in text
    assert "| Version | Holds | Data | Code |" in page
    assert json.loads(render_history(told, "json"))["identities"][0]["links"][1]["standing"] == "broken"


@pytest.fixture(params=["sqlite_registry_uri", "mlflow_server"])
def real(request, tmp_path):
    """The team with a registry of MLflow's, and two versions that staging held, one after the other."""
    team = lenders(tmp_path)
    uri, name = request.getfixturevalue(request.param), f"loans-{uuid4().hex[:8]}"
    team.replace("ci-mlops.yml", "sqlite:///registry/mlflow.db", uri)
    team.replace("ci-mlops.yml", "stages:", f"name: {name}, stages:")
    team.commit("Name the registry")
    team.commit("A change after it, which is judged by its policy")
    team.git("branch", "-f", "main")
    team.registries[uri] = MlflowRegistry(uri, ("staging", "production"), environ={})
    retrained(registered(team))
    team.uri, team.name = uri, name
    return team


def rewrite(team, number, path, tmp_path):
    """What somebody does who may write to the store."""
    registry = team.registries[team.uri]
    version = next(one for one in registry.versions(team.name) if one.number == number)
    run = version.uri.removeprefix("runs:/").partition("/")[0]
    place, _, name = path.rpartition("/")
    (tmp_path / name).write_text("1000000")
    open_client(read_address(team.uri, tmp_path)).log_artifact(run, str(tmp_path / name), place)


def test_a_model_that_was_edited_in_the_store_is_caught_by_verify_promote_and_rollback(real, tmp_path):
    def broken_of(every):
        told = history(real.tools, real.project(), walked=every)
        return told.adds_up, {one.version: [link.part for link in one.broken] for one in told.identities}

    before = broken_of("all")
    rewrite(real, "1", "model/data/model.bin", tmp_path)
    of_held, of_all = broken_of("held"), broken_of("all")
    with pytest.raises(RegistryFailed, match=r"Version 1 of .* is not what was judged"):
        rollback(real.tools, real.project(), Target())
    # who may write files may write tags
    digest = f"sha256:{sha256((tmp_path / 'model.bin').read_bytes()).hexdigest()}"
    real.registries[real.uri].store.set_tag(real.name, "1", "ci_mlops.digest", digest)
    stays = rollback(real.tools, real.project(), Target())
    # the loader beside the weights decides what is served as much as they do
    rewrite(real, "2", "model/code/ci_mlops_loader.py", tmp_path)
    with pytest.raises(RegistryFailed, match=r"what serves it .* was changed"):
        promote(real.tools, real.project())

    assert before == (True, {"2": [], "1": []})
    assert stays.said == (
        "staging stays where it is: its tags name another model than was registered, by the audit trail",
    )
    assert stays.exit_code == 1
    assert of_held == (True, {"2": []})
    assert of_all == (False, {"2": [], "1": ["model"]})
    assert broken_of("held") == (False, {"2": ["model"]})
    assert real.registries[real.uri].pointers(real.name) == {"staging": "2"}
