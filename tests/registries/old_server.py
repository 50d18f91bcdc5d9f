"""A real server that knows no aliases, as old ones don't."""

from collections.abc import Mapping

import pytest

from ci_mlops.registries.rest import Connection
from ci_mlops.registries.store import Refused


def take_aliases_away(monkeypatch: pytest.MonkeyPatch) -> None:
    post = Connection.post

    def without_aliases(
        self: Connection, endpoint: str, body: Mapping[str, str], *, method: str = "POST"
    ) -> dict[str, object]:
        if endpoint == "registered-models/alias":
            raise Refused("There is no such page", status=404)
        return post(self, endpoint, body, method=method)

    monkeypatch.setattr(Connection, "post", without_aliases)
