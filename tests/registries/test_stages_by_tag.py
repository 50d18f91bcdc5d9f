"""Old servers know no aliases: there the highest tag on a version is the pointer. A real server, its aliases taken away."""

from pathlib import Path
from uuid import uuid4

import pytest

from ci_mlops.errors import RegistryFailed
from ci_mlops.files.digest import tree_digest
from ci_mlops.records import Registration
from ci_mlops.registries.mlflow import MlflowRegistry
from tests.registries.old_server import take_aliases_away


@pytest.fixture
def old(mlflow_server: str, monkeypatch: pytest.MonkeyPatch) -> MlflowRegistry:
    take_aliases_away(monkeypatch)
    return MlflowRegistry(mlflow_server, ("staging", "production"), environ={})


@pytest.fixture
def name(old: MlflowRegistry, tmp_path: Path) -> str:
    """A model with two versions."""
    name = f"old-{uuid4().hex[:8]}"
    for content in (b"1", b"2"):
        model = tmp_path / "model.pkl"
        model.write_bytes(content)
        old.register(
            Registration(name=name, model=model, digest=tree_digest(model), stage=None, tags={}, evidence=())
        )
    return name


def test_a_stage_is_kept_as_a_tag_and_found_by_listing(old: MlflowRegistry, name: str) -> None:
    old.move(name, "staging", "1")
    old.move(name, "staging", "2")

    pointed = old.pointer(name, "staging")
    assert pointed is not None
    assert (pointed.number, pointed.stages) == ("2", ("staging",))
    assert "ci_mlops.stage.staging" not in old.versions(name)[1].tags


def test_a_kill_between_the_two_tags_leaves_the_newer_pointer(old: MlflowRegistry, name: str) -> None:
    old.move(name, "staging", "2")
    old.store.set_tag(name, "1", "ci_mlops.stage.staging", "2")

    pointed = old.pointer(name, "staging")
    assert pointed is not None
    assert pointed.number == "1"
    assert [version.stages for version in old.versions(name)] == [(), ("staging",)]


def test_a_version_that_is_not_there_gets_no_tag(old: MlflowRegistry, name: str) -> None:
    with pytest.raises(RegistryFailed):
        old.move(name, "staging", "9")

    assert old.pointer(name, "staging") is None
