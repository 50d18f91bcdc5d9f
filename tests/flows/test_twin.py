"""What a version was made of once is not trained again, on a machine whose cache is empty."""

import shutil
from dataclasses import replace

import pytest

from ci_mlops.errors import RegistryFailed
from ci_mlops.files.digest import tree_digest
from ci_mlops.flows.validate import validate
from ci_mlops.records import Change, tags
from tests.flows.lenders import lenders, registered, retrained
from tests.flows.loans import git


@pytest.fixture
def team(tmp_path):
    team = registered(lenders(tmp_path))
    shutil.rmtree(team.cache)
    team.said.clear()
    return team


@pytest.fixture
def store(team):
    return next(iter(team.registries.values()))


def trained(team) -> bool:
    """On the machine whose cache is empty."""
    return any("training" in line for line in team.said)


def judge(team, **changes):
    return validate(team.tools, team.project(base="main", **changes), team.output)


def test_a_change_that_changes_nothing_is_the_champion_itself(team):
    team.write("README.md", "words\n")
    team.commit()

    verdict = judge(team)

    assert not trained(team)
    assert verdict.candidate.origin == "reused"
    assert verdict.candidate.digest == verdict.champion.digest
    assert verdict.reason == "No model change: the candidate is the champion, byte for byte."


def test_a_change_that_is_taken_back_is_the_model_of_before(team, store):
    retrained(team)
    shutil.rmtree(team.cache)
    team.said.clear()
    team.replace("train.py", "* 1.05", "* 1.0")
    team.commit("Take it back")

    verdict = judge(team)

    newest, first = store.versions("loans")
    assert not trained(team)
    assert (verdict.champion.digest, verdict.candidate.digest) == (newest.digest, first.digest)


def test_of_several_that_were_made_of_the_same_it_is_the_one_that_holds_the_highest_stage(team, store):
    (first,) = store.stored["loans"]
    # trained anew elsewhere, with another outcome
    other = store.room / "other" / "model.bin"
    other.parent.mkdir()
    other.write_text("1.0")
    digest = tree_digest(other)
    store.stored["loans"].append(
        replace(first, number="2", digest=digest, uri=str(other), tags={**first.tags, tags.DIGEST: digest})
    )

    assert judge(team).candidate.digest == first.digest
    assert not trained(team)


def test_a_tag_that_says_so_is_not_believed(team, store):
    (version,) = store.stored["loans"]
    kept = store.beside["loans", "1"]["model.json"]
    store.beside["loans", "1"]["model.json"] = kept.replace(version.digest.encode(), b"sha256:" + b"0" * 64)
    judge(team)
    assert trained(team)


@pytest.mark.parametrize("kept", [b"", b"[]", b"{", b"\xff"])
def test_a_card_that_cannot_be_read_is_no_card(team, store, kept):
    store.beside["loans", "1"]["model.json"] = kept
    judge(team)
    assert trained(team)


def test_a_model_that_cannot_be_fetched_is_trained(team, store, monkeypatch):
    # no stage that is asked holds a champion, which would be fetched before it
    team.replace("ci-mlops.yml", "gates:", "compare_with: production\ngates:")
    team.commit()
    team.git("branch", "-f", "main")

    def refuse(version, into):
        raise RegistryFailed("the disk is gone")

    monkeypatch.setattr(store, "fetch", refuse)
    judge(team)

    assert trained(team)
    assert any("the disk is gone" in line for line in team.said)


def test_a_registry_that_is_not_asked_for_the_champion_is_not_asked_for_the_candidate(
    team, store, monkeypatch
):
    team.replace("ci-mlops.yml", "gates:", "compare_with: base\ngates:")
    team.commit()
    team.git("branch", "-f", "main")
    monkeypatch.delattr(type(store), "versions")

    judge(team)

    assert trained(team)


def test_a_version_that_somebody_planted_is_not_taken_for_what_it_says_it_is(team, store):
    (version,) = store.stored["loans"]
    evil = store.room / "evil" / "model.bin"
    evil.parent.mkdir()
    evil.write_text("25.5")
    digest = tree_digest(evil)
    planted = replace(
        version, number="2", digest=digest, uri=str(evil), tags={**version.tags, tags.DIGEST: digest}
    )
    card = store.beside["loans", "1"]["model.json"].replace(version.digest.encode(), digest.encode())
    store.stored["loans"] = [planted]
    store.beside["loans", "2"] = {"model.json": card}
    team.write("README.md", "words\n")
    team.commit()

    verdict = judge(team)

    assert trained(team)
    assert verdict.candidate.digest != digest


def test_a_first_report_asks_no_registry_that_the_change_alone_names(team, store, monkeypatch):
    git(team.folder, "rm", "-q", "--cached", "ci-mlops.yml")
    base = git(team.folder, "commit-tree", git(team.folder, "write-tree"), "-m", "no config")
    head = team.commit()
    team.platform.told = Change(
        platform="github", event="pull_request", head=head, base=base, base_ref="main", number=1
    )
    team.registries.clear()

    project = team.project()
    validate(team.tools, project, team.output)

    assert project.first_report
    assert trained(team)
