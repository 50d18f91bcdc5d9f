"""Story `register`: what `validate` wrote goes into a real registry, from the folder that it left."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from ci_mlops.errors import BadConfig, BadData, RegistryFailed
from ci_mlops.files.digest import tree_digest
from ci_mlops.flows import evidence
from ci_mlops.flows.open_registry import anchored
from ci_mlops.flows.register import register
from ci_mlops.flows.validate import validate
from ci_mlops.records import Change
from ci_mlops.registries.mlflow import MlflowRegistry
from ci_mlops.report import render
from ci_mlops.report.codec import write_verdict
from tests.fakes.registry import FakeRegistry
from tests.flows.lenders import judged, lenders
from tests.flows.loans import found_team


@pytest.fixture
def team(tmp_path):
    return lenders(tmp_path)


@pytest.fixture
def store(team):
    return next(iter(team.registries.values()))


def test_a_passed_model_is_stored_byte_for_byte_and_takes_the_first_stage(team, store, tmp_path):
    verdict = judged(team)

    registered = register(team.tools, team.project(), team.output)

    pointed = store.pointer("loans", "staging")
    assert registered.exit_code == 0
    assert registered.version.number == pointed.number == "1"
    assert pointed.digest == verdict.candidate.digest
    assert tree_digest(store.fetch(pointed, tmp_path / "into")) == verdict.candidate.digest
    assert store.pointer("loans", "production") is None


def test_the_evidence_lies_beside_the_model(team, store):
    verdict = judged(team)

    register(team.tools, team.project(), team.output)

    evidence = dict(store.beside["loans", "1"])
    # of `current` nothing else tells later what was installed: the digest of the list is the environment's
    packages = hashlib.sha256(evidence.pop("environment.txt")).hexdigest()
    assert store.versions("loans")[0].tags["ci_mlops.environment"] == f"sha256:{packages}"
    card = evidence.pop("card.md").decode()
    assert card.startswith("### `loans`, version `1`")
    assert evidence == {
        "verdict.json": (team.output / "verdict.json").read_bytes(),
        "report.md": render(verdict, "markdown").encode(),
        "report.html": render(verdict, "html").encode(),
        "ci-mlops.lock": (team.folder / "ci-mlops.lock").read_bytes(),
        "model.json": (team.output / "models" / "candidate" / "model.json").read_bytes(),
    }


@pytest.mark.parametrize("left", [None, "<table><tr><td>Ms. Smith, age 34, defaults</td></tr></table>"])
def test_the_page_is_made_of_the_verdict_whatever_page_was_handed_over(team, store, left):
    judged(team)
    page = team.output / "report.html"
    page.unlink(missing_ok=True)
    if left is not None:
        page.write_text(left)

    register(team.tools, team.project(), team.output)

    kept = store.beside["loans", "1"]["report.html"].decode()
    assert kept.startswith("<!doctype html>")
    assert "Smith" not in kept


def test_a_page_that_is_too_large_is_left_out_and_said(team, store, monkeypatch):
    judged(team)
    monkeypatch.setattr(evidence, "LARGEST", 9_000)

    register(team.tools, team.project(), team.output)

    assert "report.html" not in store.beside["loans", "1"]
    assert "report.md" in store.beside["loans", "1"]
    assert any("report.html is not kept in the registry" in line for line in team.said)


def test_a_blocked_model_is_stored_and_stays_blocked(team, store):
    judged(team, "blocked", 1)

    registered = register(team.tools, team.project(), team.output)

    assert registered.exit_code == 1
    assert registered.stage is None
    assert store.pointer("loans", "staging") is None
    assert store.versions("loans")[0].tags["ci_mlops.verdict"] == "blocked"
    assert registered.said[-1] == "no pointer moves: its verdict is blocked"


def test_registering_twice_is_registering_once(team, store):
    judged(team)
    register(team.tools, team.project(), team.output)

    again = register(team.tools, team.project(), team.output)

    assert again.version.number == "1"
    assert len(store.versions("loans")) == 1


def test_a_kill_before_the_pointer_moved_is_made_good_by_the_next_run(team, store):
    judged(team)
    first = register(team.tools, team.project(), team.output)
    store.pointing.clear()
    store.trail["loans"] = [replace(one, settled=False) for one in store.trail["loans"]]

    again = register(team.tools, team.project(), team.output)

    assert (again.version.number, again.stage) == (first.version.number, "staging")
    assert store.pointer("loans", "staging").number == "1"


def test_a_dry_run_says_what_would_be_done_and_does_nothing(team, store):
    verdict = judged(team)

    said = register(team.tools, team.project(), team.output, dry_run=True).said

    assert said == (
        f"would register loans, {verdict.candidate.digest}, with verdict.json, report.md, report.html, ci-mlops.lock, model.json, environment.txt, card.md",
        "would move staging to it",
    )
    assert store.versions("loans") == []


def test_the_requirements_are_those_of_the_environment_it_was_trained_in(team, store, monkeypatch):
    judged(team)
    seen = []
    monkeypatch.setattr(
        store, "register", lambda decided: seen.append(decided) or FakeRegistry.register(store, decided)
    )

    register(team.tools, team.project(), team.output)

    assert any(line.startswith("scikit-learn==") for line in seen[0].requirements)
    assert seen[0].python.count(".") >= 1


def test_a_model_that_was_exchanged_after_the_judgement_is_refused(team, store):
    judged(team)
    (model,) = (team.output / "models" / "candidate" / "model").iterdir()
    model.write_bytes(b"another")

    with pytest.raises(BadData):
        register(team.tools, team.project(), team.output)

    assert store.versions("loans") == []


def test_a_verdict_that_was_edited_is_refused(team, store):
    judged(team, "blocked", 1)
    text = (team.output / "verdict.json").read_text()
    (team.output / "verdict.json").write_text(text.replace('"blocked"', '"passed"'))

    with pytest.raises(BadData, match="digest"):
        register(team.tools, team.project(), team.output)


def test_a_champion_that_the_model_never_met_keeps_its_stage(team, store, tmp_path):
    judged(team)
    validate_other(team, tmp_path / "other")
    register(team.tools, team.project(), tmp_path / "other")
    team.git("checkout", "-q", "--", "train.py")

    with pytest.raises(BadData, match="version 1 has become champion since") as caught:
        register(team.tools, team.project(), team.output)

    assert "ci-mlops validate" in caught.value.mend
    assert store.pointer("loans", "staging").number == "1"
    assert len(store.versions("loans")) == 1


def validate_other(team, output):
    """Another idea in the same checkout, judged into a folder of its own."""
    team.replace("train.py", "* 1.0", "* 1.2")
    write_verdict(output / "verdict.json", validate(team.tools, team.project(base="main"), output))


def test_code_that_was_changed_after_the_judgement_is_not_registered_under_its_verdict(team, store):
    judged(team)
    team.replace("train.py", "* 1.0", "* 1.2")
    team.commit()

    with pytest.raises(BadData, match="differ from what was judged"):
        register(team.tools, team.project(), team.output)

    assert store.versions("loans") == []


def test_nothing_in_the_output_is_told_with_what_to_run_first(team):
    with pytest.raises(BadData) as caught:
        register(team.tools, team.project(), team.output)

    assert caught.value.exit_code == 4


def test_a_pull_request_registers_nothing(team):
    project = replace(team.project(), change=Change(platform="github", event="pull_request", number=1))

    with pytest.raises(BadConfig, match="not merged yet"):
        register(team.tools, project, team.output)


def test_a_config_without_a_registry_is_told_how_to_name_one(tmp_path):
    team = found_team(tmp_path)

    with pytest.raises(BadConfig, match="names no registry") as caught:
        register(team.tools, team.project(), team.output)

    assert "registry:" in caught.value.mend


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("sqlite:///mlflow.db", "sqlite:////repo/credit/mlflow.db"),
        ("sqlite:////srv/mlflow.db", "sqlite:////srv/mlflow.db"),
        ("https://mlflow.example/base", "https://mlflow.example/base"),
        ("databricks", "databricks"),
        ("", ""),
    ],
)
def test_a_local_registry_lies_beside_the_config(uri, expected):
    assert anchored(uri, Path("/repo/credit")) == expected


def test_a_laptop_registers_into_its_own_database(team, sqlite_registry_uri, tmp_path):
    verdict = judged(team)
    team.registries = {
        next(iter(team.registries)): MlflowRegistry(sqlite_registry_uri, ("staging",), environ={})
    }

    registered = register(team.tools, team.project(), team.output)

    registry = MlflowRegistry(sqlite_registry_uri, ("staging", "production"), environ={})
    pointed = registry.pointer("loans", "staging")
    assert pointed.number == registered.version.number == "1"
    assert tree_digest(registry.fetch(pointed, tmp_path / "into")) == verdict.candidate.digest


def test_a_hosted_runner_refuses_a_registry_on_its_own_disk(team):
    judged(team)
    hosted = {"RUNNER_ENVIRONMENT": "github-hosted"}
    (address,) = team.registries
    team.registries = {address: MlflowRegistry(address, ("staging",), environ=hosted)}

    with pytest.raises(RegistryFailed, match="thrown away") as caught:
        register(team.tools, team.project(), team.output)

    assert caught.value.exit_code == 5
