"""One question to Azure DevOps, without the SDK: what it does not know, or would take long to load for."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import requests

from ci_mlops.platforms.azure.failures import Missing
from ci_mlops.platforms.azure.place import Place
from ci_mlops.platforms.azure.token import Token
from ci_mlops.platforms.azure.transport import PatientAdapter, authorization
from ci_mlops.platforms.patience import Patience

VERSION = "7.1-preview.1"
"""Served by a server of one's own too, and still where it is no preview any more."""


class Reader:
    """Below one project. Every question raises `Failed`, or ValueError where the answer is no JSON."""

    def __init__(self, place: Place, token: Token, patience: Patience) -> None:
        self._root = f"{place.collection}{quote(place.project)}/_apis"
        self._repository = f"git/repositories/{quote(place.repository_id)}"
        self._timeout = patience.timeout
        self._session = requests.Session()
        self._session.auth = authorization(token)
        adapter = PatientAdapter(patience)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def of_project(self, path: str, **query: str) -> dict[str, Any]:
        asked = {"api-version": VERSION, **query}
        answer = self._session.get(
            f"{self._root}/{path}", params=asked, timeout=self._timeout, allow_redirects=False
        ).json()
        if not isinstance(answer, dict):
            raise Missing("Azure DevOps gave an answer that says nothing")
        return answer

    def of_repository(self, path: str) -> dict[str, Any]:
        return self.of_project(f"{self._repository}/{path}")


def listed(answer: Mapping[str, Any], key: str = "value") -> list[dict[str, Any]]:
    """
    Raises:
        Missing
    """
    found = answer.get(key)
    if not isinstance(found, list):
        raise Missing(f"Azure DevOps gave an answer without `{key}`")
    return [one for one in found if isinstance(one, dict)]
