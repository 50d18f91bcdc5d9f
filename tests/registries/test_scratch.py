"""What `doctor --try-writes` shows of a server, and what it finds of one that can't hold a ladder."""

from collections.abc import Mapping

import pytest

from ci_mlops.errors import RegistryFailed
from ci_mlops.registries.rest import Connection
from ci_mlops.registries.rest_store import RestStore
from ci_mlops.registries.scratch import try_writes
from ci_mlops.registries.store import Stored
from tests.registries.old_server import take_aliases_away


def left(uri: str) -> list[str]:
    """What stayed behind."""
    found = Connection(uri, {}).get("registered-models/search", max_results="1000")
    names = [str(one["name"]) for one in found.get("registered_models", [])]
    return [name for name in names if name.startswith("ci-mlops-doctor")]


def test_a_server_is_shown_to_hold_pointers_and_the_trail_and_nothing_stays(mlflow_server: str) -> None:
    assert try_writes(mlflow_server, {}) == (
        "A scratch model was made, an alias was set and read, events of its audit trail were added and read in order, "
        "and it was removed again."
    )
    assert left(mlflow_server) == []


def test_a_server_without_aliases_is_shown_to_hold_tags(
    mlflow_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_aliases_away(monkeypatch)

    said = try_writes(mlflow_server, {})

    assert "the server knows no aliases, so a tag was set and found by listing" in said
    assert left(mlflow_server) == []


def test_a_server_that_cuts_long_tags_or_leaves_out_numbers_can_not_hold_the_trail(
    mlflow_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = RestStore.add

    def cut(self: RestStore, name: str, like: Stored, tags: Mapping[str, str], told: str) -> str:
        return add(self, name, like, {key: value[:250] for key, value in tags.items()}, told)

    def gappy(self: RestStore, name: str, like: Stored, tags: Mapping[str, str], told: str) -> str:
        add(self, name, like, tags, told)
        return add(self, name, like, tags, told)

    for broken, told in ((cut, "is not read as it was written"), (gappy, r"got the numbers \[2, 4, 6\]")):
        monkeypatch.setattr(RestStore, "add", broken)
        with pytest.raises(RegistryFailed, match=told):
            try_writes(mlflow_server, {})
    assert left(mlflow_server) == []
