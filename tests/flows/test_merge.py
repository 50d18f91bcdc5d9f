"""Story of a push: the pull request ran elsewhere, its OUTPUT comes back as an artifact, and main has moved or not."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from ci_mlops.errors import PlatformFailed
from ci_mlops.flows.merge import JudgeAgain, Judged, find_judged
from ci_mlops.flows.register import register
from ci_mlops.flows.validate import validate
from ci_mlops.report.codec import read_verdict, write_verdict
from tests.flows.lenders import lenders
from tests.flows.loans import Told


@dataclass
class Runs(Told):
    """A platform that kept what the pull request's run uploaded."""

    kept: dict[str, Path] | None = None

    def artifact(self, name: str, into: Path) -> Path | None:
        if name not in (self.kept or {}):
            return None
        shutil.copytree(self.kept[name], into)
        return into


@pytest.fixture
def team(tmp_path):
    team = lenders(tmp_path)
    team.platform = Runs(kept={})
    return team


@pytest.fixture
def store(team):
    return next(iter(team.registries.values()))


@pytest.fixture
def merged(team, tmp_path):
    """A change that was judged in one workspace, and is merged; the push has a workspace and a cache of its own."""
    team.replace("train.py", "* 1.0", "* 0.9")
    team.commit()
    verdict = validate(team.tools, team.project(base="main"), tmp_path / "pull-request")
    write_verdict(tmp_path / "pull-request" / "verdict.json", verdict)
    team.platform.kept[f"ci-mlops-{verdict.fingerprint[:16]}"] = tmp_path / "pull-request"
    shutil.rmtree(team.cache)
    return read_verdict(tmp_path / "pull-request" / "verdict.json")


def test_the_judged_model_is_found_and_registered_without_training(team, store, merged):
    team.said.clear()

    found = find_judged(team.tools, team.project(base="main"), team.output)
    assert isinstance(found, Judged)
    registered = register(team.tools, team.project(), found.output)

    assert registered.version.digest == merged.candidate.digest
    assert store.pointer("loans", "staging").number == "1"
    assert not any("training" in line for line in team.said)


def test_a_push_that_is_run_again_registers_nothing_new(team, store, merged):
    for attempt in ("first", "second"):
        found = find_judged(team.tools, team.project(base="main"), team.folder / attempt)
        assert isinstance(found, Judged)
        register(team.tools, team.project(), found.output)

    assert len(store.versions("loans")) == 1


def test_a_champion_that_moved_since_is_judged_against_without_training_the_candidate_again(
    team, store, merged
):
    other = validate_other(team, store)
    team.said.clear()

    found = find_judged(team.tools, team.project(base="main"), team.output)
    assert found == JudgeAgain(reason="version 1 has become champion since")
    verdict = validate(team.tools, team.project(base="main"), team.output)

    assert verdict.champion.version == "1"
    assert verdict.champion.digest == other
    assert verdict.candidate.digest == merged.candidate.digest
    assert not any("candidate: training" in line for line in team.said)


def validate_other(team, store):
    """Somebody else's model is registered meanwhile; the digest of it."""
    text = (team.folder / "train.py").read_text()
    team.write("train.py", text.replace("* 0.9", "* 1.2"))
    output = team.folder.parent / "other"
    write_verdict(output / "verdict.json", validate(team.tools, team.project(base="main"), output))
    register(team.tools, team.project(), output)
    team.write("train.py", text)
    return store.pointer("loans", "staging").digest


SLICES = ("id: loan}", "id: loan, slices: [income]}")


@pytest.mark.parametrize(
    "edits",
    [
        [SLICES],
        [SLICES, ("gates:", "gates:\n- {metric: accuracy, slice: '*', min: 0.9}")],
        [("gates:", "cost: {false_negative: 9}\ngates:")],
        [("metrics: [accuracy]", "metrics: [accuracy, recall]")],
    ],
)
def test_a_policy_that_was_edited_since_is_judged_by(team, merged, edits):
    team.git("checkout", "-q", "main")
    for key, edited in edits:
        team.replace("ci-mlops.yml", key, edited)
    team.commit("Edit the policy")
    team.git("checkout", "-q", "change")
    team.git("rebase", "-q", "main")

    found = find_judged(team.tools, team.project(base="main"), team.output)

    assert isinstance(found, JudgeAgain)
    assert "the policy" in found.reason


def test_code_that_no_run_has_judged_is_judged_now(team):
    found = find_judged(team.tools, team.project(base="main"), team.output)

    assert isinstance(found, JudgeAgain)
    assert "was not judged yet" in found.reason


def test_a_platform_that_shows_no_artifacts_has_the_model_judged_now(team, merged, monkeypatch):
    def refuse(name, into):
        raise PlatformFailed("Artifacts can't be looked up: there is no token")

    monkeypatch.setattr(team.platform, "artifact", refuse)

    found = find_judged(team.tools, team.project(base="main"), team.output)

    assert found == JudgeAgain(reason="Artifacts can't be looked up: there is no token")


def test_an_output_that_is_given_is_looked_at_first(team, merged, tmp_path):
    team.platform.kept.clear()

    assert find_judged(team.tools, team.project(base="main"), tmp_path / "pull-request") == Judged(
        output=tmp_path / "pull-request"
    )


def test_an_artifact_whose_model_was_exchanged_is_judged_again(team, merged, tmp_path):
    (model,) = (tmp_path / "pull-request" / "models" / "candidate" / "model").iterdir()
    model.write_bytes(b"another")

    found = find_judged(team.tools, team.project(base="main"), team.output)

    assert isinstance(found, JudgeAgain)
    assert "can't be used" in found.reason


def test_an_artifact_whose_verdict_is_of_another_model_is_judged_again(team, merged, tmp_path):
    place = tmp_path / "pull-request" / "models"
    shutil.rmtree(place / "candidate")
    shutil.copytree(place / "champion", place / "candidate")

    found = find_judged(team.tools, team.project(base="main"), team.output)

    assert found == JudgeAgain(reason="the model in the artifact is not the one that its verdict is about")


@pytest.mark.parametrize("gone", ["verdict.json", "models/candidate"])
def test_an_artifact_that_is_not_whole_is_judged_again(team, merged, tmp_path, gone):
    place = tmp_path / "pull-request" / gone
    place.unlink() if place.is_file() else shutil.rmtree(place)

    assert isinstance(find_judged(team.tools, team.project(base="main"), team.output), JudgeAgain)
