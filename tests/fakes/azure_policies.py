"""The fake Azure DevOps with branch policies and pipelines, which `init azure --policies` asks for."""

import re
from typing import Any

from tests.fakes.azure import FakeAzure
from tests.fakes.azure_calls import listed, need
from tests.fakes.azure_plan import ALL, Answer, Identity, Refusal

EDITOR = Identity(
    id="ada",
    name="Ada",
    descriptor="ada@acme.example",
    personal=True,
    permissions=ALL | {"PolicyExempt", "EditPolicies"},
)
TYPES = ("0609b952-1397-4640-95ec-e00a01b2c241", "cbdc66da-9728-4af8-aada-9a5a32e4a226")


def location(number: str, area: str, resource: str, template: str) -> dict[str, Any]:
    return {
        "id": number,
        "area": area,
        "resourceName": resource,
        "routeTemplate": template,
        "resourceVersion": 1,
        "minVersion": 1.0,
        "maxVersion": 7.2,
        "releasedVersion": "7.1",
    }


LOCATIONS = [
    location(
        "2c420070-a0a2-49cc-9639-c9f271c5ff07",
        "git",
        "policyConfigurations",
        "{project}/_apis/git/policy/configurations",
    ),
    location(
        "dad91cbe-d183-45f8-9c6e-9c1164472121",
        "policy",
        "configurations",
        "{project}/_apis/policy/configurations/{configurationId}",
    ),
    location(
        "dbeaf647-6167-421a-bda9-c9327b25e2e6",
        "build",
        "definitions",
        "{project}/_apis/build/definitions/{definitionId}",
    ),
]


class FakePolicies(FakeAzure):
    """Repository `credit` is known by its name too."""

    def __init__(self, collection: str = "acme") -> None:
        super().__init__(collection)
        self.tokens["editor"] = EDITOR
        self.policies: list[dict[str, Any]] = []
        self.pipelines: dict[str, int] = {}
        """YAML file -> number."""

    @property
    def origin(self) -> str:
        return f"{self.collection_url}Credit%20Risk/_git/credit"

    def _route(self, method: str, path: str, query: dict[str, list[str]], body: Any, who: Identity) -> Answer:
        below = path.removeprefix(f"/{self.project}/_apis/")
        match method, below:
            case "OPTIONS", _:
                known = super()._route(method, path, query, body, who).body["value"]
                return listed([*known, *LOCATIONS])
            case "GET", "git/policy/configurations":
                return self._policies_of(query["refName"][0], query["repositoryId"][0])
            case "POST", "policy/configurations":
                return self._create_policy(who, body)
            case "GET", "build/definitions":
                return self._definitions(query)
        named = re.sub(r"(/git/repositories/)credit\b", rf"\g<1>{self.repository}", path)
        return super()._route(method, named, query, body, who)

    def _policies_of(self, branch: str, repository: str) -> Answer:
        held = [
            policy
            for policy in self.policies
            if {"repositoryId": repository, "refName": branch, "matchKind": "Exact"}
            in policy["settings"]["scope"]
        ]
        return listed(held)

    def _create_policy(self, who: Identity, body: Any) -> Answer:
        need(who, "EditPolicies")
        if body["type"]["id"] not in TYPES or not body["settings"].get("scope"):
            raise Refusal(400, "The policy is not valid", "InvalidArgumentValueException")
        made = {**body, "id": len(self.policies) + 1}
        self.policies.append(made)
        return Answer(body=made)

    def _definitions(self, query: dict[str, list[str]]) -> Answer:
        # without all properties the service does not look at the file
        assert query["includeAllProperties"] == ["True"] or query["includeAllProperties"] == ["true"]
        number = self.pipelines.get(query["yamlFilename"][0])
        return listed([] if number is None else [{"id": number, "name": "model gate"}])
